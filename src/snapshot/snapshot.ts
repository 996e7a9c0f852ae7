/**
 * What a record taken before the migration holds: of each check its subjects, and what its kind keeps beside them. No
 * findings, no rows, nothing secret. How it lies in a file is `format.ts`.
 */
import * as z from 'zod'
import { type CheckEnd, OUTCOMES, type Outcome, type RunStart } from '../engine/events.js'
import type { CheckRecord } from '../judge/record.js'
import type { Json } from '../lib/value.js'

export interface Snapshot {
  readonly taken_at: string
  readonly run: string
  /** Of the check files. */
  readonly name?: string | undefined
  readonly host: string
  readonly versions: RunStart['versions']
  /** By connection of type postgres, what its database is called. */
  readonly databases: Readonly<Record<string, string>>
  readonly checks: Readonly<Record<string, CheckOfSnapshot>>
}

export interface CheckOfSnapshot extends CheckRecord {
  readonly kind: string
  readonly outcome: Outcome
  /** The subjects whose numbers are milliseconds or bytes. */
  readonly types?: CheckEnd['types']
  /** In the form of its kind. */
  readonly kept?: Json | undefined
  /** What its kind keeps beside that, behind the record: parts lie in the order of the ids of their checks. */
  readonly part?: PartOfSnapshot | undefined
}

export interface PartOfSnapshot {
  readonly bytes: number
  readonly sha256: string
}

const texts = z.record(z.string(), z.string())

const checkOfSnapshot = z.looseObject({
  kind: z.string(),
  outcome: z.enum(OUTCOMES),
  subjects: z.record(z.string(), z.json()),
  unobserved: texts,
  types: z.record(z.string(), z.enum(['duration', 'size'])).optional(),
  part: z.looseObject({ bytes: z.int().min(0), sha256: z.string() }).optional(),
})

const snapshot = z.looseObject({
  taken_at: z.iso.datetime(),
  run: z.string(),
  name: z.string().optional(),
  host: z.string(),
  versions: z.looseObject({ postflight: z.string(), node: z.string() }),
  databases: texts,
  checks: z.record(z.string(), checkOfSnapshot),
})

export interface Taken {
  readonly start: RunStart
  readonly ends: readonly CheckEnd[]
  readonly databases: Snapshot['databases']
  /** By check. */
  readonly kept: ReadonlyMap<string, Json>
  readonly parts: ReadonlyMap<string, PartOfSnapshot>
}

export function snapshotOf({ start, ends, databases, kept, parts }: Taken): Snapshot {
  const kinds = new Map(start.checks.map(({ id, kind }) => [id, kind]))
  return {
    taken_at: start.at,
    run: start.run,
    ...(start.name === undefined ? {} : { name: start.name }),
    host: start.host,
    versions: start.versions,
    databases,
    checks: Object.fromEntries(
      ends.map((end) => [
        end.id,
        { ...checkOf(end, kinds.get(end.id) ?? ''), ...keptOf(kept.get(end.id), parts.get(end.id)) },
      ]),
    ),
  }
}

function checkOf({ outcome, subjects, unobserved, withheld = {}, types }: CheckEnd, kind: string): CheckOfSnapshot {
  const unkept = Object.keys(withheld).map((name) => [name, 'it is what another side sent, which no record keeps'])
  return {
    kind,
    outcome,
    subjects,
    unobserved: { ...unobserved, ...Object.fromEntries(unkept) },
    ...(types === undefined ? {} : { types }),
  }
}

function keptOf(kept: Json | undefined, part: PartOfSnapshot | undefined): Pick<CheckOfSnapshot, 'kept' | 'part'> {
  return { ...(kept === undefined ? {} : { kept }), ...(part === undefined ? {} : { part }) }
}

/** Those that have a part, in the order they lie in. */
export function partsOf({ checks }: Pick<Snapshot, 'checks'>): readonly (readonly [string, PartOfSnapshot])[] {
  return Object.entries(checks)
    .flatMap(([id, { part }]) => (part === undefined ? [] : [[id, part] as const]))
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
}

/** Undefined for what is none. */
export function readSnapshot(value: unknown): Snapshot | undefined {
  const parsed = snapshot.safeParse(value)
  return parsed.success ? (parsed.data as Snapshot) : undefined
}
