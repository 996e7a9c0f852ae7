/** How the rows of both tables are to be hashed, by what their servers say of them. */
import { CheckError } from '../../lib/errors.js'
import { formatNumber } from '../../lib/text.js'
import { enginesOf } from './engine.js'
import type { Method, Side } from './expression.js'
import type { Hashing } from './hashing.js'
import { layoutOf, type TableColumn } from './layout.js'
import { type Pairing, pairUp } from './pair.js'
import type { CompareSpec } from './schema.js'
import type { Sessions } from './sessions.js'

export interface Hashings extends Readonly<Record<Side, Hashing>> {
  /** What is to be said of the two tables. */
  readonly notes: readonly string[]
}

/** Errors: CheckError at the field of the check that does not fit the tables; PostgresError. */
export async function hashingsOf(spec: CompareSpec, sessions: Sessions): Promise<Hashings> {
  const source = await layoutOf(sessions.source, spec.source.table, ['source', 'table'])
  const target = await layoutOf(sessions.target, spec.target.table, ['target', 'table'])
  const pairing = pairUp(spec, source, target)
  assertComparable(spec, pairing)
  const method = methodFor(spec, sessions)
  return {
    source: { pairing, method, side: 'source', spec: spec.source },
    target: { pairing, method, side: 'target', spec: spec.target },
    notes: [...(source.notes ?? []), ...(target.notes ?? []), ...zoneNotes(pairing)],
  }
}

const HASHES_RECORDS = 140_000
/** Older ones print numbers with the zeros behind them. */
const TRIMS_NUMBERS = 130_000

/** The fastest that both have and that is sure to give the same for the same. */
function methodFor({ digest, source: from, target: to }: CompareSpec, { source, target }: Sessions): Method {
  const servers = [enginesOf(source).postgres, enginesOf(target).postgres] as const
  for (const [server, name] of [
    [servers[0], from.connection],
    [servers[1], to.connection],
  ] as const) {
    if (server === undefined || server.version >= TRIMS_NUMBERS) continue
    throw new CheckError(`the server of ${name} is too old to be compared; PostgreSQL 13 and newer have what it takes`)
  }
  const [ours, theirs] = servers
  if (ours === undefined || theirs === undefined) {
    if ((ours ?? theirs)?.encoding !== 'SQL_ASCII') return 'canonical'
    const name = ours === undefined ? to.connection : from.connection
    throw new CheckError(
      `the database of ${name} keeps text in no character set (SQL_ASCII), so none is the same anywhere else`,
    )
  }
  if (digest === 'portable' || ours.encoding !== theirs.encoding) return 'portable'
  return Math.min(ours.version, theirs.version) >= HASHES_RECORDS ? 'record' : 'text'
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

/** A moment with a zone beside one without can be the same only by a convention; which one is told. */
function zoneNotes({ columns }: Pairing): readonly string[] {
  const zoned = ({ oid, mysql }: TableColumn) => (mysql === undefined ? oid === 1184 : mysql.type === 'timestamp')
  const odd = columns.filter(
    ({ form, source, target }) => form === 'moment' && zoned(source.column) !== zoned(target.column),
  )
  return odd.map(({ name }) => `"${name}" has a time zone on one side only; the other is taken for UTC`)
}
