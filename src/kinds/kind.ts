/**
 * What a check kind is. Light: types and `defineKind` only, so that `lint`, `--help` and every reporter can read the
 * registry without loading pg, the AWS SDK or ink.
 */
import type { z } from 'zod'
import type { PostgresSpec } from '../connections/schema.js'
import type { Assertion, Level, MatcherInput } from '../judge/matcher.js'
import type { CheckPlace } from '../lib/errors.js'
import type { Excerpt } from '../lib/position.js'
import type { Json, Value } from '../lib/value.js'
import type { PostgresSource, UserQuery } from '../postgres/source.js'
import type { PostgresWriter } from '../postgres/writer.js'
import type { RedisSource } from '../redis/source.js'
import type { BucketSource } from '../stores/s3/bucket.js'
import type { Store } from '../stores/store.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { Vantage } from '../vantage/vantage.js'
import type { Allowed } from '../writes/allowed.js'

export const SEVERITIES = ['critical', 'high', 'medium', 'low', 'info'] as const
export type Severity = (typeof SEVERITIES)[number]

/** `count` is a non-negative integer; `duration` is milliseconds; `size` is bytes; `any` is one value of a database. */
export type SubjectType = 'count' | 'integer' | 'number' | 'duration' | 'size' | 'text' | 'boolean' | 'list' | 'any'

/** One named number or fact a kind comes back with. */
export interface SubjectSpec {
  readonly name: string
  readonly type: SubjectType
  /** What is counted or measured: rows, entries, keys … */
  readonly unit?: string
  /** The subject this one is a part of; a percentage in a matcher is a percentage of it. */
  readonly of?: string
  /** It can be more than `of`: a limit that is overdrawn, a load above the cores. */
  readonly mayExceed?: true
  readonly meaning: string
  /**
   * What the other side sent, so not for reports. `compared`: shown where the check file compares it with values of its
   * own; `data`: with `--show-data` alone; `secret`: never. It is judged all the same, and never kept in a record.
   */
  readonly withheld?: 'compared' | 'data' | 'secret'
  /** What holds where the check file says nothing. Level `tell` breaks into *error*: it could not be told. */
  readonly default?: { readonly level: Level; readonly matcher: MatcherInput }
  /** Set where this check is known never to measure it; an assertion on it is a lint error with this reason. */
  readonly unobserved?: string
}

/** What will be read, from where, at what cost. One sentence each, no values. */
export interface PlanStep {
  readonly what: string
  /** Name of the connection it goes to. */
  readonly connection?: string
  readonly cost?: string
}

/** The same for whoever estimates it. `reading` is not for reports, for a query may hold values: see `toldSteps`. */
export interface ReadStep extends PlanStep {
  /** Absent where it depends on what is found. */
  readonly reading?: Reading | undefined
}

export type Reading =
  | {
      readonly type: 'query'
      readonly query: UserQuery
      /** The table that is read whole, as the check names it. */
      readonly table?: string
      /** Every row names a key that is looked for in the stores of the check. */
      readonly keys?: true
    }
  | {
      /** A listing, or where the store cannot list, one look-up for each row. */
      readonly type: 'entries'
      readonly prefix: string
      /** With no more rows than `maxRows`, looked up as well, unless one of these subjects is asserted. */
      readonly lookUp: { readonly maxRows: number; readonly unlessAsserted: readonly string[] }
      /** Rows choose among several stores, so this one has at most all of them. */
      readonly shared: boolean
    }
  | {
      /** Content of what the rows name: a share of the keys, at most so many bytes. */
      readonly type: 'content'
      readonly prefix: string
      readonly share: number
      readonly budget?: number | undefined
      readonly shared: boolean
    }
  /** How much is not known before; that it can be reached is. */
  | { readonly type: 'reach' }

/** The steps as they may be told, in events and in `plan`. */
export function toldSteps(steps: readonly ReadStep[]): readonly PlanStep[] {
  return steps.map(({ reading: _, ...step }) => step)
}

export interface Retry {
  readonly forMs: number
  readonly everyMs: number
  /** Factor by which the pause grows; 1 is none. */
  readonly backoff: number
  readonly stableForMs?: number | undefined
}

/** Findings expected beforehand: subtracted from what is judged, and counted. */
export interface Known {
  /** One byte in each character, as a `Key`: two names that are no UTF-8 may look the same as text. */
  readonly keys: ReadonlySet<string>
  /** RE2 pattern on the key as text. */
  readonly match?: string | undefined
  /** With more known findings than this, none is subtracted. */
  readonly max?: number | undefined
  readonly reason: string
  /** ISO date; the list holds to the end of that day, UTC. */
  readonly expires?: string | undefined
}

