/** Sums of the hashes of both tables, bucket by bucket: where they are the same, so are the rows. */
import type { Session } from '../../postgres/source.js'
import type { Pages } from './parts.js'
import { digestQuery, type Hashing, rowsOf } from './sql.js'

/** Of one bucket: how many rows, and the sum of their hashes as the server prints it. */
interface Bucket {
  readonly rows: number
  readonly sum: string
}

export interface Digest {
  readonly rows: number
  readonly buckets: ReadonlyMap<number, Bucket>
}

/** Rows in a bucket, about: so many are read again where one of them differs. */
const ROWS_IN_BUCKET = 4096
const MOST_BUCKETS = 65_536
const FEWEST_BUCKETS = 64

/** A power of two, less one. */
export async function maskFor(hashing: Hashing, session: Session): Promise<number> {
  const { rows } = await session.estimate(rowsOf(hashing.spec, 'SELECT FROM', ''))
  const wanted = 2 ** Math.ceil(Math.log2(Math.max(1, rows / ROWS_IN_BUCKET)))
  return Math.min(MOST_BUCKETS, Math.max(FEWEST_BUCKETS, wanted)) - 1
}

export async function digestOf(hashing: Hashing, mask: number, session: Session, pages: Pages = {}): Promise<Digest> {
  const found = await session.select(digestQuery(hashing, mask, pages), { limit: mask + 2 })
  const buckets = new Map<number, Bucket>()
  let rows = 0
  for (const [number, count, sum] of found.rows) {
    buckets.set(Number(number), { rows: Number(count), sum: sum ?? '' })
    rows += Number(count)
  }
  return { rows, buckets }
}

/** Of two parts of one table, that of both together. */
export function added(one: Digest | undefined, other: Digest): Digest {
  if (one === undefined) return other
  const buckets = new Map(one.buckets)
  for (const [number, { rows, sum }] of other.buckets) {
    const own = buckets.get(number)
    buckets.set(number, own === undefined ? { rows, sum } : { rows: own.rows + rows, sum: total(own.sum, sum) })
  }
  return { rows: one.rows + other.rows, buckets }
}

function total(one: string, other: string): string {
  return String(BigInt(one) + BigInt(other))
}

/** Numbers of the buckets that are not the same on both sides. */
export function unlike(one: Digest, other: Digest): readonly number[] {
  return [...new Set([...one.buckets.keys(), ...other.buckets.keys()])].filter((number) => {
    const [a, b] = [one.buckets.get(number), other.buckets.get(number)]
    return a?.rows !== b?.rows || a?.sum !== b?.sum
  })
}
