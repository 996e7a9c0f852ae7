/**
 * What stands directly below a prefix, counted. Groups are counted as they come; where there are too many of them (a
 * directory of a million files), findings are sorted by key first, so that each group is over before the next begins.
 */
import { keyAt } from '../../lib/records.js'
import type { Group, Looking, Query } from './book.js'
import { pick } from './find.js'
import { emptyHead } from './head.js'
import { keyOfLine } from './key-of-line.js'
import { narrow } from './narrow.js'
import { numberAt, withSorted } from './order.js'
import { createPace } from './pace.js'
import type { Stock } from './reading.js'
import { windowsOf } from './windows.js'

/** As many are told one by one. */
export const MOST_GROUPS = 10_000

interface Counts {
  count: number
  /** By shelf. */
  readonly shelves: Map<number, number>
}

export async function group(
  stock: Stock,
  query: Query,
  looking: Looking,
  most = MOST_GROUPS,
): Promise<readonly Group[]> {
  const pace = createPace(looking)
  pace.stage(0.4)
  const numbers = await narrow(stock, await pick(stock, query, pace), query, pace)
  const depth = query.prefix?.length ?? 0
  pace.stage(0.7)
  const counted = await count(stock, numbers, depth, most, pace)
  if (counted !== undefined)
    return [...counted].map(([name, counts]) => groupOf(name, counts, depth, stock)).sort(mostFirst)
  pace.stage(1)
  const head = emptyHead()
  const rank = (bytes: Buffer, from: number, to: number): string => keyOfLine(bytes, from, to, head) ?? ''
  return withSorted(stock, numbers, rank, { pace, signal: looking.signal }, async (sorted) => {
    const top = createTop(most)
    let done = 0
    let name: string | undefined
    let counts = none()
    for await (const records of sorted.records()) {
      for (let n = records.from; n < records.to; n++) {
        const next = nameOf(keyAt(records, n), depth)
        if (name !== undefined && next !== name) {
          top.add(groupOf(name, counts, depth, stock))
          counts = none()
        }
        name = next
        add(counts, stock.places.shelfOf(numberAt(records, n)))
      }
      done += records.to - records.from
      await pace.pause(0.5 + done / numbers.length / 2)
    }
    if (name !== undefined) top.add(groupOf(name, counts, depth, stock))
    return top.groups(query.prefix ?? '')
  })
}

/** Undefined where there are more than `most` of them. */
async function count(
  stock: Stock,
  numbers: Uint32Array,
  depth: number,
  most: number,
  pace: ReturnType<typeof createPace>,
): Promise<ReadonlyMap<string, Counts> | undefined> {
  const { places } = stock
  const groups = new Map<string, Counts>()
  const head = emptyHead()
  for await (const { bytes, offset, from, to } of windowsOf(stock, numbers)) {
    for (let at = from; at < to; at++) {
      const number = numbers[at] as number
      const start = places.offsetOf(number) - offset
      const name = nameOf(keyOfLine(bytes, start, start + places.lengthOf(number), head), depth)
      let counts = groups.get(name)
      if (counts === undefined) {
        if (groups.size === most) return undefined
        counts = none()
        groups.set(name, counts)
      }
      add(counts, places.shelfOf(number))
    }
    await pace.pause(to / numbers.length)
  }
  return groups
}

/** Findings without a key are a group of no name. */
function nameOf(key: string | undefined, depth: number): string {
  if (key === undefined) return ''
  const slash = key.indexOf('/', depth)
  return slash < 0 ? key : key.slice(0, slash + 1)
}

function none(): Counts {
  return { count: 0, shelves: new Map() }
}

function add(counts: Counts, shelf: number): void {
  counts.count++
  counts.shelves.set(shelf, (counts.shelves.get(shelf) ?? 0) + 1)
}

function groupOf(prefix: string, { count, shelves: numbers }: Counts, depth: number, { shelves }: Stock): Group {
  const classes = [...numbers].map(([shelf, count]) => [shelves.classOf(shelf), count] as const)
  // An object store may hold a key that is the prefix itself.
  const isDirectory = prefix.length > depth && prefix.endsWith('/')
  return { prefix, isDirectory, count, classes: Object.fromEntries(classes) }
}

function mostFirst(a: Group, b: Group): number {
  return b.count - a.count || (a.prefix < b.prefix ? -1 : 1)
}

/** The `most` largest groups, and the sum of all others. */
function createTop(most: number) {
  let kept: Group[] = []
  let others = 0
  let count = 0
  const classes = new Map<string, number>()
  const cut = (): void => {
    kept.sort(mostFirst)
    for (const group of kept.slice(most)) {
      others++
      count += group.count
      for (const [name, number] of Object.entries(group.classes)) classes.set(name, (classes.get(name) ?? 0) + number)
    }
    kept = kept.slice(0, most)
  }
  return {
    add: (group: Group): void => {
      kept.push(group)
      if (kept.length >= 2 * most) cut()
    },
    groups: (prefix: string): readonly Group[] => {
      cut()
      if (others === 0) return kept
      return [...kept, { prefix, isDirectory: false, count, classes: Object.fromEntries(classes), others }]
    },
  }
}
