/** What the catalogue says of a table before it is read. */
import type { SqlSession } from '../sql/source.js'

/** Bytes of its rows, as of when the server last looked; undefined for a view, and where there is no such table. `name`: its parts. */
export async function mysqlTableSize(
  session: Pick<SqlSession, 'query'>,
  name: readonly string[],
): Promise<number | undefined> {
  const [table = null, schema = null] = [...name].reverse()
  const { rows } = await session.query({
    text: `SELECT DATA_LENGTH FROM information_schema.TABLES
      WHERE TABLE_SCHEMA = COALESCE(?, DATABASE()) AND TABLE_NAME = ?`,
    values: [schema, table],
  })
  const bytes = rows[0]?.[0] ?? null
  return bytes === null ? undefined : Number(bytes)
}
