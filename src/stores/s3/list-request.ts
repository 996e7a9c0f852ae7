/**
 * One page of a listing through the SDK, which knows of endpoints, regions, credentials, clocks and retries. Only the
 * reading of the answer is ours.
 */
import { Readable } from 'node:stream'
import { keyFromLatin1 } from '../../lib/key.js'
import { type ListOptions, StoreError } from '../store.js'
import type { S3 } from './client.js'
import { sendableStart } from './keys.js'
import type { Bucket } from './list.js'
import type { Listing, Scan } from './scan-listing.js'

/** Where a page begins. */
export interface PageStart {
  /** What came with the page before. */
  readonly token?: string | undefined
  /** Otherwise whole keys behind this one, as it is sent. */
  readonly after?: string | undefined
}

/** As it is sent, signed. */
export interface SentRequest {
  readonly protocol: string
  readonly hostname: string
  readonly port?: number
  readonly path: string
  readonly query?: Readonly<Record<string, unknown>>
  readonly headers: Readonly<Record<string, string>>
}

export type ListInput = ReturnType<typeof listInput>

const MOST_BYTES = 16 * 1024 * 1024
const NOTHING = Buffer.from('<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>')

/** What all pages of a listing ask for. */
export function listInput(bucket: Bucket, { prefix = keyFromLatin1('') }: Pick<ListOptions, 'prefix'>) {
  const start = sendableStart(keyFromLatin1(bucket.prefix + prefix))
  const asked = !bucket.directory ? start : start.slice(0, start.lastIndexOf('/') + 1)
  return {
    Bucket: bucket.bucket,
    EncodingType: 'url' as const,
    ...(asked === '' ? {} : { Prefix: asked }),
    ...(bucket.aws && !bucket.directory ? { OptionalObjectAttributes: ['RestoreStatus' as const] } : {}),
    ...(bucket.requesterPays ? { RequestPayer: 'requester' as const } : {}),
  }
}

/** `sent` is told of each try, when it is about to be sent. */
export async function askSdk(
  { sdk, client }: S3,
  bucket: Bucket,
  input: ListInput,
  { token, after }: PageStart,
  scan: Scan,
  signal: AbortSignal,
  sent: (request: SentRequest) => void = () => undefined,
): Promise<Listing> {
  const start = token !== undefined ? { ContinuationToken: token } : after !== undefined ? { StartAfter: after } : {}
  const command = new sdk.ListObjectsV2Command({ ...input, ...start })
  let listing: Listing | undefined
  command.middlewareStack.add(
    (next) => async (args) => {
      sent(args.request as SentRequest)
      const result = await next(args)
      const response = result.response as { readonly statusCode: number; body: unknown }
      if (response.statusCode !== 200) return result
      listing = scan(await readAll(response.body, bucket.label))
      response.body = Readable.from([NOTHING])
      return result
    },
    { step: 'deserialize', name: 'scanListing', priority: 'low' },
  )
  await client.send(command, { abortSignal: signal })
  if (listing === undefined) {
    throw new StoreError('unavailable', `${bucket.label}: the listing is incomplete: the answer is not a listing`)
  }
  return listing
}

async function readAll(body: unknown, label: string): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  if (body instanceof Readable) {
    for await (const chunk of body) {
      chunks.push(chunk as Buffer)
      size += (chunk as Buffer).length
      if (size > MOST_BYTES) throw new StoreError('unavailable', `${label}: the answer to a listing has no end`)
    }
  }
  return Buffer.concat(chunks)
}
