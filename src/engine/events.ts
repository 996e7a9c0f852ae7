/**
 * The one stream of events. Everything a person or a program is told, and the exit code, is read from these; a run
 * written as NDJSON can be replayed into any reporter. Optional fields are left out where they do not apply.
 */

import { type AssertionResult, OUTCOMES, type Outcome } from '../judge/outcome.js'
import type { Diagnosis, Facts, Finding, PlanStep, Recovery, Severity } from '../kinds/kind.js'
import type { Excerpt } from '../lib/position.js'
import type { Json } from '../lib/value.js'
import type { Judging } from './judging.js'

export { type AssertionResult, OUTCOMES, type Outcome }

export interface PlannedCheck {
  readonly id: string
  readonly title?: string | undefined
  readonly kind: string
  readonly owner: string
  readonly severity: Severity
  readonly remediation: string
  readonly runbook?: string | undefined
  readonly migration?: string | undefined
  readonly tags: readonly string[]
  readonly requires: readonly string[]
  readonly vantage: string
  readonly place: Excerpt
  readonly plan: readonly PlanStep[]
}

export interface GateConfig {
  readonly failOn: Severity
  readonly warnings: 'allow' | 'block'
  readonly unevaluated: 'block' | 'allow'
  readonly minChecks: number
  readonly allowEmpty: boolean
}

export interface RunStart {
  readonly v: 1
  readonly type: 'run:start'
  readonly run: string
  readonly name?: string | undefined
  readonly at: string
  readonly host: string
  readonly versions: { readonly postflight: string; readonly node: string }
  readonly files: readonly string[]
  /** Flags that narrowed the run, in words; empty where all checks are selected. */
  readonly selection: readonly string[]
  readonly gate: GateConfig
  readonly checks: readonly PlannedCheck[]
  /** Warnings about the check files and secrets, in words. */
  readonly warnings: readonly string[]
  /** Where all findings are written, as the user named it. */
  readonly findings?: string | undefined
  /** The record it is held against; absent where there is none. */
  readonly baseline?: HeldAgainst | undefined
  /** What the history held of these checks when the run began; absent where none is kept. */
  readonly history?: PastRuns | undefined
  /** Where it is one part of a run; `checks` are those of this part. */
  readonly shard?: ShardStart | undefined
  /** Where it was put together: the parts, in their order. */
  readonly parts?: readonly PartTaken[] | undefined
}

export interface HeldAgainst {
  /** As the user named it. */
  readonly file: string
  readonly sha256: string
  readonly taken_at: string
  /** What the databases it was taken of are called; absent where it was taken of none. */
  readonly databases?: readonly string[] | undefined
  readonly signed: 'no' | 'not checked' | 'checked'
}

export interface PastRuns {
  /** The last of them, the oldest first. */
  readonly runs: readonly PastRun[]
  /** By id. Every list has a place for each of `runs`: null where that run has nothing of it. */
  readonly checks: Readonly<Record<string, PastCheck>>
  /** Checks of the newest run that are not part of this one. */
  readonly gone: readonly string[]
}

export interface PastRun {
  readonly run: string
  readonly at: string
  readonly exit: number
}

export interface PastCheck {
  readonly outcomes: readonly (Outcome | null)[]
  readonly duration_ms: readonly (number | null)[]
  readonly subjects: Readonly<Record<string, readonly Json[]>>
}

export interface ShardStart {
  readonly number: number
  readonly of: number
  /** A digest of everything the parts must have in common. */
  readonly definition: string
  /** All checks of the run. */
  readonly checks: readonly PlannedCheck[]
  /** Ids of those of which every part has a part. */
  readonly divided: readonly string[]
}

export interface PartTaken {
  readonly number: number
  readonly of: number
  /** Absent where the part is missing. */
  readonly run?: string | undefined
  readonly host?: string | undefined
  readonly at?: string | undefined
  /** Why it does not count as a whole part. */
  readonly trouble?: string | undefined
}

export interface CheckStart {
  readonly v: 1
  readonly type: 'check:start'
  readonly id: string
  readonly at: string
  readonly attempt: number
}

