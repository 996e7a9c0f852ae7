/** Compares what the check names on both sides. Nothing here decides what passes; nothing is written but spooled data. */
import type { Check, Context, Observe } from '../kind.js'
import { type Report, reporting } from '../reporting.js'
import { type Again, againOf, MOST_AGAIN, notAgain } from './again.js'
import { findingsOf } from './findings.js'
import { type FirstLook, type LookAtPart, lookInParts } from './first-look.js'
import { inLanes, lanesOfParts } from './lanes.js'
import { observationOf } from './observation.js'
import { observeMany } from './observe-many.js'
import { partsOf, WHOLE } from './parts.js'
import { positionOf } from './position.js'
import { type CheckSpec, type CompareSpec, ofOneTable } from './schema.js'
import { lookingOf, standbys, withBoth } from './sessions.js'

export interface Compared extends Again {
  readonly first: FirstLook
}

/** What holds of both servers, whatever the table. */
export interface Surroundings {
  /** Whether the source took nothing in while it was read; undefined where that cannot be told. */
  readonly frozen: boolean | undefined
  /** Connections to servers that replay what others write. */
  readonly standby: readonly string[]
}

export { recheck } from './recheck.js'

export const observe: Observe<CheckSpec> = (check, context) => {
  const spec = ofOneTable(check.spec)
  return spec === undefined ? observeMany(check, context) : observeOne({ ...check, spec }, context)
}

async function* observeOne(check: Check<CompareSpec>, context: Context): ReturnType<Observe<CompareSpec>> {
  const compared = yield* reporting(context.signal, (report, signal) => compareTables(check, context, signal, report))
  try {
    const counts = yield* findingsOf(compared)
    return observationOf(check.spec, compared, counts)
  } finally {
    await compared.first.differing.close()
  }
}

async function compareTables(
  check: Check<CompareSpec>,
  context: Context,
  signal: AbortSignal,
  report: Report,
): Promise<Compared & Surroundings> {
  const { spec } = check
  const looking = lookingOf(check, context, signal)
  const position = await positionOf(looking)
  let standby: readonly string[] = []
  const looks: FirstLook[] = []
  await inLanes<LookAtPart>(looking, {
    prepare: async (sessions) => {
      standby = standbys(spec, sessions)
      const parts = lanesOfParts(looking) > 1 ? await partsOf(spec, sessions) : WHOLE
      return lookInParts({ spec, scratch: context.scratch, signal, report }, parts)
    },
    work: async (sessions, look) => {
      const first = await look(sessions)
      if (first !== undefined) looks.push(first)
    },
  })
  const [first] = looks
  if (first === undefined) throw new Error('no part of the tables was the last')
  try {
    const frozen = position === undefined ? undefined : position === (await positionOf(looking))
    const total = Math.min(first.differing.count, MOST_AGAIN)
    const told = (done: number): void => report({ stage: 'looking again', done, total, unit: 'keys' })
    const again =
      total === 0
        ? notAgain(first)
        : await withBoth(looking, (sessions) =>
            againOf(first, sessions, { most: MOST_AGAIN, showData: context.showData, told }),
          )
    return { first, ...again, frozen, standby }
  } catch (error) {
    await first.differing.close()
    throw error
  }
}