/** One check, parsed, with `${…}` resolved. `spec` holds the fields of its kind. */
export interface Check<Spec = unknown> {
  readonly id: string
  readonly title?: string | undefined
  readonly kind: string
  readonly owner: string
  readonly severity: Severity
  readonly remediation: string
  readonly runbook?: string | undefined
  readonly tags: readonly string[]
  readonly timeoutMs: number
  readonly retry?: Retry | undefined
  /** Ids of checks, tags already resolved. */
  readonly requires: readonly string[]
  /** Why `when` says this check is not to be evaluated. */
  readonly skip?: string | undefined
  readonly from: VantageSpec
  readonly known?: Known | undefined
  /** Those of the file and the kind's defaults that they leave standing. */
  readonly assertions: readonly Assertion[]
  readonly spec: Spec
  /** Names of the connections it uses. */
  readonly uses: readonly string[]
  /** Where the check stands: the line of its `id`. */
  readonly place: Excerpt
  /** Where a part of it stands; an offset points into a `|` block, line and column exactly. */
  readonly locate: (at: CheckPlace) => Excerpt
}

/** Named facts of a finding: sizes, digests, times, states. Never row values. */
export type Facts = Readonly<Record<string, Json>>

/** One disagreement. Its JSON form is the public format of `--findings` files and of `check:finding` events. */
export interface Finding {
  /** Name of the subject that counts it. */
  readonly finding: string
  readonly key?: string
  /** The exact bytes of the key, base64, where they are not valid UTF-8. */
  readonly key_b64?: string
  /** Connection name of the store, where a check has several. */
  readonly store?: string
  readonly found_as?: string
  readonly found_as_b64?: string
  readonly expected?: Facts
  readonly actual?: Facts
  /** How many rows refer to the key. */
  readonly refs?: number
  /** Row values, only those that `show:` names. */
  readonly row?: Facts
  /** Connection names of the stores where a missing key can still be had. */
  readonly recover_from?: readonly string[]
  /** Why, where the class alone does not say. */
  readonly reason?: string
  /** Set by the engine where `known:` lists it. */
  readonly known?: true
}

/** What a kind yields on its way. Progress may be dropped; findings never are. */
export type Sighting =
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  | {
      readonly type: 'progress'
      readonly done: number
      readonly total?: number | undefined
      readonly unit: string
      readonly stage?: string | undefined
    }

/** One cause that explains many findings. */
export interface Diagnosis {
  readonly summary: string
  /** What to change, ready to paste. */
  readonly suggestion?: string | undefined
}

/** A subject that was not measured, and why. It never equals anything. */
export interface Unobserved {
  readonly unobserved: string
}

export type Observed = Value | Unobserved

/** What a kind returns when it has looked. */
export interface Observation {
  readonly subjects: Readonly<Record<string, Observed>>
  /** What could not be looked at. With no proven finding beside them the check is *error*. */
  readonly gaps?: readonly string[]
  readonly diagnoses?: readonly Diagnosis[]
  /** Facts worth saying that change no verdict. */
  readonly notes?: readonly string[]
  /** Nothing to examine, on purpose: outcome *skip* with this reason. */
  readonly skip?: string
  /** How it was looked at: `list and merge`, `stat per row` … */
  readonly method?: string
}

/** The world as it is seen from where a check looks. */
export interface Surroundings {
  readonly connections: {
    readonly postgres: (name: string) => PostgresSource
    /** A files store that names no vantage of its own lies at that of the check. */
    readonly store: (name: string) => Store
    readonly redis: (name: string) => RedisSource
    readonly bucket: (name: string) => BucketSource
    /** What writes to a database; for `src/writes` alone, behind `assertAllowed`. */
    readonly writer: (name: string) => PostgresWriter
  }
  /** Where the check looks from. */
  readonly vantage: Vantage
  /** Another place to look from, for what has to be the same in both. */
  readonly vantageAt: (from: VantageSpec) => Vantage
  /** Makes a database usable as connection `name` until the run ends, when `dispose` is called. */
  readonly offer: (name: string, spec: OfferedDatabase, dispose: () => Promise<void>) => void
}

