/** What a run needs from outside. The engine opens nothing itself: connections, records and the clock are handed in. */
import type { Records } from '../judge/record.js'
import type { Waiver } from '../judge/waiver.js'
import type { Check, Context, Observation, ReadStep, Sighting, SubjectSpec, Surroundings } from '../kinds/kind.js'
import type { Redactor } from '../lib/redact.js'
import type { Json } from '../lib/value.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { Allowed } from '../writes/allowed.js'
import type { Earlier } from './earlier.js'
import type { Emit, GateConfig, RunStart } from './events.js'
import type { Shard } from './shard.js'

/** What the engine uses of a kind. `never` because only the kind itself knows its spec; every `Kind` fits. */
export interface RunnableKind {
  readonly subjects: (spec: never) => readonly SubjectSpec[]
  readonly family?: (name: string, spec: never) => SubjectSpec | undefined
  readonly plan: (spec: never) => readonly ReadStep[]
  readonly divides?: true
  readonly load: () => Promise<{
    readonly observe: (check: never, context: Context) => AsyncGenerator<Sighting, Observation, void>
  }>
}

/** What a kind kept of a check, and what was too large for that. */
export interface Kept {
  readonly kept: Json
  readonly part?: (() => AsyncIterable<Uint8Array>) | undefined
}

export interface Recording {
  readonly keep: (check: string, kept: Json) => void
  /** A path for what of a check is too large for that; nothing is there. */
  readonly partOf: (check: string) => string
}

export interface RunOptions {
  /** Random, printable; the command makes it. */
  readonly run: string
  readonly name?: string | undefined
  readonly host: string
  readonly versions: RunStart['versions']
  readonly files: readonly string[]
  /** Flags that narrowed the run, in words. */
  readonly selection: readonly string[]
  /** Warnings about check files and secrets, in words. */
  readonly warnings: readonly string[]
  /** Where all findings are written, as the user named it. */
  readonly findings?: string | undefined
  /** The record that is held against, for whoever reads the report. */
  readonly heldAgainst?: RunStart['baseline']
  /** What the history holds of these checks. */
  readonly history?: RunStart['history']

  /** Those to run, required ones included, in the order they are reported. */
  readonly checks: readonly Check[]
  /** Ids of all checks of the files, for waivers of checks that are not selected. */
  readonly allIds: ReadonlySet<string>
  readonly kindOf: (name: string) => RunnableKind | undefined
  /** The world as a check sees it that looks from there. */
  readonly seenFrom: (from: VantageSpec) => Surroundings
  readonly allowed: Allowed
  readonly gate: GateConfig
  /** Where this is one part of a run; `checks` are those of the part. */
  readonly shard?: Shard | undefined
  readonly waivers: readonly Waiver[]
  /** Undefined: none was given. `dropped`: `--no-baseline`. */
  readonly baseline?: Records | 'dropped' | undefined
  /** By check, what its kind kept when the baseline was taken. */
  readonly kept?: ReadonlyMap<string, Kept> | undefined
  /** Where a record is taken: nothing is held against a record, and what kinds want kept is told. */
  readonly recording?: Recording | undefined
  /** The last run; undefined where there is none yet. */
  readonly previous?: Records | undefined

  /** The run this one goes on with; undefined: none. */
  readonly earlier?: Earlier | undefined
  /** A directory of a check for how far it got, which outlives the process; not made yet. Undefined: nothing is kept. */
  readonly checkpoints?: ((check: string) => string) | undefined

  readonly emit: Emit
  readonly redactor: Redactor
  /** Reports that could not be written so far, in words; asked before the exit code is decided. */
  readonly unwritten?: (() => readonly string[]) | undefined
  /** What readers have to say of what they wrote, for the warnings of `run:end`. */
  readonly remarks?: (() => readonly string[]) | undefined
  /** Told of an error that is a bug, with its stack. The run goes on and ends with code 70. */
  readonly onBug?: ((check: string, error: unknown) => void) | undefined

  /** Checks under way at once. */
  readonly concurrency: number
  /** Checks under way at once on a connection; undefined: as many as `concurrency`. */
  readonly limitOf: (connection: string) => number | undefined
  readonly deadlineMs?: number | undefined
  /** The flag that sets it; `--timeout`. */
  readonly deadlineFlag?: string | undefined
  /** Aborted with the name of the signal (`SIGINT`, `SIGTERM`) as reason. */
  readonly interrupt: AbortSignal
  readonly now: () => Date
  /** A directory of the run's own is made below it, and removed. */
  readonly scratchRoot: string
  readonly showData: boolean
  /** How long a check that ignores its signal is waited for. Milliseconds; 1000. */
  readonly graceMs?: number | undefined
}
