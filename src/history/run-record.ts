/** What the history keeps of one run: what each check measured and came to. No findings, no rows, nothing secret. */
import * as z from 'zod'
import { type CheckEnd, OUTCOMES, type Outcome, type RunEnd, type RunStart } from '../engine/events.js'
import type { CheckRecord } from '../judge/record.js'

export interface RunRecord {
  readonly v: 1
  readonly run: string
  /** When it began and how long it took. */
  readonly at: string
  readonly duration_ms: number
  readonly name?: string | undefined
  readonly host: string
  readonly exit: number
  readonly checks: Readonly<Record<string, CheckOfRun>>
}

export interface CheckOfRun extends CheckRecord {
  readonly outcome: Outcome
  readonly duration_ms: number
  /** Findings by class. */
  readonly counts: Readonly<Record<string, number>>
  /** The subjects whose numbers are milliseconds or bytes. */
  readonly types?: Readonly<Record<string, 'duration' | 'size'>> | undefined
}

const facts = z.record(z.string(), z.json())

const checkOfRun = z.looseObject({
  outcome: z.enum(OUTCOMES),
  duration_ms: z.number(),
  subjects: facts,
  unobserved: z.record(z.string(), z.string()),
  counts: z.record(z.string(), z.number()),
  types: z.record(z.string(), z.enum(['duration', 'size'])).optional(),
})

const runRecord = z.looseObject({
  v: z.literal(1),
  run: z.string(),
  at: z.iso.datetime(),
  duration_ms: z.number(),
  name: z.string().optional(),
  host: z.string(),
  exit: z.number(),
  checks: z.record(z.string(), checkOfRun),
})

export function recordOf(start: RunStart, ends: readonly CheckEnd[], end: RunEnd): RunRecord {
  return {
    v: 1,
    run: start.run,
    at: start.at,
    duration_ms: end.duration_ms,
    ...(start.name === undefined ? {} : { name: start.name }),
    host: start.host,
    exit: end.exit.code,
    checks: Object.fromEntries(ends.map((ended) => [ended.id, checkOf(ended)])),
  }
}

function checkOf({ outcome, duration_ms, subjects, unobserved, counts, types }: CheckEnd): CheckOfRun {
  return { outcome, duration_ms, subjects, unobserved, counts, ...(types === undefined ? {} : { types }) }
}

/** Undefined for what is no record of this version. */
export function readRecord(text: string): RunRecord | undefined {
  try {
    const parsed = runRecord.safeParse(JSON.parse(text))
    return parsed.success ? (parsed.data as RunRecord) : undefined
  } catch {
    return undefined
  }
}
