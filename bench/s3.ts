/**
 * Listing a bucket, three ways in one run against one server in another process: `list()` of postflight, the SDK's own
 * paginator, and as many bare requests at once whose bodies are read and looked at by nobody. Only the listing itself is
 * measured, of all of them: this process and the SDK have started. CPU is that of this process alone. The bare requests
 * know beforehand how many pages there are, and where each begins; they are not in order, and only signed, by the SDK's
 * signer, where that is said: what a store asks of every request, and what it takes.
 * `npm run build && tsx bench/s3.ts [keys] [milliseconds an answer takes]`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { paginateListObjectsV2, S3Client } from '@aws-sdk/client-s3'
import { connectionSchema, type S3Spec } from '../src/connections/schema.js'
import { type Key, keyFromText } from '../src/lib/key.js'
import { createSpool } from '../src/lib/spool.js'
import { packedOf } from '../src/stores/packed.js'
import { SPLIT_ENTRIES } from '../src/stores/store.js'
import { makeKeys } from './s3-keys.js'

// As it is installed: what runs TypeScript gives each function a name when it is made, and some are made for every page.
const { createS3Store } = (await import(
  new URL('../dist/stores/s3/s3.js', import.meta.url).href
)) as typeof import('../src/stores/s3/s3.js')

export interface S3Figures {
  readonly way: string
  readonly keys: number
  readonly latencyMs: number
  /** Of this process, user and system: of all its threads. */
  readonly cpuMicrosPerKey: number
  readonly keysPerCpuSecond: number
  readonly seconds: number
  readonly requests: number
  readonly ranges: number
}

export interface S3BenchOptions {
  readonly keys: number
  /** What each answer waits for. */
  readonly latencyMs: number
  readonly rounds: number
  readonly concurrency?: number
}

interface Way {
  readonly run: () => Promise<number>
  /** How many it lists. */
  readonly keys: number
  readonly rounds: number
}

const PAGE = 1000
/** Every page costs the paginator the same, and so much that all of a large bucket would take longer than all else. */
const PAGINATED = 100_000

/** Medians of the rounds; the ways take turns. */
export async function measureS3({ keys, latencyMs, rounds, concurrency = 16 }: S3BenchOptions): Promise<S3Figures[]> {
  const server = await startServer(keys, latencyMs)
  const endpoint = `http://127.0.0.1:${server.port}`
  const splits = await splitsOf(makeKeys(keys).map(keyFromText))
  const whole = (run: () => Promise<number>): Way => ({ run, keys, rounds })
  const paginated = Math.min(keys, PAGINATED)
  const ways: Readonly<Record<string, Way>> = {
    'bare requests, nothing parsed': whole(() => bare(server.port, keys, concurrency)),
    'signed requests, nothing parsed': whole(() => bare(server.port, keys, concurrency, createSigning(server.port))),
    'list(), ranges from the rows': whole(() => ours(endpoint, concurrency, splits)),
    'list(), ranges guessed': whole(() => ours(endpoint, concurrency, undefined)),
    // What one request after the other costs is known of few, too.
    ...(keys <= PAGINATED ? { 'list(), one range': whole(() => ours(endpoint, 1, undefined)) } : {}),
    'paginator of the SDK': { run: () => paginator(endpoint, paginated), keys: paginated, rounds: Math.min(rounds, 2) },
  }
  const found = new Map<string, S3Figures[]>()
  try {
    for (let round = 0; round <= rounds; round++) {
      for (const [way, one] of Object.entries(ways)) {
        if (round > one.rounds) continue
        const figures = await measure(way, one, latencyMs, endpoint)
        // The first round warms up.
        if (round > 0) found.set(way, [...(found.get(way) ?? []), figures])
      }
    }
  } finally {
    server.child.kill()
  }
  return [...found.values()].map((all) => median(all))
}

async function measure(way: string, { run, keys }: Way, latencyMs: number, endpoint: string): Promise<S3Figures> {
  await stats(endpoint, '?reset')
  const cpu = process.cpuUsage()
  const began = performance.now()
  const listed = await run()
  const seconds = (performance.now() - began) / 1000
  const { user, system } = process.cpuUsage(cpu)
  if (listed !== keys) throw new Error(`${way}: ${listed} keys of ${keys}`)
  const { requests, ranges } = await stats(endpoint)
  const micros = user + system
  return {
    way,
    keys,
    latencyMs,
    cpuMicrosPerKey: micros / keys,
    keysPerCpuSecond: (keys / micros) * 1e6,
    seconds,
    requests,
    ranges,
  }
}

