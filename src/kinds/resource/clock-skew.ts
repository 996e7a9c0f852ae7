/** How far the clock of a database is from ours. */
import { formatDuration } from '../../lib/units.js'
import type { Session } from '../../postgres/source.js'
import type { Check, Context, Observation } from '../kind.js'
import type { ResourceSpec } from './kind.js'

const QUERY = {
  text: 'SELECT (extract(epoch FROM pg_catalog.clock_timestamp()) OPERATOR(pg_catalog.*) 1000)::text',
}
const LOOKS = 3

export async function clockSkew(
  { timeoutMs }: Check<ResourceSpec>,
  { signal, connections, now }: Context,
  connection: string,
): Promise<Observation> {
  const looks = await connections.postgres(connection).withSession({ signal, timeoutMs }, async (session) => {
    const all: Look[] = []
    for (let n = 0; n < LOOKS; n += 1) all.push(await look(session, now))
    return all
  })
  const best = looks.reduce((least, one) => (one.uncertainty < least.uncertainty ? one : least))
  return {
    subjects: { value: Math.round(Math.abs(best.ahead)) },
    notes: [
      `the database is ${best.ahead < 0 ? 'behind' : 'ahead'} by ${formatDuration(Math.abs(best.ahead))}, give or take ${formatDuration(best.uncertainty)}`,
    ],
  }
}

interface Look {
  readonly ahead: number
  readonly uncertainty: number
}

/** The server looked at its clock somewhere between our two looks; halfway is wrong by half of that time at most. */
async function look(session: Session, now: () => Date): Promise<Look> {
  const before = now().getTime()
  const { rows } = await session.query(QUERY)
  const after = now().getTime()
  return { ahead: Number(rows[0]?.[0]) - (before + after) / 2, uncertainty: (after - before) / 2 }
}