export interface CheckProgress {
  readonly v: 1
  readonly type: 'check:progress'
  readonly id: string
  readonly at: string
  readonly done: number
  readonly total?: number | undefined
  readonly unit: string
  readonly stage?: string | undefined
  /** Units per second since the stage began. */
  readonly rate: number
}

export interface CheckFinding {
  readonly v: 1
  readonly type: 'check:finding'
  readonly id: string
  readonly finding: Finding
}

export interface Attempt {
  readonly outcome: Outcome
  readonly at: string
  readonly duration_ms: number
  readonly message?: string | undefined
}

export interface CheckEnd {
  readonly v: 1
  readonly type: 'check:end'
  readonly id: string
  readonly at: string
  readonly outcome: Outcome
  /** What was measured. A subject that was not is in `unobserved` with its reason. */
  readonly subjects: Facts
  readonly unobserved: Readonly<Record<string, string>>
  /** Those of `unobserved` that the check is not set to measure; its kind says so beforehand. */
  readonly unasked?: readonly string[] | undefined
  /** Measured but not told, for it is what another side sent: what there was, in words. */
  readonly withheld?: Readonly<Record<string, string>> | undefined
  /** The subjects whose numbers are milliseconds or bytes. */
  readonly types?: Readonly<Record<string, 'duration' | 'size'>> | undefined
  readonly assertions: readonly AssertionResult[]
  /** Findings by class, known ones not counted. */
  readonly counts: Readonly<Record<string, number>>
  /** How many findings `known:` subtracted. */
  readonly known: number
  readonly vantage: string
  readonly method?: string | undefined
  readonly attempts: readonly Attempt[]
  readonly duration_ms: number
  /** Why it is error, blocked, skip or waived; for a pass after retry, that. */
  readonly message?: string | undefined
  readonly hint?: string | undefined
  /** Where in the check file the error is. */
  readonly at_place?: Excerpt | undefined
  readonly gaps: readonly string[]
  readonly diagnoses: readonly Diagnosis[]
  /** Where missing keys can be had again. */
  readonly recovery?: readonly Recovery[] | undefined
  readonly notes: readonly string[]
  /** What `run:end` has to say of it among its warnings. */
  readonly warnings?: readonly string[] | undefined
  /** Where this is one part of a divided check: what putting the parts together takes. */
  readonly part?: CheckPart | undefined
  /** The waiver that covers it. */
  readonly waiver?:
    | { readonly reason: string; readonly approved_by?: string | undefined; readonly expires?: string | undefined }
    | undefined
}

export interface CheckPart {
  readonly number: number
  readonly of: number
  /** What it has counted, in the form of its kind. */
  readonly ledger: unknown
  /** Subjects that are not judged by a part alone. */
  readonly open: readonly string[]
  readonly judging: Judging
  /** How many keys that `known:` lists it has found. */
  readonly known_keys: number
}

export interface Tally {
  readonly checks: number
  readonly outcomes: Readonly<Record<Outcome, number>>
  /** pass, warn, fail and waived. */
  readonly evaluated: number
  readonly findings: number
  readonly known: number
  readonly assertions: number
}

export interface GateResult {
  readonly status: 'passed' | 'failed'
  /** Ids of the checks that hold it shut, worst first. */
  readonly failed: readonly string[]
  readonly unevaluated: readonly string[]
  readonly warned: readonly string[]
  readonly reason: string
}

export interface RunEnd {
  readonly v: 1
  readonly type: 'run:end'
  readonly at: string
  readonly duration_ms: number
  readonly tally: Tally
  readonly gate: GateResult
  readonly exit: { readonly code: number; readonly reason: string }
  readonly interrupted?: 'SIGINT' | 'SIGTERM' | 'deadline' | undefined
  /** Expired waivers, waivers for unknown checks, unused known entries … in words. */
  readonly warnings: readonly string[]
}

export type RunEvent = RunStart | CheckStart | CheckProgress | CheckFinding | CheckEnd | RunEnd

/** Takes an event. What it returns for anything but progress is awaited: a slow reader slows the run. */
export type Emit = (event: RunEvent) => void | Promise<void>