/** A database a check has made: where it is, in the fields of a connection of type postgres. */
export type OfferedDatabase = Omit<PostgresSpec, 'type'>

/** What an observer gets besides its check. */
export interface Context extends Surroundings {
  readonly signal: AbortSignal
  /** What the command line allows beyond reading. */
  readonly allowed: Allowed
  /** A private directory for spooled data; the engine removes it after the attempt. */
  readonly scratch: string
  readonly now: () => Date
  /** `--show-data`: row values and the details of database errors may appear. */
  readonly showData: boolean
}

export type Observe<Spec> = (check: Check<Spec>, context: Context) => AsyncGenerator<Sighting, Observation, void>

/** Looks at findings again; returns those that still stand. */
export type Recheck<Spec> = (
  check: Check<Spec>,
  findings: readonly Finding[],
  context: Context,
) => Promise<readonly Finding[]>

/** A finding in words. Lines are plain text, not yet escaped for a terminal. */
export interface Presented {
  readonly headline: string
  readonly detail: readonly string[]
}

export interface Kind<Name extends string = string, Schema extends z.ZodObject = z.ZodObject> {
  readonly name: Name
  /** One sentence. */
  readonly summary: string
  /** The fields of this kind alone, each with a description; the common fields are added by the spec. */
  readonly schema: Schema
  /** Names of the connections the check uses. */
  readonly uses: (spec: z.output<Schema>) => readonly string[]
  /** `types`: type of each connection by name, where the caller knows them: what a store cannot do is not measured. */
  readonly subjects: (spec: z.output<Schema>, types?: Readonly<Record<string, string>>) => readonly SubjectSpec[]
  /**
   * Subjects whose names the check file makes up: `json:$.status`, `header:etag`. Undefined for a name that is none.
   * The observer finds those it has to measure among the assertions of the check.
   */
  readonly family?: (name: string, spec: z.output<Schema>) => SubjectSpec | undefined
  /** How a name of the family looks, for hints: `json:$.path`. */
  readonly familyForms?: readonly string[]
  readonly plan: (spec: z.output<Schema>) => readonly ReadStep[]
  readonly present: (finding: Finding) => Presented
  /** Whether waiting can help, so that retry is on by default. */
  readonly waits: boolean
  /** How long one attempt may take where nothing is said; an hour. Milliseconds. */
  readonly timeoutMs?: number
  /**
   * Whether a check of this kind can look from elsewhere (`from:`). Not there: never; what is not local is exit 2. A
   * reason refuses that check.
   */
  readonly moves?: (spec: z.output<Schema>, types: Readonly<Record<string, string>>) => true | string
  /** Databases a check makes for those that require it. */
  readonly offers?: (spec: z.output<Schema>) => readonly string[]
  /** Rules that need more than the schema: problems with the path of the field they are about. */
  readonly lint?: (spec: z.output<Schema>) => readonly LintProblem[]
  /**
   * Parts of a store of which a subject speaks as a whole, so that no other check may assert that subject over them:
   * what one check finds left over, another may account for.
   */
  readonly claims?: (spec: z.output<Schema>) => readonly Claim[]
  /** Loaded only when a check of this kind runs. */
  readonly load: () => Promise<{
    readonly observe: Observe<z.output<Schema>>
    readonly recheck?: Recheck<z.output<Schema>>
  }>
}

/** The subjects of a check: those of its kind, and those of the family that its assertions name. */
export function subjectsOf(
  kind: { readonly subjects: (spec: never) => readonly SubjectSpec[]; readonly family?: unknown },
  spec: unknown,
  named: Iterable<string>,
): readonly SubjectSpec[] {
  const own = kind.subjects(spec as never)
  const family = kind.family as ((name: string, spec: unknown) => SubjectSpec | undefined) | undefined
  const known = new Set(own.map(({ name }) => name))
  const more = [...new Set(named)].filter((name) => !known.has(name)).flatMap((name) => family?.(name, spec) ?? [])
  return [...own, ...more]
}

/** A subject, asserted over the keys of one store (the name of its connection) that begin with `prefix`. */
export interface Claim {
  readonly subject: string
  readonly store: string
  readonly prefix: string
}

export interface LintProblem {
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly path: readonly (string | number)[]
  /** UTF-16 offset into the text at `path`. */
  readonly offset?: number
  readonly hint?: string
}

export function defineKind<const Name extends string, Schema extends z.ZodObject>(
  kind: Kind<Name, Schema>,
): Kind<Name, Schema> {
  return kind
}
