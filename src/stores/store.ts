/**
 * The contract every store keeps. Read-only by type: no put, no delete. Retry, limits and re-ordering are wrappers of
 * the same contract. Every backend runs `test/stores/contract.ts` against a real server.
 */
import type { Readable } from 'node:stream'
import { CheckError, type CheckErrorOptions } from '../lib/errors.js'
import type { Key } from '../lib/key.js'
import type { PackedPage } from './packed.js'

export const ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512', 'crc32c', 'crc64nvme'] as const
export type Algorithm = (typeof ALGORITHMS)[number]

export interface Entry {
  /** Relative to the store's root or prefix. */
  readonly key: Key
  /** Bytes. Absent where the store does not say. */
  readonly size?: number | undefined
  /** Milliseconds since 1970. */
  readonly modified?: number | undefined
  /** Exists, but cannot be read until restored, as in S3 Glacier: the storage class. */
  readonly archived?: string | undefined
  /** Exists, but cannot be taken as an artifact: a socket, a broken link, a link that leaves the root … */
  readonly unreadable?: string | undefined
  /** Content digests the store vouches for, lower-case hex; asked for with `stat(key, { digests: true })`. */
  readonly digests?: Readonly<Partial<Record<Algorithm, string>>> | undefined
  /** Digests that prove that the content is the right one, and do not prove that it is not. */
  readonly unsure?: readonly Algorithm[] | undefined
  /** What else the store says of it, for people (type, owner, ETag …); asked for with `stat(key, { facts: true })`. */
  readonly facts?: Readonly<Record<string, string>> | undefined
  /** Is a directory placeholder (`foo/`, zero bytes) rather than an artifact. */
  readonly placeholder?: boolean | undefined
}

/** Keys from `from` up to, not including, `to` (undefined: to the end) could not be listed. */
export interface Gap {
  readonly from: Key
  readonly to: Key | undefined
  readonly code: 'forbidden' | 'unreadable'
  readonly reason: string
}

/** Entries ascending in byte order over all pages. A gap comes before any entry that sorts behind its `from`. */
export interface Page {
  readonly entries: readonly Entry[]
  readonly gaps?: readonly Gap[]
  /**
   * The same, where the store has them so; `entries` are then made when they are asked for. Until the next page is asked
   * for: then its memory may serve that.
   */
  readonly packed?: PackedPage
}

export interface ListOptions {
  readonly prefix?: Key | undefined
  /** Only keys after this one. */
  readonly after?: Key | undefined
  /** Only keys before this one. */
  readonly before?: Key | undefined
  /**
   * Ascending keys that cut what is listed into parts, each of some `SPLIT_ENTRIES` entries as far as the caller knows.
   * A hint for a store that lists parts side by side: a wrong one costs time and a request, never an entry.
   */
  readonly splits?: readonly Key[] | undefined
  /** What is needed of each entry besides its key; all of it where nothing is said. More may be given than that. */
  readonly want?: Want | undefined
  /** False: entries may come in any order, where the store does not keep the one it promised. */
  readonly sorted?: false | undefined
  /** Hand out nothing before all of it is known to be in byte order, to a caller that cannot begin again. */
  readonly sure?: boolean | undefined
  readonly signal: AbortSignal
}

/** A directory tells names for next to nothing; size and time are one more call for each. */
export interface Want {
  readonly size: boolean
  readonly modified: boolean
}

/**
 * The smallest part worth being cut off: a little less than a page of S3, so that there is rarely a second one for a few
 * entries. A store takes several together where there is much to list.
 */
export const SPLIT_ENTRIES = 975

export interface ExtentOptions {
  readonly prefix?: Key | undefined
  readonly signal: AbortSignal
}

/** How long a listing would be, as far as that can be told without reading all of it. */
export interface Extent {
  /** Counted; all there are unless `more`. */
  readonly entries: number
  /** Of the entries counted. */
  readonly bytes: number
  readonly more: boolean
  /** Reasons of the parts that cannot be listed, among what was counted. */
  readonly gaps: readonly string[]
  /** Inodes in use on the file system: no more files than that, but for hard links and mounts below the root. */
  readonly inodes?: number | undefined
}

export interface StatOptions {
  /** Ask for content digests too, where the store can give them without a download. */
  readonly digests?: boolean
  /** Give what else is known of it, too. */
  readonly facts?: boolean
  readonly signal: AbortSignal
}

/** Part of a content: bytes from `start` up to, not including, `end`. */
export interface ByteRange {
  readonly start: number
  readonly end: number
}

export interface OpenOptions {
  /** Only this part, or as much of it as there is; only where `features.ranges`. */
  readonly range?: ByteRange | undefined
  readonly signal: AbortSignal
}

/** A key that was deleted where versions are kept. */
export interface Deletion {
  /** Milliseconds since 1970. */
  readonly deletedAt: number | undefined
  /** The newest version with a content, to be had back under this name; undefined where none is left. */
  readonly recoverableVersion: string | undefined
}

/** A content that is to be hashed. */
export interface DigestRequest {
  readonly key: Key
  readonly algorithms: readonly Algorithm[]
}

export interface ContentDigests {
  /** Of the content that was hashed. */
  readonly bytes: number
  /** One for each algorithm asked for, lower-case hex. */
  readonly digests: Readonly<Partial<Record<Algorithm, string>>>
}

/** An error is about that key alone. Undefined: not to be had this way, so it must be read through `open`. */
export type Digested = ContentDigests | StoreError | undefined

