/** What the databases of connections are called, for a record to be told from one of another database. */
import type { Connections } from '../connections/connections.js'
import { keyFromLatin1, keyToText } from '../lib/key.js'

/** A connection that does not answer is told by the check that uses it, and is left out here. */
export async function databaseNames(
  connections: Pick<Connections, 'postgres'>,
  names: readonly string[],
  stop?: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  const found = await Promise.all(names.map(async (name) => [name, await nameOf(connections, name, stop)] as const))
  return Object.fromEntries(found.flatMap(([name, database]) => (database === undefined ? [] : [[name, database]])))
}

const LONGEST_MS = 15_000

async function nameOf(
  connections: Pick<Connections, 'postgres'>,
  name: string,
  stop: AbortSignal | undefined,
): Promise<string | undefined> {
  try {
    const late = AbortSignal.timeout(LONGEST_MS)
    const options = { signal: stop === undefined ? late : AbortSignal.any([late, stop]), timeoutMs: LONGEST_MS }
    return await connections.postgres(name).withSession(options, async (session) => {
      const { rows } = await session.query({ text: 'SELECT pg_catalog.current_database()' })
      const cell = rows[0]?.[0]
      return cell == null ? undefined : keyToText(keyFromLatin1(cell))
    })
  } catch {
    return undefined
  }
}
