/** Pages of entries as bytes and a few arrays of numbers: to go from thread to thread, and to be compared, without an object for each. */
import { copyBytes, viewOf } from '../lib/byte-views.js'
import { type Key, keyFromBytes, keyFromLatin1 } from '../lib/key.js'
import type { Entry, Gap, Page } from './store.js'

export interface PackedPage {
  /** All keys, one after the other. */
  readonly keys: Uint8Array
  readonly ends: Uint32Array
  /** In order: size and time of each, NaN where there is none; not there at all where nobody asked. */
  readonly numbers: Float64Array | undefined
  /** Those of which more is to be said than that, whole; ascending. */
  readonly odd: readonly (readonly [index: number, entry: Entry])[]
  readonly gaps: readonly Gap[]
}

export const EMPTY_PAGE: PackedPage = {
  keys: new Uint8Array(),
  ends: new Uint32Array(),
  numbers: undefined,
  odd: [],
  gaps: [],
}

/** What a page is written into. */
export interface PageMemory {
  readonly keys: Uint8Array
  readonly ends: Uint32Array
  readonly numbers: Float64Array
}

export interface Packing {
  readonly add: (entry: Entry) => void
  /** One whose key is that of a directory and bytes that lie in `source`, and of which no more than this is known. */
  readonly addBytes: (
    directory: Key,
    source: DataView,
    from: number,
    to: number,
    size?: number,
    modified?: number,
  ) => void
  readonly gap: (gap: Gap) => void
  readonly count: () => number
  /** What was added, in memory of its own; from then on it is empty. */
  readonly finish: () => PackedPage
  /** Gives memory for a page to come, that it need not take new. */
  readonly supply: (memory: PageMemory) => void
  /** Forgets what was added. */
  readonly clear: () => void
}

const FIRST_BYTES = 4096
const FIRST_ENTRIES = 64

/** `numbered`: whether sizes and times are kept. */
export function createPacking(numbered: boolean): Packing {
  let odd: [number, Entry][] = []
  let gaps: Gap[] = []
  const supplied: PageMemory[] = []
  let { keys, ends, numbers } = pageMemory(0, 0, numbered)
  let view = viewOf(keys)
  /** What the page before had room for. */
  let [firstBytes, firstEntries] = [FIRST_BYTES, FIRST_ENTRIES]
  let count = 0
  let end = 0
  /** The directory that was put last, and where: the next key is nearly always in the same. */
  let last = keyFromLatin1('')
  let lastAt = 0
  const reserve = (bytes: number): void => {
    if (keys.length === 0) {
      ;({ keys, ends, numbers } = supplied.pop() ?? pageMemory(firstBytes, firstEntries, numbered))
      view = viewOf(keys)
    }
    if (bytes > keys.length) {
      keys = moved(keys, new Uint8Array(Math.max(2 * keys.length, bytes)))
      view = viewOf(keys)
    }
    if (count < ends.length) return
    ends = moved(ends, new Uint32Array(2 * count))
    if (numbered) numbers = moved(numbers, new Float64Array(4 * count))
  }
  const close = (size: number, modified: number): void => {
    if (numbered) {
      numbers[2 * count] = size
      numbers[2 * count + 1] = modified
    }
    ends[count++] = end
  }
  const put = (text: string): void => {
    for (let at = 0; at < text.length; at++) keys[end++] = text.charCodeAt(at)
  }
  const clear = (): void => {
    odd = []
    gaps = []
    count = 0
    end = 0
    last = keyFromLatin1('')
  }
  return {
    add: (entry) => {
      const { key, size = Number.NaN, modified = Number.NaN } = entry
      if (isOdd(entry)) odd.push([count, entry])
      reserve(end + key.length)
      put(key)
      close(size, modified)
    },
    addBytes: (directory, source, from, to, size = Number.NaN, modified = Number.NaN) => {
      reserve(end + directory.length + to - from)
      const start = end
      if (directory === last) end = copyBytes(view, end, view, lastAt, lastAt + directory.length)
      else put(directory)
      last = directory
      lastAt = start
      end = copyBytes(view, end, source, from, to)
      close(size, modified)
    },
    gap: (gap) => gaps.push(gap),
    count: () => count,
    finish: () => {
      const page = {
        keys: keys.subarray(0, end),
        ends: ends.subarray(0, count),
        numbers: numbered ? numbers.subarray(0, 2 * count) : undefined,
        odd,
        gaps,
      }
      if (keys.length > 0)
        [firstBytes, firstEntries] = [keys.length, ends.length]
        // Nothing of it is kept here, for it may be handed to another thread.
      ;({ keys, ends, numbers } = pageMemory(0, 0, numbered))
      clear()
      return page
    },
    supply: (memory) => supplied.push(memory),
    clear,
  }
}

