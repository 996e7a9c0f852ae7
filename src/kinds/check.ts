/** One check as a kind gets it, and what a subject is. Light: types only. */
import type { Assertion, Level, MatcherInput } from '../judge/matcher.js'
import type { CheckPlace } from '../lib/errors.js'
import type { Excerpt } from '../lib/position.js'
import type { VantageSpec } from '../vantage/schema.js'

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
  /** Name of the move it is about. */
  readonly migration?: string | undefined
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
