/** How a session is set up before it lists or probes. */
import type { Session } from '../../postgres/source.js'

export interface Setup {
  /** Undefined: empty, so that no schema but pg_catalog can lend a meaning to a name. */
  readonly searchPath: string | undefined
  readonly settings: readonly (readonly [name: string, value: string])[]
  /** How long a statement may take; what the role may at most stands. Undefined: as it is. */
  readonly statementMs?: number | undefined
}

/** For the transaction alone. */
export async function setUp(session: Session, { searchPath, settings, statementMs }: Setup): Promise<void> {
  const pairs = [...(searchPath === undefined ? [['search_path', ''] as const] : []), ...settings]
  const calls = pairs.map((_, index) => `pg_catalog.set_config($${index * 2 + 1}, $${index * 2 + 2}, true)`)
  const values = pairs.flat()
  if (statementMs !== undefined) {
    values.push(String(statementMs))
    calls.push(shorter(values.length))
  }
  if (calls.length > 0) await session.query({ text: `SELECT ${calls.join(', ')}`, values })
}

function shorter(parameter: number): string {
  return `(SELECT CASE WHEN setting::pg_catalog.int4 OPERATOR(pg_catalog.=) 0
    OR setting::pg_catalog.int4 OPERATOR(pg_catalog.>) $${parameter}::pg_catalog.int4
    THEN pg_catalog.set_config('statement_timeout', $${parameter}::pg_catalog.text, true) END
    FROM pg_catalog.pg_settings WHERE name OPERATOR(pg_catalog.=) 'statement_timeout')`
}
