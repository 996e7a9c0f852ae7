/** Compares a table on both sides. Nothing here decides what passes; nothing is written but spooled data. */
import { detached, type Key } from '../../lib/key.js'
import type { Check, Context, Finding, Observe, Sighting } from '../kind.js'
import { type Report, reporting } from '../reporting.js'
import { type FirstLook, firstLook, readDiffering } from './first-look.js'
import { columnsOf, lookAgain } from './look-again.js'
import { observationOf } from './observation.js'
import type { CompareSpec } from './schema.js'
import { lookingOf, positionOf, withBoth } from './sessions.js'
import { DIFFERENCES, type Differing } from './side-by-side.js'
import { toFinding } from './tell.js'

/** So many keys are looked at again; beyond them findings stand as they were found. */
const MOST_AGAIN = 10_000
/** Of so many it is told which columns differ. */
const MOST_COLUMNS_OF = 1000
const PAGE = 500

export interface Compared {
  readonly first: FirstLook
  /** Of the keys looked at again: how many rows of them differed at first. */
  readonly before: ReadonlyMap<Key, Differing>
  /** How many still do. Keys the server cannot be asked for are not in it. */
  readonly again: ReadonlyMap<Key, Differing | undefined>
  /** Whether there were more keys than were looked at again. */
  readonly more: boolean
  /** Of changed keys, the columns that differ. */
  readonly columns: ReadonlyMap<Key, readonly string[]>
  /** Whether the source took nothing in while it was read; undefined where that cannot be told. */
  readonly frozen: boolean | undefined
  readonly standby: readonly string[]
}

export { recheck } from './recheck.js'

export const observe: Observe<CompareSpec> = async function* (check, context) {
  const compared = yield* reporting(context.signal, (report, signal) => compareTables(check, context, signal, report))
  try {
    const counts = yield* tell(compared)
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
): Promise<Compared> {
  const looking = lookingOf(check, context, signal)
  const position = await positionOf(looking)
  const standby = new Set<string>()
  const first = await withBoth(looking, (sessions) => {
    for (const side of ['source', 'target'] as const) {
      if (sessions[side].server.inRecovery) standby.add(check.spec[side].connection)
    }
    return firstLook({ spec: check.spec, sessions, scratch: context.scratch, signal, report })
  })
  try {
    const frozen = position === undefined ? undefined : position === (await positionOf(looking))
    const before = await firstKeys(first)
    const keys = [...before.keys()]
    const empty = { again: new Map(), columns: new Map() }
    const total = keys.length
    const { again, columns } =
      total === 0
        ? empty
        : await withBoth(looking, async (sessions) => {
            const told = (done: number) => report({ stage: 'looking again', done, total, unit: 'keys' })
            const again = await lookAgain(keys, first.hashings, sessions, told)
            const changed = keys.filter((key) => (again.get(key)?.changed ?? 0) > 0).slice(0, MOST_COLUMNS_OF)
            return { again, columns: await columnsOf(changed, first.hashings, sessions) }
          })
    return { first, before, again, more: first.differing.count > total, columns, frozen, standby: [...standby] }
  } catch (error) {
    await first.differing.close()
    throw error
  }
}

async function firstKeys({ differing }: FirstLook): Promise<ReadonlyMap<Key, Differing>> {
  const keys = new Map<Key, Differing>()
  for await (const page of differing.read()) {
    for (const { key, rest } of page) {
      if (keys.size === MOST_AGAIN) return keys
      keys.set(detached(key), readDiffering(rest))
    }
  }
  return keys
}

/** Yields what differs still, class by class, and counts it. */
async function* tell({ first, again, columns }: Compared): AsyncGenerator<Sighting, Differing, void> {
  const counts = { missing: 0, extra: 0, changed: 0 }
  const alone = first.hashings.target.pairing.key.length === 0
  for (const difference of DIFFERENCES) {
    let findings: Finding[] = []
    for await (const page of first.differing.read()) {
      for (const { key, rest } of page) {
        const rows = (again.has(key) ? again.get(key) : readDiffering(rest))?.[difference] ?? 0
        if (rows === 0) continue
        const finding = toFinding(difference, key, { alone, columns: columns.get(key) })
        for (let row = 0; row < rows; row++) {
          counts[difference]++
          findings.push(finding)
          if (findings.length < PAGE) continue
          yield { type: 'findings', findings }
          findings = []
        }
      }
    }
    if (findings.length > 0) yield { type: 'findings', findings }
  }
  return counts
}
