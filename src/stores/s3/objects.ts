/** Single objects: the first ones listed, what HEAD says of one, and whether its first byte can be read. */
import { Readable } from 'node:stream'
import { keyToText } from '../../lib/key.js'
import { StoreError } from '../store.js'
import type { Asked, BucketSession } from './bucket.js'
import { archiveOf } from './entries.js'
import { decodeListed } from './keys.js'

export interface ListedObject {
  /** Whole key. */
  readonly key: string
  readonly size: number
  readonly storageClass: string
}

/** The first few below the prefix. */
export function firstObjects({ ask, facts }: BucketSession, most: number): Promise<Asked<readonly ListedObject[]>> {
  return ask(async ({ sdk, client }, options) => {
    const prefix = facts.prefix === '' ? {} : { Prefix: facts.prefix }
    const input = { Bucket: facts.bucket, MaxKeys: most, EncodingType: 'url' as const, ...prefix, ...facts.payer }
    const output = await client.send(new sdk.ListObjectsV2Command(input), options)
    if (output.IsTruncated === undefined) throw new StoreError('unavailable', 'the answer is not a listing of S3')
    return (output.Contents ?? []).map(({ Key = '', Size = 0, StorageClass }) => ({
      key: output.EncodingType === 'url' ? keyToText(decodeListed(Key)) : Key,
      size: Size,
      storageClass: StorageClass ?? 'STANDARD',
    }))
  })
}

export interface ObjectHead {
  readonly size: number
  readonly storageClass: string
  /** Must be restored before it can be read. */
  readonly archived: boolean
  /** Empty where the answer has no such header. */
  readonly contentType: string
  readonly cacheControl: string
  readonly contentEncoding: string
  readonly contentDisposition: string
  /** `AES256`, `aws:kms` …; `none` where nothing is said. */
  readonly encryption: string
  /** `COMPLETED`, `PENDING`, `FAILED`, `REPLICA`; `none` where nothing is said. */
  readonly replication: string
}

export function headOf({ ask, facts }: BucketSession, key: string): Promise<Asked<ObjectHead>> {
  return ask(async ({ sdk, client }, options) => {
    const command = new sdk.HeadObjectCommand({ Bucket: facts.bucket, Key: key, ...facts.payer })
    const head = await client.send(command, options)
    if (head.ContentLength === undefined) throw new StoreError('unavailable', 'the answer to HEAD tells no size')
    return {
      size: head.ContentLength,
      storageClass: head.StorageClass ?? 'STANDARD',
      archived: archiveOf(head) !== undefined,
      contentType: head.ContentType ?? '',
      cacheControl: head.CacheControl ?? '',
      contentEncoding: head.ContentEncoding ?? '',
      contentDisposition: head.ContentDisposition ?? '',
      encryption: head.SSECustomerAlgorithm === undefined ? (head.ServerSideEncryption ?? 'none') : 'customer',
      replication: head.ReplicationStatus ?? 'none',
    }
  })
}

/** Reads the first byte and nothing else: HEAD needs no right to decrypt, GET does. */
export function readFirstByte({ ask, facts }: BucketSession, key: string, size: number): Promise<Asked<boolean>> {
  return ask(async ({ sdk, client }, options) => {
    // Of an empty object no range can be had.
    const range = size === 0 ? {} : { Range: 'bytes=0-0' }
    const command = new sdk.GetObjectCommand({ Bucket: facts.bucket, Key: key, ...range, ...facts.payer })
    const { Body } = await client.send(command, options)
    if (!(Body instanceof Readable)) throw new StoreError('unavailable', 'the answer to GET has no body')
    try {
      for await (const chunk of Body) if ((chunk as Buffer).length > 0) return true
    } finally {
      Body.destroy()
    }
    if (size === 0) return true
    throw new StoreError('unavailable', `${size} bytes were promised, none came`)
  })
}
