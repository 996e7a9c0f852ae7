/** How the rows of both tables are to be hashed, by what their servers say of them. */
import { CheckError } from '../../lib/errors.js'
import { formatNumber } from '../../lib/text.js'
import type { Method, Side } from './expression.js'
import { layoutOf } from './layout.js'
import { type Pairing, pairUp } from './pair.js'
import type { CompareSpec } from './schema.js'
import type { Sessions } from './sessions.js'
import type { Hashing } from './sql.js'

export type Hashings = Readonly<Record<Side, Hashing>>

/** Errors: CheckError at the field of the check that does not fit the tables; PostgresError. */
export async function hashingsOf(spec: CompareSpec, sessions: Sessions): Promise<Hashings> {
  const pairing = pairUp(
    spec,
    await layoutOf(sessions.source, spec.source.table, ['source', 'table']),
    await layoutOf(sessions.target, spec.target.table, ['target', 'table']),
  )
  assertComparable(spec, pairing)
  const method = methodFor(spec, sessions)
  return {
    source: { pairing, method, side: 'source', spec: spec.source },
    target: { pairing, method, side: 'target', spec: spec.target },
  }
}

const HASHES_RECORDS = 140_000
/** Older ones print numbers with the zeros behind them. */
const TRIMS_NUMBERS = 130_000

/** The fastest that both have and that is sure to give the same for the same. */
function methodFor({ digest, source: from, target: to }: CompareSpec, { source, target }: Sessions): Method {
  for (const [session, name] of [
    [source, from.connection],
    [target, to.connection],
  ] as const) {
    if (session.server.version >= TRIMS_NUMBERS) continue
    throw new CheckError(`the server of ${name} is too old to be compared; PostgreSQL 13 and newer have what it takes`)
  }
  if (digest === 'portable' || source.server.encoding !== target.server.encoding) return 'portable'
  return Math.min(source.server.version, target.server.version) >= HASHES_RECORDS ? 'record' : 'text'
}

/** A table has no more. */
const MOST_COLUMNS = 1600

function assertComparable({ source, target }: CompareSpec, { columns }: Pairing): void {
  if (columns.length > 0 && columns.length <= MOST_COLUMNS) return
  throw new CheckError(
    columns.length === 0
      ? `${source.table} and ${target.table} have no column that can be compared`
      : `${formatNumber(columns.length)} columns are more than can be compared at once; say which with \`columns\``,
  )
}
