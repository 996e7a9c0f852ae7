/** Tables, or parts of them, compared by several pairs of sessions at once, all of which see each side as it was at one moment. */
import { exportedBy, inLanes as inLanesOf, type Lanes, lanesFor } from '../lanes.js'
import { type Looking, onBoth, type Sessions, sessionsIn, withBoth } from './sessions.js'

export function inLanes<T>(
  looking: Looking,
  todo: Pick<Lanes<Sessions, T, unknown>, 'prepare' | 'work' | 'failed'>,
): Promise<void> {
  const lasting = todo.failed !== undefined
  return inLanesOf<Sessions, T, Looking['snapshots']>({
    ...todo,
    signal: looking.signal,
    limits: limitsOf(looking),
    open: (how, use) => withBoth({ ...looking, lasting, signal: how.signal, snapshots: how.shared }, use),
    sessionsOf: sessionsIn,
    share: async (sessions) => {
      const [source, target] = await onBoth(sessions, exportedBy)
      return { source, target }
    },
  })
}

/** How many there can be. */
export function lanesOf(looking: Looking): number {
  return lanesFor(limitsOf(looking))
}

function limitsOf({ spec, connections }: Looking): readonly number[] {
  // What one session of MySQL sees cannot be seen by another, so there all is done in the first.
  return [spec.source, spec.target].map(({ connection }) => connections.sql(connection).access?.spec.limit ?? 1)
}
