/** Puts findings in order. Those with the same key, class or size stay in the order they came in. */
import { keyFromLatin1 } from '../../lib/key.js'
import type { Records } from '../../lib/records.js'
import { createSpool, type SortedSpool } from '../../lib/spool.js'
import type { Json } from '../../lib/value.js'
import type { Sort } from './book.js'
import { findingOf } from './finding-of.js'
import { emptyHead } from './head.js'
import { keyOfLine } from './key-of-line.js'
import type { Pace } from './pace.js'
import type { Stock } from './reading.js'
import { windowsOf } from './windows.js'

/** Makes of a line what it is sorted by, byte by byte. */
type Rank = (bytes: Buffer, from: number, to: number) => string

/** As many bytes are sorted in less than a frame. */
const RUN_BYTES = 2 * 1024 * 1024

export async function ordered(
  stock: Stock,
  numbers: Uint32Array,
  sort: Sort,
  looking: { readonly pace: Pace; readonly signal: AbortSignal },
): Promise<Uint32Array> {
  if (sort === 'found') return numbers
  if (sort === 'class') return byClass(stock, numbers, looking.pace)
  return withSorted(stock, numbers, sort === 'key' ? rankOfKey() : rankOfSize, looking, async (sorted) => {
    const result = new Uint32Array(numbers.length)
    let filled = 0
    for await (const records of sorted.records()) {
      for (let n = records.from; n < records.to; n++) result[filled++] = numberAt(records, n)
      await looking.pace.pause(0.5 + filled / numbers.length / 2)
    }
    return result
  })
}

/** Hands over the findings sorted; a record holds what it is sorted by, and its number. Disk and memory are given back then. */
export async function withSorted<T>(
  stock: Stock,
  numbers: Uint32Array,
  rank: Rank,
  { pace, signal }: { readonly pace: Pace; readonly signal: AbortSignal },
  use: (sorted: SortedSpool) => Promise<T>,
): Promise<T> {
  const { places, scratch } = stock
  const spool = createSpool({ dir: scratch, runBytes: RUN_BYTES, signal })
  try {
    for await (const { bytes, offset, from, to } of windowsOf(stock, numbers)) {
      for (let at = from; at < to; at++) {
        const number = numbers[at] as number
        const start = places.offsetOf(number) - offset
        const written = spool.add(
          keyFromLatin1(rank(bytes, start, start + places.lengthOf(number))),
          String.fromCharCode(number & 0xff, (number >>> 8) & 0xff, (number >>> 16) & 0xff, number >>> 24),
        )
        if (written !== undefined) await written
      }
      await pace.pause(to / numbers.length / 2)
    }
    return await use(await spool.finish())
  } finally {
    await spool.close()
  }
}

export function numberAt({ bytes, middles }: Records, n: number): number {
  return bytes.readUInt32LE(middles[n] as number)
}

// What has no key, or no size, comes last.
const THERE = '\0'
const NONE = '\x01'

function rankOfKey(): Rank {
  const head = emptyHead()
  return (bytes, from, to) => {
    const key = keyOfLine(bytes, from, to, head)
    return key === undefined ? NONE : `${THERE}${key}`
  }
}

/** The largest first. */
function rankOfSize(bytes: Buffer, from: number, to: number): string {
  const finding = findingOf(bytes.toString('utf8', from, to))
  const size = 'wrong' in finding ? undefined : (sizeIn(finding.actual?.['size']) ?? sizeIn(finding.expected?.['size']))
  if (size === undefined) return NONE
  const number = Buffer.alloc(8)
  // The bits of doubles from 0 on are in the order of their values.
  number.writeDoubleBE(size)
  for (const [at, byte] of number.entries()) number[at] = 0xff - byte
  return `${THERE}${number.toString('latin1')}`
}

/** Several where rows do not agree: the first. */
function sizeIn(value: Json | undefined): number | undefined {
  const one: unknown = Array.isArray(value) ? value[0] : value
  if (one === undefined || one === null || one === '') return undefined
  const size = Number(one)
  return Number.isFinite(size) && size >= 0 ? size : undefined
}

async function byClass({ places, shelves }: Stock, numbers: Uint32Array, pace: Pace): Promise<Uint32Array> {
  const counts = new Map<number, number>()
  for (const [at, number] of numbers.entries()) {
    const shelf = places.shelfOf(number)
    counts.set(shelf, (counts.get(shelf) ?? 0) + 1)
    if (at % STEP === 0) await pace.pause(at / numbers.length / 2)
  }
  const byName = [...counts.keys()].sort((a, b) => (shelves.classOf(a) < shelves.classOf(b) ? -1 : 1))
  const next = new Map<number, number>()
  let from = 0
  for (const shelf of byName) {
    next.set(shelf, from)
    from += counts.get(shelf) ?? 0
  }
  const result = new Uint32Array(numbers.length)
  for (const [at, number] of numbers.entries()) {
    const shelf = places.shelfOf(number)
    const place = next.get(shelf) ?? 0
    result[place] = number
    next.set(shelf, place + 1)
    if (at % STEP === 0) await pace.pause(0.5 + at / numbers.length / 2)
  }
  return result
}

const STEP = 16_384
