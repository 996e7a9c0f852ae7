/** Recorded runs and books of findings for tests, from plain values, through a real file. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckEnd, CheckFinding, CheckStart, PlannedCheck, RunEnd, RunStart } from '../../src/engine/events.js'
import type { Finding } from '../../src/kinds/kind.js'
import type { Book } from '../../src/tui/findings/book.js'
import { openRecorded } from '../../src/tui/findings/recorded.js'

/** Of each check its findings, in their order. */
export type FindingsByCheck = Readonly<Record<string, readonly Finding[]>>

const AT = '2026-11-23T15:00:00.000Z'

/** A book of these findings, numbered from 0 in their order. Closing it removes its file. */
export async function bookOf(findings: FindingsByCheck): Promise<Book> {
  const dir = await mkdtemp(join(tmpdir(), 'postflight-book-'))
  const path = join(dir, 'run.ndjson')
  await writeFile(path, recordingOf(findings))
  const { book } = await openRecorded(path, { signal: new AbortController().signal, scratch: dir })
  const close = async (): Promise<void> => {
    await book.close()
    await rm(dir, { recursive: true, force: true })
  }
  return { ...book, close }
}

/** The text of a whole run in which these findings failed their checks. */
export function recordingOf(findings: FindingsByCheck): string {
  const ids = Object.keys(findings)
  return linesOf([
    runStart(ids),
    ...ids.flatMap((id) => {
      const own = findings[id] ?? []
      return [checkStart(id), ...own.map((finding) => checkFinding(id, finding)), checkEnd(id, own)]
    }),
    runEnd(),
  ])
}

export function linesOf(events: readonly unknown[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('')
}

export function runStart(ids: readonly string[]): RunStart {
  return {
    v: 1,
    type: 'run:start',
    run: 'run-1',
    at: AT,
    host: 'gate-1',
    versions: { postflight: '0.1.0', node: '20.19.0' },
    files: ['postflight.yaml'],
    selection: [],
    gate: { failOn: 'low', warnings: 'allow', unevaluated: 'block', minChecks: 1, allowEmpty: false },
    checks: ids.map(planned),
    warnings: [],
  }
}

function planned(id: string): PlannedCheck {
  return {
    id,
    kind: 'artifacts',
    owner: 'team-shop',
    severity: 'high',
    remediation: 'Restore the listed keys.',
    tags: [],
    requires: [],
    vantage: 'local',
    place: { file: 'postflight.yaml', line: 3, column: 5, text: `  - id: ${id}` },
    plan: [],
  }
}

export function checkStart(id: string, attempt = 1): CheckStart {
  return { v: 1, type: 'check:start', id, at: AT, attempt }
}

export function checkFinding(id: string, finding: Finding): CheckFinding {
  return { v: 1, type: 'check:finding', id, finding }
}

export function checkEnd(id: string, findings: readonly Finding[]): CheckEnd {
  const counts: Record<string, number> = {}
  for (const { finding } of findings) counts[finding] = (counts[finding] ?? 0) + 1
  const outcome = findings.length === 0 ? 'pass' : 'fail'
  return {
    v: 1,
    type: 'check:end',
    id,
    at: AT,
    outcome,
    subjects: counts,
    unobserved: {},
    assertions: [],
    counts,
    known: 0,
    vantage: 'local',
    attempts: [{ outcome, at: AT, duration_ms: 5 }],
    duration_ms: 5,
    gaps: [],
    diagnoses: [],
    notes: [],
  }
}

export function runEnd(): RunEnd {
  const outcomes = { pass: 0, warn: 0, fail: 1, error: 0, blocked: 0, skip: 0, waived: 0 }
  return {
    v: 1,
    type: 'run:end',
    at: AT,
    duration_ms: 5,
    tally: { checks: 1, outcomes, evaluated: 1, findings: 1, known: 0, assertions: 0 },
    gate: { status: 'failed', failed: [], unevaluated: [], warned: [], reason: 'a check failed' },
    exit: { code: 1, reason: 'a check failed' },
    warnings: [],
  }
}
