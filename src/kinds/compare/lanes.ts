/** Tables, or parts of them, compared by several pairs of sessions at once, which see PostgreSQL as it was at one moment. */
import { exportedBy, inLanes as inLanesOf, type Lanes, lanesFor } from '../lanes.js'
import { enginesOf } from './engine.js'
import { type Looking, onBoth, type Sessions, sessionsIn, withBoth } from './sessions.js'

/** Returns how many there were. */
export async function inLanes<T>(
  looking: Looking,
  todo: Pick<Lanes<Sessions, T, unknown>, 'prepare' | 'work' | 'failed'>,
): Promise<number> {
  const lasting = todo.failed !== undefined
  let opened = 0
  await inLanesOf<Sessions, T, Looking['snapshots']>({
    ...todo,
    signal: looking.signal,
    limits: limitsOf(looking),
    open: (how, use) =>
      withBoth({ ...looking, lasting, signal: how.signal, snapshots: how.shared }, (sessions) => {
        opened++
        return use(sessions)
      }),
    sessionsOf: sessionsIn,
    share: async (sessions) => {
      // What one session of MySQL sees cannot be seen by another: there each has a moment of its own.
      const [source, target] = await onBoth(sessions, async (session) =>
        enginesOf(session).mysql === undefined ? exportedBy(session) : undefined,
      )
      return { source, target }
    },
  })
  return opened
}

/** How many there can be for parts of one table, which have to be seen at one moment. */
export function lanesOfParts({ spec, connections }: Looking): number {
  const sides = [spec.source, spec.target].map(({ connection }) => connections.sql(connection))
  return lanesFor(sides.map(({ access }) => access?.spec.limit ?? 1))
}

function limitsOf({ spec, connections }: Looking): readonly number[] {
  return [spec.source, spec.target].map(({ connection }) => {
    const { access, limit = 1 } = connections.sql(connection)
    return access?.spec.limit ?? limit
  })
}
