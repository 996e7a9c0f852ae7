/**
 * All that an artifacts check has counted, in plain numbers: what its subjects and notes are made of, and what the parts of
 * a divided check hand on to be put together. JSON can hold it.
 */
import * as z from 'zod'
import type { Sample } from '../../compare/sampling.js'
import { CheckError } from '../../lib/errors.js'
import { type KeyJson, keyToJson } from '../../lib/key.js'
import type { Part, Recovery } from '../kind.js'
import type { Compared } from './compare.js'
import { checksumSelection, rowsFields } from './fields.js'
import type { FindingClass } from './residue.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec, RowsSpec } from './schema.js'
import type { Tally } from './store-run.js'
import { artifactsSubjects } from './subjects.js'

/** What the check file says, as far as it matters to what is told. The same in every part. */
export interface Terms {
  /** It is held against a record, and not against rows. */
  readonly recorded: boolean
  readonly scope?: string | undefined
  readonly sizes: boolean
  /** Whether the size of an entry matters at all. */
  readonly examinesSize: boolean
  /** How each query declares the size. */
  readonly declared: readonly RowsSpec['size'][]
  readonly asserted: readonly string[]
  readonly sample: Sample | 'all' | 'none'
  readonly rewrite?: ArtifactsSpec['rewrite']
  readonly emptyRows: boolean
  readonly emptyStore: boolean
  readonly expectsRenamed: boolean
  /** Subjects the check is not set to measure, and why. */
  readonly unasked: Readonly<Record<string, string>>
}

/** All rows, whichever part they belong to: every part reads them. */
export interface RowsRead {
  readonly rows: number
  readonly untouched: number
  readonly withoutSize: number
  readonly emptyQueries: readonly string[]
  readonly notes: readonly string[]
}

export interface StoreLedger {
  /** Of the connection. */
  readonly name: string
  readonly label: string
  readonly canList: boolean
  readonly listed: boolean
  readonly tally: Readonly<Tally>
  readonly gaps: readonly string[]
  /** First and last key of all rows; absent where there are none. */
  readonly bounds?: { readonly first: KeyJson; readonly last: KeyJson } | undefined
  /** Where the keys are cut; absent where the check is not divided. */
  readonly cuts?: readonly KeyJson[] | undefined
}

export interface Ledger {
  readonly terms: Terms
  readonly read: RowsRead
  /** Rows of this part. */
  readonly rows: number
  readonly stores: readonly StoreLedger[]
  /** Findings yielded, by class. */
  readonly counts: Readonly<Partial<Record<FindingClass, number>>>
  readonly notes: readonly string[]
  /** Ways from a source to where something is missing. */
  readonly ways: readonly Recovery[]
}

export interface LedgerParts {
  readonly spec: ArtifactsSpec
  readonly rules: Rules
  readonly compared: Compared
  readonly counts: ReadonlyMap<FindingClass, number>
  readonly notes: readonly string[]
  readonly ways: readonly Recovery[]
}

export function ledgerOf({ spec, rules, compared, counts, notes, ways }: LedgerParts): Ledger {
  const { rows, untouched, withoutSize, emptyQueries } = compared.counts
  return {
    terms: termsOf(spec, rules),
    read: { rows, untouched, withoutSize, emptyQueries, notes: compared.counts.notes },
    rows: compared.own?.rows ?? rows,
    stores: compared.runs.map((run) => ({
      name: run.name,
      label: run.store.label,
      canList: run.store.features.list,
      listed: run.listing,
      tally: run.tally,
      gaps: run.gaps,
      bounds: run.bounds && { first: keyToJson(run.bounds.first), last: keyToJson(run.bounds.last) },
      cuts: compared.own?.cuts.get(run.name)?.map(keyToJson),
    })),
    counts: Object.fromEntries(counts),
    notes,
    ways,
  }
}

function termsOf(spec: ArtifactsSpec, rules: Rules): Terms {
  const unasked = artifactsSubjects(spec).flatMap(({ name, unobserved }) =>
    unobserved === undefined ? [] : [[name, unobserved] as const],
  )
  return {
    recorded: spec.manifest !== undefined,
    scope: spec.scope?.prefix,
    sizes: rules.verifiesSize,
    examinesSize: rules.examinesSize,
    // A record has the bytes themselves.
    declared: spec.manifest === undefined ? rowsFields(spec).map(({ query }) => query.size) : ['size'],
    asserted: artifactsSubjects(spec).flatMap(({ name }) => (rules.asserts(name) ? [name] : [])),
    sample: checksumSelection(spec),
    rewrite: spec.rewrite,
    emptyRows: spec.plausible?.empty_rows === 'allow',
    emptyStore: spec.plausible?.empty_store === 'allow',
    expectsRenamed: rules.expectsRenamed,
    unasked: Object.fromEntries(unasked),
  }
}

/** Of a part of the same version. A CheckError where it is none, as in a recording that somebody has changed. */
export function readLedger(value: unknown, { number, of }: Part): Ledger {
  if (form.safeParse(value).success) return value as Ledger
  throw new CheckError(`what part ${number} of ${of} counted cannot be read from its recording`, {
    hint: 'take the recording as it was written',
  })
}

const keyJson = z.looseObject({ key: z.string() })
const form = z.looseObject({
  terms: z.looseObject({ sizes: z.boolean(), unasked: z.record(z.string(), z.string()) }),
  read: z.looseObject({ rows: z.number(), notes: z.array(z.string()), emptyQueries: z.array(z.string()) }),
  rows: z.number(),
  stores: z.array(
    z.looseObject({
      name: z.string(),
      label: z.string(),
      listed: z.boolean(),
      tally: z.record(z.string(), z.number()),
      gaps: z.array(z.string()),
      bounds: z.object({ first: keyJson, last: keyJson }).optional(),
      cuts: z.array(keyJson),
    }),
  ),
  counts: z.record(z.string(), z.number()),
  notes: z.array(z.string()),
  ways: z.array(z.looseObject({ source: z.string(), target: z.string() })),
})
