/** The ways to list the bench's bucket that are held beside each other, each with a client that has made a small request. */
import { Agent, get } from 'node:http'
import { ListObjectsV2Command, paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { connectionSchema, type S3Spec } from '../src/connections/schema.js'
import type { Key } from '../src/lib/key.js'
import { packedOf } from '../src/stores/packed.js'

// As it is installed: what runs TypeScript gives each function a name when it is made, and some are made for every page.
const { createS3Store } = (await import(
  new URL('../dist/stores/s3/s3.js', import.meta.url).href
)) as typeof import('../src/stores/s3/s3.js')

export interface Lister {
  /** How many there were. */
  readonly list: () => Promise<number>
  readonly close: () => Promise<void> | void
}

const PAGE = 1000

export async function ours(endpoint: string, limit: number, splits: readonly Key[] | undefined): Promise<Lister> {
  const spec = {
    type: 's3',
    bucket: 'bench',
    endpoint,
    path_style: true,
    access_key: 'bench',
    secret_key: 'bench',
    limit,
  }
  const store = createS3Store('bench', connectionSchema.parse(spec) as S3Spec, {})
  const { signal } = new AbortController()
  await store.probe({ signal })
  return {
    list: async () => {
      let keys = 0
      for await (const page of store.list({ signal, splits })) keys += packedOf(page).ends.length
      return keys
    },
    close: () => store.close(),
  }
}

export async function paginator(endpoint: string, most: number): Promise<Lister> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials })
  await client.send(new ListObjectsV2Command({ Bucket: 'bench', MaxKeys: 1 }))
  return {
    list: async () => {
      let keys = 0
      const pages = paginateListObjectsV2({ client }, { Bucket: 'bench', EncodingType: 'url' })
      for await (const { Contents = [] } of pages) {
        keys += Contents.length
        if (keys >= most) break
      }
      return keys
    },
    close: () => client.destroy(),
  }
}

/** The server's tokens are numbers, so that all pages can be asked for at once. */
export async function bare(port: number, keys: number, concurrency: number, sign: Signing = unsigned): Promise<Lister> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  const ask = async (query: Readonly<Record<string, string>>) =>
    readBody(port, agent, `/bench?${new URLSearchParams(query)}`, await sign(query))
  await ask({ 'list-type': '2', 'max-keys': '1' })
  return {
    list: async () => {
      let next = 0
      let bytes = 0
      const worker = async (): Promise<void> => {
        while (next < keys) {
          const from = next
          next += PAGE
          const read = await ask({ 'list-type': '2', 'encoding-type': 'url', 'continuation-token': String(from) })
          bytes += read
        }
      }
      await Promise.all(Array.from({ length: concurrency }, worker))
      if (bytes < keys * 100) throw new Error(`only ${bytes} bytes came`)
      return keys
    },
    close: () => agent.destroy(),
  }
}

type Headers = Readonly<Record<string, string>>
type Signing = (query: Readonly<Record<string, string>>) => Promise<Headers> | Headers

function unsigned(): Headers {
  return {}
}

export function createSigning(port: number): Signing {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const { config } = new S3Client({ region: 'us-east-1', endpoint: `http://127.0.0.1:${port}`, credentials })
  const signer = config.signer()
  const headers = { host: `127.0.0.1:${port}`, 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' }
  return async (query) => {
    const request = { method: 'GET', protocol: 'http:', hostname: '127.0.0.1', port, path: '/bench', query, headers }
    return (await (await signer).sign(request, { signingRegion: 'us-east-1', signingService: 's3' })).headers
  }
}

function readBody(port: number, agent: Agent, path: string, headers: Headers): Promise<number> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, agent, path, headers }, (response) => {
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
      })
      response.once('end', () => resolve(size))
      response.once('error', reject)
    }).once('error', reject)
  })
}
