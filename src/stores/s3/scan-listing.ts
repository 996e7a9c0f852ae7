/**
 * Reads the answer to ListObjectsV2 from its bytes. Objects in the shape that S3 writes are read by the kernel, anything else
 * as XML; what is neither is an error, never a shorter listing.
 */
import type { Key } from '../../lib/key.js'
import type { PageMemory } from '../packed.js'
import { StoreError } from '../store.js'
import { type Columns, type ColumnsReader, createColumnsReader } from './columns.js'
import { archiveOfClass } from './entries.js'
import { endTag, readElement, skipMisc, startTag, type XmlElement } from './xml-element.js'

export interface ScanOptions {
  /** Where the listing comes from, safe to print. */
  readonly label: string
  /** What keys must begin with to be told, without it. */
  readonly prefix: Key
}

export interface Listing {
  readonly objects: Columns
  /** Set where there is more. */
  readonly more: boolean
  readonly token: string | undefined
}

/** The bytes may be used again when it has returned. Throws a StoreError where they are no whole listing. */
export type Scan = (bytes: Buffer) => Listing

export interface Scanner {
  readonly scan: Scan
  /** Gives memory for a page to come. */
  readonly supply: (memory: PageMemory) => void
}

/** Keeps what it needs room for from page to page. */
export function createScanner(options: ScanOptions): Scanner {
  const reader = createColumnsReader(options.prefix)
  return {
    scan: (bytes) => {
      const read = readAs(bytes, options, reader, true)
      // What was asked for is encoded; that this answer is not may stand behind its keys.
      const again = !read.encoded && reader.escapes()
      return whole(again ? readAs(bytes, options, reader, false) : read, reader.finish(), options)
    },
    supply: reader.supply,
  }
}

interface Read {
  readonly fields: ReadonlyMap<string, string>
  /** Objects, whatever their keys begin with. */
  readonly count: number
  /** EncodingType is `url`. */
  readonly encoded: boolean
}

/** An element that holds nothing but text, as it stands in the head of an answer. An object has others in it. */
const PLAIN = /<((?!Contents>)[A-Za-z]+)>([^<&]*)<\/\1>/
/** Elements of the root that matter here. */
const FIELDS = new Set(['IsTruncated', 'NextContinuationToken', 'KeyCount', 'EncodingType'])

function readAs(bytes: Buffer, { label }: ScanOptions, reader: ColumnsReader, encoded: boolean): Read {
  const fail = (what: string) => new StoreError('unavailable', `${label}: the listing is incomplete: ${what}`)
  const head = bytes.toString('latin1', 0, 4096)
  const start = skipMisc(head, head.startsWith('\xef\xbb\xbf') ? 3 : 0)
  const root = start === undefined ? undefined : startTag(head, start)
  if (root?.name !== 'ListBucketResult') throw fail('the answer is not a listing')
  const fields = new Map<string, string>()
  reader.begin(bytes, encoded)
  const plain = new RegExp(PLAIN, 'y')
  let at = root.end
  for (;;) {
    at = reader.addFrom(at)
    plain.lastIndex = at
    const [, element = '', content = ''] = plain.exec(head) ?? []
    if (element !== '') {
      if (FIELDS.has(element)) fields.set(element, content)
      at = plain.lastIndex
      continue
    }
    const part = partAt(bytes, at)
    if (part === undefined) throw fail('the answer was cut short, or is no sound XML')
    at += part.end
    if (part.element === undefined) {
      if (at !== bytes.length) throw fail('something follows its end')
      break
    }
    const { name, text } = part.element
    if (name === 'Contents') {
      if (!addObject(part.element, reader)) throw fail('it holds an object without a key')
    } else if (FIELDS.has(name)) fields.set(name, text)
  }
  return { fields, count: reader.seen(), encoded: fields.get('EncodingType')?.trim() === 'url' }
}

interface Part {
  /** Undefined: the end of the root, and what may follow it. */
  readonly element: XmlElement | undefined
  /** Length. */
  readonly end: number
}

const WINDOWS = [256, 4096, Number.POSITIVE_INFINITY]

/** What stands at `at`, made text as far as it takes; undefined where that is not sound. */
function partAt(bytes: Buffer, at: number): Part | undefined {
  for (const size of WINDOWS) {
    const last = at + size >= bytes.length
    const text = bytes.toString('latin1', at, last ? bytes.length : at + size)
    const next = skipMisc(text, 0)
    if (next !== undefined) {
      const closed = endTag(text, next, 'ListBucketResult')
      // More may follow than the window shows.
      const end = closed === undefined ? undefined : skipMisc(text, closed)
      if (end !== undefined && (last || end < text.length)) return { element: undefined, end }
      const element = closed === undefined ? readElement(text, next) : undefined
      if (element !== undefined) return { element, end: element.end }
    }
    if (last) break
  }
  return undefined
}

/** False where there is no key. */
function addObject({ children }: XmlElement, reader: ColumnsReader): boolean {
  const field = (name: string) => children.find((child) => child.name === name)
  const key = field('Key')
  if (key === undefined) return false
  const size = field('Size')?.text.trim() ?? ''
  const restore = field('RestoreStatus')?.children
  const expires = restore?.some(({ name }) => name === 'RestoreExpiryDate') ?? false
  const busy = restore?.some(({ name, text }) => name === 'IsRestoreInProgress' && text.trim() === 'true') ?? false
  reader.add(
    Buffer.from(key.text, 'latin1'),
    /^\d+$/.test(size) ? Number(size) : Number.NaN,
    Date.parse(field('LastModified')?.text ?? ''),
    expires && !busy ? undefined : archiveOfClass(field('StorageClass')?.text.trim()),
  )
  return true
}

/** An answer that may hold only a part of the keys is an error. */
function whole({ fields, count }: Read, objects: Columns, { label }: ScanOptions): Listing {
  const fail = (what: string) => new StoreError('unavailable', `${label}: the listing is incomplete: ${what}`)
  const truncated = fields.get('IsTruncated')?.trim()
  if (truncated !== 'true' && truncated !== 'false') throw fail('it does not say whether there is more')
  const promised = Number(fields.get('KeyCount') ?? count)
  if (Number.isNaN(promised)) throw fail('its count of keys is no number')
  if (promised > count) throw fail(`${promised} keys were promised, ${count} came`)
  if (truncated === 'false') return { objects, more: false, token: undefined }
  // Of some stores it is the last key as it is, blanks at its ends included.
  const token = Buffer.from(fields.get('NextContinuationToken') ?? '', 'latin1').toString()
  if (token === '') throw fail('there is more, but no token to go on with')
  return { objects, more: true, token }
}
