/** How a key was deleted: what the versions of a bucket still tell of it. */
import { type Key, keyFromText } from '../../lib/key.js'
import { type Deletion, StoreError } from '../store.js'
import type { S3 } from './client.js'
import { httpStatus } from './errors.js'
import { decodeListed } from './keys.js'
import type { Bucket } from './list.js'

/**
 * `full` is the whole key in the bucket, `text` the same as it is sent. Its versions come before those of any longer key
 * with this beginning, newest first, so one page is enough.
 */
export async function historyOf(
  { sdk, client }: S3,
  bucket: Bucket,
  full: Key,
  text: string,
  signal: AbortSignal,
): Promise<Deletion | undefined> {
  const command = new sdk.ListObjectVersionsCommand({
    Bucket: bucket.bucket,
    Prefix: text,
    EncodingType: 'url',
    ...(bucket.requesterPays ? { RequestPayer: 'requester' as const } : {}),
  })
  const output = await client.send(command, { abortSignal: signal }).catch((cause: unknown) => {
    // A store without versions knows nothing of what was deleted.
    if ([405, 501].includes(httpStatus(cause) ?? 0)) return undefined
    throw cause
  })
  if (output === undefined) return undefined
  if (output.IsTruncated === undefined) {
    throw new StoreError('unavailable', `${bucket.label}: the answer is not a listing of versions`)
  }
  const decode = output.EncodingType === 'url' ? decodeListed : keyFromText
  const isIt = ({ Key }: { readonly Key?: string | undefined }) => Key !== undefined && decode(Key) === full
  const marker = (output.DeleteMarkers ?? []).find((one) => one.IsLatest === true && isIt(one))
  if (marker === undefined) return undefined
  const versions = (output.Versions ?? []).filter(isIt)
  return {
    deletedAt: marker.LastModified?.getTime(),
    recoverableVersion: newest(versions)?.VersionId,
  }
}

function newest<T extends { readonly LastModified?: Date | undefined }>(versions: readonly T[]): T | undefined {
  // They come newest first; a store that orders them otherwise still says when each was written.
  return versions.reduce<T | undefined>(
    (found, one) => (found === undefined || at(one) > at(found) ? one : found),
    undefined,
  )
}

function at({ LastModified }: { readonly LastModified?: Date | undefined }): number {
  return LastModified?.getTime() ?? 0
}
