/** Tables, large ones in parts: each is read by whichever session is free, and the last one to end has the table. */
import type { Session } from '../../postgres/source.js'
import { divided, type Pages, pagesOf, partsFor } from '../pages.js'
import type { Content } from './digest.js'
import type { TableSeen } from './tables.js'

export interface TablePart<T> {
  readonly of: T
  readonly pages: Pages
  readonly whole: Whole
}

interface Whole {
  left: number
  content?: Content
  /** One of its parts could not be read, so the others need not be. */
  broken: boolean
}

/** `tableOf`: undefined for what is read whole. */
export async function inParts<T>(
  session: Session,
  all: readonly T[],
  tableOf: (one: T) => Pick<TableSeen, 'name' | 'pages'> | undefined,
): Promise<readonly TablePart<T>[]> {
  const parts: TablePart<T>[] = []
  for (const of of all) {
    const table = tableOf(of)
    const pages = table === undefined || partsFor(table.pages) === 1 ? 0 : await pagesOf(session, table.name)
    const ranges = divided(pages)
    const whole = { left: ranges.length, broken: false }
    for (const range of ranges) parts.push({ of, pages: range, whole })
  }
  return parts
}

/** Of all of its table, where this was the last part to be read. */
export async function readPart(
  { whole, pages }: TablePart<unknown>,
  read: (pages: Pages) => Promise<Content>,
): Promise<Content | undefined> {
  if (whole.broken) return undefined
  const content = await read(pages)
  whole.content = whole.content === undefined ? content : added(whole.content, content)
  whole.left--
  return whole.left === 0 ? whole.content : undefined
}

function added(one: Content, other: Content): Content {
  return {
    rows: one.rows + other.rows,
    counts: one.counts.map((count, at) => count + (other.counts[at] ?? 0)),
    sums: one.sums.map((sum, at) => sumOf(sum, other.sums[at])),
    nulls: both(one.nulls, (count, name) => count + (other.nulls[name] ?? 0)),
    columnSums: both(one.columnSums, (sum, name) => sumOf(sum, other.columnSums[name])),
  }
}

function both<V>(one: Readonly<Record<string, V>>, add: (value: V, name: string) => V): Readonly<Record<string, V>> {
  return Object.fromEntries(Object.entries(one).map(([name, value]) => [name, add(value, name)]))
}

function sumOf(one: string, other = '0'): string {
  return String(BigInt(one) + BigInt(other))
}
