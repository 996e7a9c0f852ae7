/**
 * The objects of a page as bytes and columns of numbers, as they are compared (`stores/packed.ts`). Pages are held ahead by
 * the hundred: as objects they would cost more in collecting garbage than everything else about them.
 */

import { aligned, createKernel, FIRST, reserve, SLACK } from '../../lib/kernel/kernel.js'
import { type Key, keyToBytes } from '../../lib/key.js'
import { type PackedPage, type PageMemory, packedKeyAt, packedPart } from '../packed.js'
import type { Entry } from '../store.js'
import { ARCHIVES } from './entries.js'

export interface Columns {
  readonly count: number
  /** The first key that does not sort behind the one before it; undefined where all ascend. */
  readonly disorder: number | undefined
  readonly keyAt: (index: number) => Key
  /** From index `from` up to, not including, `to`. */
  readonly packed: (from: number, to: number) => PackedPage
}

/**
 * Reads one answer after the other. Keys are told without the prefix; those that do not begin with it are passed over, and
 * the prefix itself: that is the place of the store, not something in it.
 */
export interface ColumnsReader {
  /** `encoded`: keys are as with `encoding-type=url`, decoded once; bytes that are not UTF-8 come as they are. */
  readonly begin: (bytes: Uint8Array, encoded: boolean) => void
  /** Adds the objects from `at` on that are in the shape of S3. Returns where something else stands. */
  readonly addFrom: (at: number) => number
  /** One read another way. `size` and `modified` are NaN where they are not told. */
  readonly add: (key: Uint8Array, size: number, modified: number, archived: string | undefined) => void
  /** Objects so far, whatever their keys begin with. */
  readonly seen: () => number
  /** Whether a key so far looked as if it were encoded. */
  readonly escapes: () => boolean
  readonly finish: () => Columns
  /** Gives memory for a page to come. */
  readonly supply: (memory: PageMemory) => void
}

/** Shorter than any object is written. */
const LEAST_BYTES = 16
/** What more is said of an object by a number: which of ARCHIVES it lies in, from 1 on, and whether it is a placeholder. */
const ARCHIVE_BITS = 3
const PLACEHOLDER_BIT = 4

/** Keeps what it needs room for from page to page. */
export function createColumnsReader(prefix: Key): ColumnsReader {
  const kernel = createKernel()
  const beginning = keyToBytes(prefix)
  const first = aligned(FIRST + beginning.length)
  let memory = new Uint8Array()
  /** Behind the answer. */
  let end = first
  let places = { keys: 0, ends: 0, numbers: 0, odds: 0, alone: 0 }
  const supplied: PageMemory[] = []
  const roomFor = (bytes: number, entries: number): PageMemory => {
    for (let room = supplied.pop(); room !== undefined; room = supplied.pop()) {
      if (room.keys.length >= bytes && room.ends.length >= entries) return room
    }
    // A little more than that, for the next page may be a little larger.
    const most = entries + (entries >> 3)
    return {
      keys: new Uint8Array(bytes + (bytes >> 3)),
      ends: new Uint32Array(most),
      numbers: new Float64Array(2 * most),
    }
  }
  return {
    begin: (bytes, encoded) => {
      const most = Math.ceil(bytes.length / LEAST_BYTES)
      end = first + bytes.length
      const keys = aligned(end + SLACK)
      const numbers = aligned(keys + bytes.length + SLACK)
      const odds = numbers + 16 * most
      const ends = odds + 8 * most
      const alone = ends + 4 * most
      places = { keys, ends, numbers, odds, alone }
      reserve(kernel, alone + bytes.length)
      if (memory.buffer !== kernel.memory.buffer) memory = new Uint8Array(kernel.memory.buffer)
      memory.set(beginning, FIRST)
      memory.set(bytes, first)
      kernel.beginListing(FIRST, FIRST + beginning.length, encoded, keys, ends, numbers, odds)
    },
    addFrom: (at) => kernel.addObjects(first + at, end) - first,
    add: (key, size, modified, archived) => {
      memory.set(key, places.alone)
      const archive = archived === undefined ? 0 : ARCHIVES.indexOf(archived) + 1
      kernel.addRead(places.alone, places.alone + key.length, size, modified, archive)
    },
    seen: () => kernel.objectsSeen(),
    escapes: () => kernel.anyEscaped() !== 0,
    finish: () => {
      const { buffer } = memory
      const count = kernel.objectCount()
      const bytes = kernel.keysEnd() - places.keys
      const room = roomFor(bytes, count)
      room.keys.set(memory.subarray(places.keys, places.keys + bytes))
      room.ends.set(new Uint32Array(buffer, places.ends, count))
      room.numbers.set(new Float64Array(buffer, places.numbers, 2 * count))
      const page = {
        keys: room.keys.subarray(0, bytes),
        ends: room.ends.subarray(0, count),
        numbers: room.numbers.subarray(0, 2 * count),
        odd: [],
        gaps: [],
      }
      const disorder = kernel.firstUnordered()
      const odds = new Uint32Array(buffer, places.odds, 2 * kernel.oddObjects())
      return columnsOf({ ...page, odd: oddOf(page, odds) }, disorder === 0 ? undefined : disorder)
    },
    supply: (room) => supplied.push(room),
  }
}

function oddOf(page: PackedPage, odds: Uint32Array): PackedPage['odd'] {
  const odd: (readonly [number, Entry])[] = []
  for (let at = 0; at < odds.length; at += 2) {
    const [index, what] = [odds[at] as number, odds[at + 1] as number]
    const [size, modified] = page.numbers?.subarray(2 * index) ?? []
    const archived = ARCHIVES[(what & ARCHIVE_BITS) - 1]
    odd.push([
      index,
      {
        key: packedKeyAt(page, index),
        ...(size === undefined || Number.isNaN(size) ? {} : { size }),
        ...(modified === undefined || Number.isNaN(modified) ? {} : { modified }),
        ...(archived === undefined ? {} : { archived }),
        ...((what & PLACEHOLDER_BIT) === 0 ? {} : { placeholder: true }),
      },
    ])
  }
  return odd
}

function columnsOf(page: PackedPage, disorder: number | undefined): Columns {
  return {
    count: page.ends.length,
    disorder,
    keyAt: (index) => packedKeyAt(page, index),
    packed: (from, to) => packedPart(page, from, to),
  }
}