/** Hashes many contents where they lie, which is faster than to open them one by one. */
export interface Digester {
  /** Gets ready for contents that are soon to come. May be left out, and costs little where none come. */
  readonly prepare?: () => void
  /** Calls under way at once that keep it busy. */
  readonly parallel: number
  /** With one call go at most so many keys … */
  readonly keys: number
  /** … and, where their sizes are known, about so many bytes at most. */
  readonly bytes: number
  /** The answers, in the order of the requests. Fails where the store itself is gone. */
  readonly digest: (
    requests: readonly DigestRequest[],
    options: { readonly signal: AbortSignal },
  ) => Promise<readonly Digested[]>
}

/** Where a store is, for commands that a person runs. Nothing secret. */
export type StorePlace =
  | {
      readonly type: 'files'
      readonly root: string
      /** The vantage in words; `local` where postflight runs. */
      readonly from: string
      /** How `from` is reached where that is another host. */
      readonly ssh?: SshPlace | undefined
    }
  | {
      readonly type: 's3'
      readonly bucket: string
      readonly prefix: string
      readonly region: string
      readonly endpoint?: string | undefined
      readonly profile?: string | undefined
      readonly requester_pays?: true | undefined
    }
  | { readonly type: 'http' }

export interface SshPlace {
  readonly host: string
  readonly user?: string | undefined
  readonly port?: number | undefined
  readonly identity_file?: string | undefined
  readonly known_hosts?: string | undefined
  readonly config?: string | undefined
}

export interface Features {
  readonly list: boolean
  /**
   * `bytes`: `list` is ascending in byte order. `none`: it must be sorted before it is compared. `promised`: it should be
   * ascending, and ends in an UnorderedError where it is not: what was handed out before that must be looked at again.
   */
  readonly order: 'bytes' | 'promised' | 'none'
  /** Whether `stat` can say the size. */
  readonly size: boolean
  /** So many keys looked up at the same time cost as much as one. */
  readonly together?: number
  /** Whether `modified` is when an entry came to be there: one older than a listing must then be in it. */
  readonly dated?: boolean
  /** Whether `list` makes use of `splits`. */
  readonly splits?: boolean
  /** Whether `stat` may know digests of the content. Not there: it never does. */
  readonly digests?: boolean
  /** Whether `open` takes a range. Not there: it gives the whole content whatever is asked. */
  readonly ranges?: boolean
}

export interface Store {
  /** Safe to print: no credentials. */
  readonly label: string
  readonly features: Features
  /** Not there where no command could name it. */
  readonly place?: StorePlace | undefined
  /** Fails with a StoreError where the store itself is not there, is not mounted, or refuses the credentials. */
  readonly probe: (options: { readonly signal: AbortSignal }) => Promise<void>
  /**
   * Why this key is never looked up here (`..` on a file system, a NUL); undefined where it may be, as one of printable
   * ASCII, at most 255 bytes, may be everywhere if none of its segments is empty or begins with a dot.
   */
  readonly refuse: (key: Key) => string | undefined
  readonly list: (options: ListOptions) => AsyncGenerator<Page, void, void>
  /** Cheap: one request, or a few seconds of a walk. Not there where the store cannot list. */
  readonly extent?: (options: ExtentOptions) => Promise<Extent>
  /** Absent is `undefined`; forbidden and out of reach are StoreErrors. */
  readonly stat: (key: Key, options: StatOptions) => Promise<Entry | undefined>
  /**
   * How a key that is absent was deleted: one request. Undefined where it never was, or nothing is kept of it. Fails with
   * a StoreError where that may not be asked. Not there where the store keeps no versions.
   */
  readonly history?: (key: Key, options: { readonly signal: AbortSignal }) => Promise<Deletion | undefined>
  readonly open: (key: Key, options: OpenOptions) => Promise<Readable>
  /** Not there: contents are read through `open`. */
  readonly digester?: Digester
  /** In words, what showed that it does not list in byte order though it should. */
  readonly disorder?: () => string | undefined
  readonly close: () => Promise<void>
}

export type StoreErrorCode =
  /** Root, bucket or mount is not there. */
  | 'absent'
  /** Known, and refused. */
  | 'forbidden'
  /** There, but cannot be read (I/O error, a directory in a file's place). */
  | 'unreadable'
  /** No answer: network, timeout, server fault. */
  | 'unavailable'

export class StoreError extends CheckError {
  override readonly name = 'StoreError'
  readonly code: StoreErrorCode

  constructor(code: StoreErrorCode, message: string, options: CheckErrorOptions = {}) {
    super(message, options)
    this.code = code
  }
}

/** A listing that should ascend in byte order does not: nothing compared so far holds. The next one is sorted. */
export class UnorderedError extends CheckError {
  override readonly name = 'UnorderedError'
  /** Which key comes before which. */
  readonly seen: string

  constructor(label: string, seen: string) {
    super(`${label} does not list in byte order: ${seen}`, {
      hint: 'say `order: none` on its connection: it is then listed whole, and sorted, before it is compared',
    })
    this.seen = seen
  }
}

/** What a reader should know of a listing that was to be in order; nothing where it was. `name`: of the connection. */
export function disorderNotes(name: string, { disorder }: Pick<Store, 'disorder'>): readonly string[] {
  const seen = disorder?.()
  if (seen === undefined) return []
  const then = 'it was listed whole and sorted; `order: none` on the connection does so at once'
  return [`${name} does not list in byte order (${seen}): ${then}`]
}
