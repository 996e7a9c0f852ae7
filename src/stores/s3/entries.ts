/** What S3 says of an object, as an entry: sizes, archive state, and only those digests that are of the content. */
import type { HeadObjectCommandOutput } from '@aws-sdk/client-s3'
import type { Key } from '../../lib/key.js'
import type { PackedPage } from '../packed.js'
import type { Algorithm, Entry } from '../store.js'

/** GLACIER_IR is read at once, so it is not one of them. */
export const ARCHIVES: readonly string[] = ['GLACIER', 'DEEP_ARCHIVE']

/** The storage class where what is in it must be restored before it can be read. */
export function archiveOfClass(storage: string | undefined): string | undefined {
  return storage !== undefined && ARCHIVES.includes(storage) ? storage : undefined
}

/**
 * `md5`: an ETag that can be an MD5 is one, as at AWS. `likely`: another server may write other digests in the same shape,
 * or not tell that it encrypts. `never`: in directory buckets.
 */
export type Etags = 'md5' | 'likely' | 'never'

export function entryOfHead(key: Key, head: HeadObjectCommandOutput, etags: Etags): Entry {
  const archived = archiveOf(head)
  const md5 = etags === 'never' ? undefined : md5OfEtag(head)
  const digests = digestsOf(head, md5)
  return {
    key,
    size: head.ContentLength,
    ...(head.LastModified === undefined ? {} : { modified: head.LastModified.getTime() }),
    ...(archived === undefined ? {} : { archived }),
    ...(isPlaceholder(key, head.ContentLength) ? { placeholder: true } : {}),
    ...(Object.keys(digests).length === 0 ? {} : { digests }),
    ...(etags === 'likely' && digests.md5 !== undefined && digests.md5 === md5 ? { unsure: ['md5'] } : {}),
  }
}

/** For people. What its owner has written about it (`x-amz-meta-…`) is left out: that may be anything. */
export function factsOfHead(head: HeadObjectCommandOutput): Readonly<Record<string, string>> {
  const { ContentType, ContentEncoding, ETag, StorageClass, VersionId, ServerSideEncryption, Restore } = head
  const told = {
    type: ContentType,
    encoding: ContentEncoding,
    etag: ETag?.replace(/^"|"$/g, ''),
    storage_class: StorageClass,
    version: VersionId,
    encryption: ServerSideEncryption,
    restore: Restore,
  }
  return Object.fromEntries(Object.entries(told).flatMap(([name, value]) => (value ? [[name, value]] : [])))
}

/** Ages are told by the clock of this machine, so times of a store whose clock is `ahead` of it are put right. */
export function byOurClock(entry: Entry, ahead: number): Entry {
  return entry.modified === undefined || ahead === 0 ? entry : { ...entry, modified: entry.modified - ahead }
}

export function pageByOurClock(page: PackedPage, ahead: number): PackedPage {
  if (ahead === 0) return page
  const numbers = page.numbers?.slice()
  if (numbers !== undefined)
    for (let at = 1; at < numbers.length; at += 2) numbers[at] = (numbers[at] as number) - ahead
  return { ...page, numbers, odd: page.odd.map(([index, entry]) => [index, byOurClock(entry, ahead)] as const) }
}

function isPlaceholder(key: Key, size: number | undefined): boolean {
  return size === 0 && key.endsWith('/')
}

export function archiveOf(head: HeadObjectCommandOutput): string | undefined {
  if (head.Restore !== undefined && /ongoing-request="false"/.test(head.Restore)) return undefined
  if (head.ArchiveStatus !== undefined) return head.ArchiveStatus
  return archiveOfClass(head.StorageClass)
}

/**
 * Checksums of the whole content. A COMPOSITE one is a checksum of checksums, and an ETag is the MD5 of the content
 * only for an object put in one part and not encrypted with KMS or a customer's key
 * (docs.aws.amazon.com/AmazonS3/latest/API/API_Object.html, ETag).
 */
function digestsOf(head: HeadObjectCommandOutput, md5: string | undefined): Partial<Record<Algorithm, string>> {
  const digests: Partial<Record<Algorithm, string>> = {}
  if (md5 !== undefined) digests.md5 = md5
  if (head.ChecksumType !== 'FULL_OBJECT') return digests
  const given = {
    md5: head.ChecksumMD5,
    sha1: head.ChecksumSHA1,
    sha256: head.ChecksumSHA256,
    sha512: head.ChecksumSHA512,
    crc32c: head.ChecksumCRC32C,
    crc64nvme: head.ChecksumCRC64NVME,
  } satisfies Record<Algorithm, string | undefined>
  for (const [algorithm, base64] of Object.entries(given)) {
    if (base64 !== undefined) digests[algorithm as Algorithm] = Buffer.from(base64, 'base64').toString('hex')
  }
  return digests
}

function md5OfEtag(head: HeadObjectCommandOutput): string | undefined {
  const plain = head.ServerSideEncryption === undefined || head.ServerSideEncryption === 'AES256'
  if (!plain || head.SSECustomerAlgorithm !== undefined || head.SSEKMSKeyId !== undefined) return undefined
  return /^"?([0-9a-f]{32})"?$/i.exec(head.ETag ?? '')?.[1]?.toLowerCase()
}