/** As a check of artifacts cuts a bucket: at keys of its rows, some of which it remembers. */
async function splitsOf(keys: readonly Key[]): Promise<readonly Key[]> {
  const dir = mkdtempSync(path.join(tmpdir(), 'postflight-bench-keys-'))
  try {
    const spool = createSpool({ dir })
    for (const key of keys) await spool.add(key, '')
    const sorted = await spool.finish()
    const splits = sorted.splits(Math.ceil(keys.length / SPLIT_ENTRIES))
    await sorted.close()
    return splits
  } finally {
    rmSync(dir, { recursive: true, force: true })
  }
}

async function ours(endpoint: string, limit: number, splits: readonly Key[] | undefined) {
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
  let keys = 0
  try {
    for await (const page of store.list({ signal, splits })) keys += packedOf(page).ends.length
  } finally {
    await store.close()
  }
  return keys
}

async function paginator(endpoint: string, most: number): Promise<number> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' }
  const client = new S3Client({ region: 'us-east-1', endpoint, forcePathStyle: true, credentials })
  let keys = 0
  try {
    const pages = paginateListObjectsV2({ client }, { Bucket: 'bench', EncodingType: 'url' })
    for await (const { Contents = [] } of pages) {
      keys += Contents.length
      if (keys >= most) break
    }
  } finally {
    client.destroy()
  }
  return keys
}

/** The server's tokens are numbers, so that all pages can be asked for at once. */
async function bare(port: number, keys: number, concurrency: number, sign: Signing = unsigned): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: concurrency })
  let next = 0
  let bytes = 0
  const worker = async (): Promise<void> => {
    while (next < keys) {
      const from = next
      next += PAGE
      const query = { 'list-type': '2', 'encoding-type': 'url', 'continuation-token': String(from) }
      const read = await readBody(port, agent, `/bench?${new URLSearchParams(query)}`, await sign(query))
      bytes += read
    }
  }
  try {
    await Promise.all(Array.from({ length: concurrency }, worker))
  } finally {
    agent.destroy()
  }
  if (bytes < keys * 100) throw new Error(`only ${bytes} bytes came`)
  return keys
}

type Headers = Readonly<Record<string, string>>
type Signing = (query: Readonly<Record<string, string>>) => Promise<Headers> | Headers

function unsigned(): Headers {
  return {}
}

function createSigning(port: number): Signing {
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

function median(all: readonly S3Figures[]): S3Figures {
  const sorted = [...all].sort((a, b) => a.cpuMicrosPerKey - b.cpuMicrosPerKey)
  const middle = sorted[Math.floor(sorted.length / 2)]
  if (middle === undefined) throw new Error('no rounds')
  const seconds = [...all].map((one) => one.seconds).sort((a, b) => a - b)[Math.floor(all.length / 2)]
  return { ...middle, seconds: seconds ?? middle.seconds }
}

async function startServer(
  keys: number,
  latencyMs: number,
): Promise<{ readonly child: ChildProcess; readonly port: number }> {
  const file = fileURLToPath(new URL('s3-server.ts', import.meta.url))
  const child = spawn(process.execPath, ['--import', 'tsx', file, String(keys), String(latencyMs)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  for await (const line of createInterface({ input: child.stdout })) return { child, port: Number(line) }
  throw new Error('the server ended before it listened')
}

async function stats(endpoint: string, query = ''): Promise<Pick<S3Figures, 'requests' | 'ranges'>> {
  const answer = await fetch(`${endpoint}/stats${query}`)
  return (await answer.json()) as Pick<S3Figures, 'requests' | 'ranges'>
}

/** One line a way, with what it costs beside the bare requests and the paginator. */
export function s3Table(figures: readonly S3Figures[]): string {
  const bareOne = figures.find(({ way }) => way.startsWith('bare'))
  const lines = figures.map((one) => {
    const ratio = (of: (figures: S3Figures) => number) => (bareOne ? (of(one) / of(bareOne)).toFixed(2) : '')
    return [
      one.way.padEnd(32),
      `${one.cpuMicrosPerKey.toFixed(2)} µs/key`.padStart(13),
      `${ratio((f) => f.cpuMicrosPerKey)} ×`.padStart(9),
      `${Math.round(one.keysPerCpuSecond / 1000)} k/s/core`.padStart(13),
      `${one.seconds.toFixed(2)} s`.padStart(9),
      `${ratio((f) => f.seconds)} ×`.padStart(9),
      `${one.requests} requests`.padStart(15),
      `${one.ranges} ranges`.padStart(12),
    ].join(' ')
  })
  return lines.join('\n')
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] = 'true'
  const [keys = 200_000, latencyMs = 0, rounds = 5] = process.argv.slice(2).map(Number)
  console.log(`${keys} keys, ${latencyMs} ms an answer; CPU a key, beside bare; wall, beside bare`)
  console.log(s3Table(await measureS3({ keys, latencyMs, rounds })))
}
