/** Sums of the hashes of both tables, bucket by bucket: where they are the same, so are the rows. */
import { CheckError } from '../../lib/errors.js'
import { count } from '../../lib/text.js'
import type { SqlSession, UserQuery } from '../../sql/source.js'
import type { Pages } from '../pages.js'
import { oddColumns } from './canonical.js'
import { type Hashing, rowsOf } from './hashing.js'
import { digestQuery } from './sql.js'

/** Of one bucket: how many rows, and the sum of their hashes as the server prints it. */
interface Bucket {
  readonly rows: number
  readonly sum: string
}

export interface Digest {
  readonly rows: number
  readonly buckets: ReadonlyMap<number, Bucket>
  /** Values, by the number of their column, that have no counterpart in the other engine. */
  readonly odd: ReadonlyMap<number, number>
}

/** Rows in a bucket, about: so many are read again where one of them differs. */
const ROWS_IN_BUCKET = 4096
const MOST_BUCKETS = 65_536
const FEWEST_BUCKETS = 64

/** A power of two, less one. */
export async function maskFor(hashing: Hashing, session: SqlSession): Promise<number> {
  const rows = await expectedRows(rowsOf(hashing.spec, 'SELECT 1 AS one FROM', ''), session)
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, rows / ROWS_IN_BUCKET)))
  return Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, wanted)) - 1
}

/** MySQL explains a view only to who may see what it is made of; then they are counted. */
async function expectedRows(query: UserQuery, session: SqlSession): Promise<number> {
  try {
    return (await session.estimate(query)).rows
  } catch (error) {
    if (!(error instanceof CheckError && 'code' in error && error.code === 1345)) throw error
    return Number(await session.count(query))
  }
}

export async function digestOf(
  hashing: Hashing,
  mask: number,
  session: SqlSession,
  pages: Pages = {},
): Promise<Digest> {
  const found = await session.select(digestQuery(hashing, mask, pages), { limit: mask + 2 })
  const buckets = new Map<number, Bucket>()
  const across = hashing.method === 'canonical'
  const columns = across ? oddColumns(hashing) : []
  const odd = new Map<number, number>()
  let rows = 0
  for (const [number, total, sum, hashed, ...odds] of found.rows) {
    buckets.set(Number(number), { rows: Number(total), sum: sum ?? '' })
    rows += Number(total)
    if (across && hashed !== total) throw notHashed(hashing, Number(total) - Number(hashed))
    for (const [index, column] of columns.entries()) {
      const more = Number(odds[index] ?? 0)
      if (more > 0) odd.set(column, (odd.get(column) ?? 0) + more)
    }
  }
  return { rows, buckets, odd }
}

/** A server that makes no text as long as a row says so with NULL, which would be nothing to a sum. */
function notHashed({ spec }: Hashing, rows: number): CheckError {
  return new CheckError(`the server of ${spec.connection} could not hash ${count(rows, 'row')} of ${spec.table}`, {
    hint: 'raise max_allowed_packet there, or exclude the column with the longest values',
    at: { path: ['source', 'table'] },
  })
}

/** Of two parts of one table, that of both together. */
export function added(one: Digest | undefined, other: Digest): Digest {
  if (one === undefined) return other
  const buckets = new Map(one.buckets)
  for (const [number, { rows, sum }] of other.buckets) {
    const own = buckets.get(number)
    buckets.set(number, own === undefined ? { rows, sum } : { rows: own.rows + rows, sum: sumOf(own.sum, sum) })
  }
  const odd = new Map(one.odd)
  for (const [column, values] of other.odd) odd.set(column, (odd.get(column) ?? 0) + values)
  return { rows: one.rows + other.rows, buckets, odd }
}

function sumOf(one: string, other: string): string {
  return String(BigInt(one) + BigInt(other))
}

/** Numbers of the buckets that are not the same on both sides. */
export function unlike(one: Digest, other: Digest): readonly number[] {
  return [...new Set([...one.buckets.keys(), ...other.buckets.keys()])].filter((number) => {
    const [a, b] = [one.buckets.get(number), other.buckets.get(number)]
    return a?.rows !== b?.rows || a?.sum !== b?.sum
  })
}
