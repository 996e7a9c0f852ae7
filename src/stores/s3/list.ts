/** Lists a bucket page by page; the next page is under way while the last one is looked at. */
import type { ListObjectsV2CommandOutput } from '@aws-sdk/client-s3'
import { type Key, keyFromLatin1, keyFromText } from '../../lib/key.js'
import { inRange, keyRange } from '../range.js'
import { type Entry, type Extent, type ExtentOptions, type ListOptions, type Page, StoreError } from '../store.js'
import type { S3 } from './client.js'
import { entryOfListed } from './entries.js'
import { decodeListed, sendableStart } from './keys.js'

export interface Bucket {
  /** Safe to print. */
  readonly label: string
  readonly bucket: string
  /** What all keys of the store begin with in the bucket. */
  readonly prefix: Key
  /** False for directory buckets: no byte order, no start-after, prefixes end in a slash. */
  readonly ordered: boolean
  /** AWS itself, which knows more headers than other servers take. */
  readonly aws: boolean
  readonly requesterPays: boolean
}

export async function* listBucket(
  { sdk, client }: S3,
  bucket: Bucket,
  options: ListOptions,
): AsyncGenerator<Page, void, void> {
  const range = keyRange(options)
  const stop = new AbortController()
  const abortSignal = AbortSignal.any([options.signal, stop.signal])
  const input = listInput(bucket, options)
  const fetch = async (token: string | undefined): Promise<ListObjectsV2CommandOutput> =>
    whole(
      bucket,
      await client.send(new sdk.ListObjectsV2Command({ ...input, ContinuationToken: token }), { abortSignal }),
      token,
    )
  let under: Promise<ListObjectsV2CommandOutput> | undefined = fetch(undefined)
  try {
    while (under !== undefined) {
      const output: ListObjectsV2CommandOutput = await under
      const { entries, past } = entriesOf(output, bucket, range)
      under = output.IsTruncated === true && !(past && bucket.ordered) ? fetch(output.NextContinuationToken) : undefined
      // Awaited in the next round; until then a failure is nobody's yet.
      under?.catch(() => undefined)
      if (entries.length > 0) yield { entries }
    }
  } finally {
    stop.abort()
    await under?.catch(() => undefined)
  }
}

/** The first page alone: whether there are more is told with it. */
export async function firstOfBucket({ sdk, client }: S3, bucket: Bucket, options: ExtentOptions): Promise<Extent> {
  const command = new sdk.ListObjectsV2Command(listInput(bucket, options))
  const output = whole(bucket, await client.send(command, { abortSignal: options.signal }), undefined)
  const { entries } = entriesOf(output, bucket, keyRange(options))
  const bytes = entries.reduce((sum, { size }) => sum + (size ?? 0), 0)
  return { entries: entries.length, bytes, more: output.IsTruncated === true, gaps: [] }
}

function listInput(bucket: Bucket, { prefix = keyFromLatin1(''), after }: ListOptions) {
  const start = sendableStart(keyFromLatin1(bucket.prefix + prefix))
  const asked = bucket.ordered ? start : start.slice(0, start.lastIndexOf('/') + 1)
  return {
    Bucket: bucket.bucket,
    EncodingType: 'url' as const,
    ...(asked === '' ? {} : { Prefix: asked }),
    ...(after !== undefined && bucket.ordered && after > prefix
      ? { StartAfter: sendableStart(keyFromLatin1(bucket.prefix + after)) }
      : {}),
    ...(bucket.aws && bucket.ordered ? { OptionalObjectAttributes: ['RestoreStatus' as const] } : {}),
    ...(bucket.requesterPays ? { RequestPayer: 'requester' as const } : {}),
  }
}

/** An answer that may hold only a part of the keys is an error, never a short listing. */
function whole(
  { label }: Bucket,
  output: ListObjectsV2CommandOutput,
  token: string | undefined,
): ListObjectsV2CommandOutput {
  const fail = (what: string) => new StoreError('unavailable', `${label}: the listing is incomplete: ${what}`)
  if (output.IsTruncated === undefined) throw fail('the answer is not a listing')
  if (output.KeyCount !== undefined && output.KeyCount > (output.Contents?.length ?? 0)) {
    throw fail(`${output.KeyCount} keys were promised, ${output.Contents?.length ?? 0} came`)
  }
  if (!output.IsTruncated) return output
  if (!output.NextContinuationToken) throw fail('there is more, but no token to go on with')
  if (output.NextContinuationToken === token) throw fail('the same page comes again and again')
  return output
}

function entriesOf(output: ListObjectsV2CommandOutput, bucket: Bucket, range: ReturnType<typeof keyRange>) {
  const entries: Entry[] = []
  const decode = output.EncodingType === 'url' ? decodeListed : keyFromText
  let past = false
  for (const object of output.Contents ?? []) {
    if (object.Key === undefined)
      throw new StoreError('unavailable', `${bucket.label}: the listing holds an object without a key`)
    const full = decode(object.Key)
    if (!full.startsWith(bucket.prefix)) continue
    const key = keyFromLatin1(full.slice(bucket.prefix.length))
    if (range.to !== undefined && key >= range.to) past = true
    // An object of the name of the prefix itself is the place of this store, not something in it.
    if (key !== '' && inRange(key, range)) entries.push(entryOfListed(key, object))
  }
  return { entries, past }
}
