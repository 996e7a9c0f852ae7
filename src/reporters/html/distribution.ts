/**
 * How the findings of a check lie: by directory, by month, by size. Counts all of them, whatever of them is listed, and
 * keeps a bounded number of counts: of too many directories only the upper levels.
 */
import type { Finding } from '../../kinds/kind.js'
import { numberOf } from '../numbers.js'

/** Missing, orphaned, and what is wrong in another way. */
export type Counts = readonly [missing: number, orphaned: number, other: number]

export interface Bar {
  readonly name: string
  readonly counts: Counts
}

export interface Distribution {
  /** Those with most findings first; what is left out is summed up in `elsewhere`. */
  readonly directories: readonly Bar[]
  readonly elsewhere: { readonly directories: number; readonly counts: Counts }
  /** Ascending, without gaps between the first and the last where they are few. */
  readonly months: readonly Bar[]
  /** Ascending powers of four of bytes: `name` is the lower end. */
  readonly sizes: readonly Bar[]
}

export interface Distributing {
  readonly add: (finding: Finding) => void
  readonly result: () => Distribution
}

const MOST_DIRECTORIES = 2000
const SHOWN_DIRECTORIES = 12
const DEEPEST = 3
const SERIES = { missing: 0, orphaned: 1 } as const

export function createDistribution(): Distributing {
  const months = new Map<string, number[]>()
  const sizes = new Map<string, number[]>()
  let directories = new Map<string, number[]>()
  let depth = DEEPEST
  return {
    add: (finding) => {
      const series = Object.hasOwn(SERIES, finding.finding) ? SERIES[finding.finding as keyof typeof SERIES] : 2
      const { key } = finding
      if (key !== undefined) {
        count(directories, directoryOf(key, depth), series)
        while (directories.size > MOST_DIRECTORIES && depth > 0) directories = raised(directories, --depth)
        const month = monthOf(key)
        if (month !== undefined) count(months, month, series)
      }
      const size = sizeOf(finding)
      if (size !== undefined) count(sizes, String(size), series)
    },
    result: () => {
      const all = bars(directories).sort((a, b) => total(b) - total(a) || compare(a.name, b.name))
      const rest = all.slice(SHOWN_DIRECTORIES)
      return {
        directories: all.slice(0, SHOWN_DIRECTORIES),
        elsewhere: { directories: rest.length, counts: summed(rest) },
        months: withoutGaps(bars(months).sort((a, b) => compare(a.name, b.name))),
        sizes: bars(sizes).sort((a, b) => Number(a.name) - Number(b.name)),
      }
    },
  }
}

export function total({ counts: [missing, orphaned, other] }: Bar): number {
  return missing + orphaned + other
}

function directoryOf(key: string, depth: number): string {
  let end = 0
  for (let level = 0; level < depth; level++) {
    const next = key.indexOf('/', end)
    if (next === -1) break
    end = next + 1
  }
  return key.slice(0, end)
}

function raised(directories: ReadonlyMap<string, number[]>, depth: number): Map<string, number[]> {
  const upper = new Map<string, number[]>()
  for (const [name, counts] of directories)
    for (const [series, number] of counts.entries()) count(upper, directoryOf(name, depth), series, number)
  return upper
}

/** Of a year and month that stand in the key: `2019/04/`, `2019-04-01`. */
function monthOf(key: string): string | undefined {
  const found = /(?:^|\D)((?:19|20)\d\d)[-/_](0[1-9]|1[0-2])(?!\d)/.exec(key)
  return found === null ? undefined : `${found[1]}-${found[2]}`
}

/** The lower end of its power of four. */
function sizeOf({ expected, actual }: Finding): number | undefined {
  const size = numberOf(expected?.['size']) ?? numberOf(actual?.['size'])
  if (size === undefined || size < 0) return undefined
  return size < 1 ? 0 : 4 ** Math.floor(Math.log2(size) / 2)
}

/** The years between are drawn too, unless a stray date would make that a desert. */
function withoutGaps(months: readonly Bar[]): readonly Bar[] {
  const [first, last] = [months[0], months.at(-1)]
  if (first === undefined || last === undefined) return months
  const numberOfMonth = (name: string): number => Number(name.slice(0, 4)) * 12 + Number(name.slice(5)) - 1
  const [from, to] = [numberOfMonth(first.name), numberOfMonth(last.name)]
  if (to - from > 120) return months
  const known = new Map(months.map((bar) => [bar.name, bar]))
  return Array.from({ length: to - from + 1 }, (_, index) => {
    const month = from + index
    const name = `${Math.floor(month / 12)}-${String((month % 12) + 1).padStart(2, '0')}`
    return known.get(name) ?? { name, counts: [0, 0, 0] }
  })
}

function count(counts: Map<string, number[]>, name: string, series: number, by = 1): void {
  const known = counts.get(name) ?? [0, 0, 0]
  known[series] = (known[series] ?? 0) + by
  counts.set(name, known)
}

function bars(counts: ReadonlyMap<string, number[]>): Bar[] {
  return [...counts].map(([name, [missing = 0, orphaned = 0, other = 0]]) => ({
    name,
    counts: [missing, orphaned, other],
  }))
}

function summed(all: readonly Bar[]): Counts {
  const sum = (series: 0 | 1 | 2): number => all.reduce((so, { counts }) => so + counts[series], 0)
  return [sum(0), sum(1), sum(2)]
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
