/** What the last runs came to, as `run:start` carries it: so a recorded run tells its trend without the history. */
import type { PastCheck, PastRuns } from '../engine/events.js'
import type { Json } from '../lib/value.js'
import type { History } from './history.js'
import type { RunRecord } from './run-record.js'

/** Runs that are told of. */
export const TOLD_RUNS = 30

/** A text beyond this is not told: nobody draws it. */
const LONGEST = 200

export interface PastOptions {
  /** Of the check files. */
  readonly name: string | undefined
  readonly checks: readonly string[]
  /** Only runs that began before then. */
  readonly before?: string | undefined
}

export async function pastOf(history: History, { name, checks, before }: PastOptions): Promise<PastRuns> {
  const records: RunRecord[] = []
  for await (const record of history.runs(name)) {
    if (before !== undefined && record.at >= before) continue
    records.unshift(record)
    if (records.length === TOLD_RUNS) break
  }
  const known = new Set(checks)
  return {
    runs: records.map(({ run, at, exit }) => ({ run, at, exit })),
    checks: Object.fromEntries(checks.flatMap((id) => pastCheck(id, records))),
    gone: Object.keys(records.at(-1)?.checks ?? {}).filter((id) => !known.has(id)),
  }
}

function pastCheck(id: string, records: readonly RunRecord[]): [string, PastCheck][] {
  const past = records.map(({ checks }) => (Object.hasOwn(checks, id) ? checks[id] : undefined))
  if (past.every((check) => check === undefined)) return []
  const names = new Set(past.flatMap((check) => Object.keys(check?.subjects ?? {})))
  const valueIn = (subjects: Readonly<Record<string, Json>>, name: string): Json => {
    const value = Object.hasOwn(subjects, name) ? subjects[name] : undefined
    return value === undefined || JSON.stringify(value).length > LONGEST ? null : value
  }
  return [
    [
      id,
      {
        outcomes: past.map((check) => check?.outcome ?? null),
        duration_ms: past.map((check) => check?.duration_ms ?? null),
        subjects: Object.fromEntries(
          [...names].map((name) => [name, past.map((check) => valueIn(check?.subjects ?? {}, name))]),
        ),
      },
    ],
  ]
}
