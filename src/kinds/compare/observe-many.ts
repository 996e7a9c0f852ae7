/** Compares all tables that patterns name, each with the one of its name. */
import type { Check, Context, Finding, Observe, Sighting } from '../kind.js'
import { partsFor } from '../pages.js'
import { type Report, reporting } from '../reporting.js'
import { type Again, againOf, MOST_AGAIN, notAgain } from './again.js'
import type { Method } from './expression.js'
import { findingsOf, PAGE } from './findings.js'
import { type FirstLook, type LookAtPart, lookInParts } from './first-look.js'
import { guarded } from './guarded.js'
import { inLanes, lanesOfParts } from './lanes.js'
import { apartOf } from './moments.js'
import { observationOfMany } from './observation-of-many.js'
import type { Surroundings } from './observe.js'
import type { Pairing } from './pair.js'
import { partsOf, WHOLE } from './parts.js'
import { positionOf } from './position.js'
import type { CheckSpec, CompareSpec } from './schema.js'
import { type Looking, lookingOf, standbys, withBoth } from './sessions.js'
import { type Differing, NONE } from './side-by-side.js'
import { type Paired, pairTables, type TablePair } from './tables.js'

/** Tables are what is told of, not their parts. */
const SILENT = (): void => undefined

interface PartOfTable {
  readonly name: string
  readonly look: LookAtPart
}

/** Of the keys of one table that differ; there may be thousands of tables. */
const HELD_BYTES = 64 * 1024

/** What is kept of a table until the end; there may be thousands. */
export interface TableLook {
  readonly name: string
  readonly rows: FirstLook['rows']
  readonly method: Method
  readonly keyed: boolean
  readonly columns: Pick<Pairing, 'missing' | 'extra' | 'incomparable'>
  readonly notes: readonly string[]
  /** Where rows differ. */
  readonly unlike: Unlike | undefined
}

interface Unlike {
  readonly first: FirstLook
  again: Again
}

export interface ManyCompared extends Surroundings {
  /** In the order of their names. */
  readonly looks: readonly TableLook[]
  readonly paired: Paired
  /** How many pairs of sessions compared. */
  readonly lanes: number
  /** Connections each session of which sees a moment of its own. */
  readonly apart: readonly string[]
  readonly gaps: readonly string[]
}

export const observeMany: Observe<CheckSpec> = async function* (check, context) {
  const looks: TableLook[] = []
  try {
    const compared = yield* reporting(context.signal, (report, signal) =>
      compareAll(check, context, { looks, report, signal }),
    )
    yield* ofTables(compared.paired)
    const counts: Differing[] = []
    for (const { name, unlike } of compared.looks) {
      counts.push(unlike === undefined ? NONE : yield* findingsOf({ first: unlike.first, ...unlike.again }, name))
    }
    return observationOfMany(check.spec, compared, counts)
  } finally {
    for (const { unlike } of looks) await unlike?.first.differing.close()
  }
}

function* ofTables({ missing, extra }: Paired): Generator<Sighting, void, void> {
  const findings = [
    ...missing.map((key): Finding => ({ finding: 'tables_missing', key })),
    ...extra.map((key): Finding => ({ finding: 'tables_extra', key })),
  ]
  for (let from = 0; from < findings.length; from += PAGE) {
    yield { type: 'findings', findings: findings.slice(from, from + PAGE) }
  }
}

interface Into {
  /** Filled on the way, for whoever has to close what they hold. */
  readonly looks: TableLook[]
  readonly report: Report
  readonly signal: AbortSignal
}

async function compareAll(check: Check<CheckSpec>, context: Context, into: Into): Promise<ManyCompared> {
  const { looks, report, signal } = into
  const looking = lookingOf(check, context, signal)
  const position = await positionOf(looking)
  let standby: readonly string[] = []
  let paired: Paired = { pairs: [], missing: [], extra: [], gaps: [] }
  const gaps: string[] = []
  let done = 0
  const told = (): void => report({ stage: 'comparing', done, total: paired.pairs.length, unit: 'tables' })
  const failed = new Set<string>()
  let apart: readonly string[] = []
  const lanes = await inLanes<PartOfTable>(looking, {
    prepare: async (sessions) => {
      apart = apartOf(check.spec, sessions)
      standby = standbys(check.spec, sessions)
      paired = await pairTables(check.spec, sessions)
      told()
      const things: PartOfTable[] = []
      for (const pair of paired.pairs) {
        const spec = specOf(check.spec, pair)
        const large = lanesOfParts(looking) > 1 && partsFor(pair.pages) > 1
        const parts = large ? await partsOf(spec, sessions) : WHOLE
        const looks = lookInParts(
          { spec, scratch: context.scratch, signal, report: SILENT, heldBytes: HELD_BYTES },
          parts,
        )
        things.push(...looks.map((look) => ({ name: pair.name, look })))
      }
      return things
    },
    work: async (sessions, { name, look }) => {
      const first = failed.has(name) ? undefined : await look(sessions)
      if (first === undefined) return
      looks.push(await lookOf(name, first))
      gaps.push(...first.gaps.map((gap) => `${name}: ${gap}`))
      done++
      told()
    },
    failed: ({ name }, error) => {
      if (failed.has(name)) return
      failed.add(name)
      gaps.push(`${name}: ${error.message}`)
      done++
      told()
    },
  })
  looks.sort((a, b) => (a.name < b.name ? -1 : 1))
  const frozen = position === undefined ? undefined : position === (await positionOf(looking))
  gaps.push(...(await lookAgainAtAll(looks, looking, { report, showData: context.showData })))
  return { looks, paired, frozen, standby, lanes, apart, gaps: [...paired.gaps, ...gaps.sort()] }
}

/** Returns why tables could not be looked at again; what was found of them stands. */
async function lookAgainAtAll(
  looks: readonly TableLook[],
  looking: Looking,
  { report, showData }: { readonly report: Report; readonly showData: boolean },
): Promise<readonly string[]> {
  const unlike = looks.flatMap(({ name, unlike: one }) => (one === undefined ? [] : [{ name, one }]))
  if (unlike.length === 0) return []
  const gaps: string[] = []
  let left = MOST_AGAIN
  await withBoth({ ...looking, lasting: true }, async (sessions) => {
    for (const [index, { name, one }] of unlike.entries()) {
      report({ stage: 'looking again', done: index, total: unlike.length, unit: 'tables' })
      const work = async (): Promise<void> => {
        one.again = await againOf(one.first, sessions, { most: left, showData })
        left -= one.again.before.size
      }
      const error = await guarded(sessions, work, one)
      if (error !== undefined) gaps.push(`${name} could not be looked at again: ${error.message}`)
    }
  })
  return gaps
}

async function lookOf(name: string, first: FirstLook): Promise<TableLook> {
  const { pairing, method } = first.hashings.target
  const { missing, extra, incomparable } = pairing
  const differs = first.differing.count > 0
  if (!differs) await first.differing.close()
  return {
    name,
    rows: first.rows,
    method,
    keyed: pairing.key.length > 0,
    columns: { missing, extra, incomparable },
    notes: first.hashings.notes,
    unlike: differs ? { first, again: notAgain(first) } : undefined,
  }
}

/** The check of one of its tables. A column to leave out need not be in each of them. */
export function specOf(spec: CheckSpec, { source, target }: TablePair): CompareSpec {
  return {
    ...spec,
    source: { ...spec.source, table: source },
    target: { ...spec.target, table: target },
  }
}