function pageMemory(bytes: number, entries: number, numbered: boolean): PageMemory {
  const numbers = new Float64Array(numbered ? 2 * entries : 0)
  return { keys: new Uint8Array(bytes), ends: new Uint32Array(entries), numbers }
}

/** All the memory of a page that `finish` gave and nobody reads any more. */
export function memoryOf({ keys, ends, numbers }: PackedPage): PageMemory {
  return {
    keys: new Uint8Array(keys.buffer),
    ends: new Uint32Array(ends.buffer),
    numbers: numbers === undefined ? new Float64Array() : new Float64Array(numbers.buffer),
  }
}

/** The same, for pages to come in this thread: what reads the page after all finds nothing, rather than another one. */
export function takeMemory(page: PackedPage): PageMemory {
  const { keys, ends, numbers } = page
  return memoryOf(structuredClone({ ...EMPTY_PAGE, keys, ends, numbers }, { transfer: buffersOf(page) }))
}

/** The buffers to hand over with it. */
export function buffersOf({ keys, ends, numbers }: Pick<PackedPage, 'keys' | 'ends' | 'numbers'>): ArrayBuffer[] {
  return [keys, ends, numbers].flatMap((array) => (array === undefined ? [] : [array.buffer as ArrayBuffer]))
}

function moved<T extends Uint8Array | Uint32Array | Float64Array>(from: T, to: T): T {
  to.set(from)
  return to
}

function isOdd({ archived, unreadable, digests, placeholder }: Entry): boolean {
  return archived !== undefined || unreadable !== undefined || digests !== undefined || placeholder !== undefined
}

export function packedOf(page: Page): PackedPage {
  if (page.packed !== undefined) return page.packed
  const packing = createPacking(true)
  for (const entry of page.entries) packing.add(entry)
  return { ...packing.finish(), gaps: page.gaps ?? [] }
}

/** The page it is, whose entries are made when somebody asks for them, which is to be before the next page is asked for. */
export function pageOf(packed: PackedPage): Page {
  let entries: readonly Entry[] | undefined
  const count = packed.ends.length
  const page = {
    packed,
    get entries() {
      // Its memory has gone to another thread.
      if (entries === undefined && packed.ends.length !== count) throw new Error('a page was read after the next one')
      entries ??= entriesOf(packed)
      return entries
    },
  }
  return packed.gaps.length === 0 ? page : Object.assign(page, { gaps: packed.gaps })
}

export function packedBytes({ keys, ends, numbers }: PackedPage): number {
  return keys.length + ends.byteLength + (numbers?.byteLength ?? 0)
}

export function packedKeyAt({ keys, ends }: PackedPage, index: number): Key {
  const start = index === 0 ? 0 : (ends[index - 1] as number)
  return keyFromBytes(keys.subarray(start, ends[index]))
}

/** `odd`: the number of the first of the odd ones that is not before it. */
export function packedEntryAt(page: PackedPage, index: number, odd: number): Entry {
  const [at, entry] = page.odd[odd] ?? []
  return at === index && entry !== undefined ? entry : plainEntry(page, packedKeyAt(page, index), index)
}

function plainEntry({ numbers }: PackedPage, key: Key, index: number): Entry {
  const size = numbers?.[2 * index] ?? Number.NaN
  const modified = numbers?.[2 * index + 1] ?? Number.NaN
  if (!Number.isNaN(size)) return Number.isNaN(modified) ? { key, size } : { key, size, modified }
  return Number.isNaN(modified) ? { key } : { key, modified }
}

/** Entries from index `from` up to, not including, `to`; the memory is the same. */
export function packedPart(page: PackedPage, from: number, to: number): PackedPage {
  const { keys, ends, numbers, odd, gaps } = page
  if (from === 0 && to === ends.length) return page
  const start = from === 0 ? 0 : (ends[from - 1] as number)
  return {
    keys: keys.subarray(start, to === 0 ? 0 : ends[to - 1]),
    ends: start === 0 ? ends.subarray(from, to) : ends.subarray(from, to).map((end) => end - start),
    numbers: numbers?.subarray(2 * from, 2 * to),
    odd: odd.filter(([at]) => at >= from && at < to).map(([at, entry]) => [at - from, entry] as const),
    gaps,
  }
}

function entriesOf(page: PackedPage): readonly Entry[] {
  const { keys, ends, odd } = page
  const text = keyFromBytes(keys)
  const entries: Entry[] = new Array(ends.length)
  let start = 0
  for (let index = 0; index < ends.length; index++) {
    const end = ends[index] as number
    entries[index] = plainEntry(page, keyFromLatin1(text.slice(start, end)), index)
    start = end
  }
  for (const [index, entry] of odd) entries[index] = entry
  return entries
}
