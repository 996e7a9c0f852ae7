import type { S3Client } from '@aws-sdk/client-s3'
import type { S3Options, S3Server } from '../../fixtures/servers/s3.js'
import { connectionSchema, type S3Spec } from '../../src/connections/schema.js'
import { keyFromText } from '../../src/lib/key.js'
import { createS3Store } from '../../src/stores/s3/s3.js'
import type { Entry, Store } from '../../src/stores/store.js'
import { s3 } from '../support/s3.js'

export const { signal } = new AbortController()
export const HELLO = 'hello'
/** May only stat in the bucket `media`, and read `paid`, which is not its own. */
export const LIMITED = { access_key: 'AKLIMITED', secret_key: 'limited-secret' }

export interface Bed {
  readonly server: S3Server
  readonly client: S3Client
  /** A store on the bucket `media`, unless told otherwise; closed by `tidy`. */
  readonly storeOf: (set?: Record<string, unknown>, env?: Record<string, string>) => Store
  /** Ends faults, forgets requests, closes stores: after each test. */
  readonly tidy: () => Promise<void>
  readonly stop: () => Promise<void>
}

/** A fixture server with a few objects of every sort. */
export async function openBed(options: S3Options = {}): Promise<Bed> {
  const keys = { accessKey: LIMITED.access_key, secretKey: LIMITED.secret_key }
  const rights = { media: ['head'], paid: ['list', 'get'] } as const
  const { server, client, stop } = await s3({ users: { limited: { ...keys, rights } }, minPartSize: 1, ...options })
  const stores: Store[] = []
  server.bucket('media')
  server.put('media', 'hello.txt', HELLO)
  server.put('media', 'folder/', '')
  server.put('media', 'folder/zero', '')
  server.put('media', 'folder/not a placeholder/', 'x')
  return {
    server,
    client,
    storeOf: (set = {}, env = {}) => {
      const spec = {
        type: 's3',
        bucket: 'media',
        endpoint: server.endpoint,
        path_style: true,
        access_key: server.accessKey,
        secret_key: server.secretKey,
        ...set,
      }
      const store = createS3Store('media', connectionSchema.parse(spec) as S3Spec, env)
      stores.push(store)
      return store
    },
    tidy: async () => {
      server.endPlays()
      server.forgetRequests()
      for (const store of stores.splice(0)) await store.close()
    },
    stop,
  }
}

export async function listed(store: Store): Promise<readonly Entry[]> {
  const entries: Entry[] = []
  for await (const page of store.list({ signal })) entries.push(...page.entries)
  return entries
}

export const stat = (store: Store, key: string, digests = false) => store.stat(keyFromText(key), { digests, signal })
export const open = (store: Store, key: string) => store.open(keyFromText(key), { signal })
