/**
 * What a check kind is. Light: types and `defineKind` only, so that `lint`, `--help` and every reporter can read the
 * registry without loading pg, the AWS SDK or ink.
 */
import type * as z from 'zod'
import type { SubjectSpec } from './check.js'
import type { Combine, Observe, Recheck } from './context.js'
import type { Finding } from './observation.js'
import type { ReadStep } from './reading.js'

export type * from './check.js'
export { SEVERITIES } from './check.js'
export type * from './context.js'
export type * from './observation.js'
export type * from './reading.js'
export { toldSteps } from './reading.js'

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
  /** Whether `--shard` gives every machine a part of the check; `load` then has `combine`. Otherwise one has it whole. */
  readonly divides?: true
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
    readonly combine?: Combine
  }>
}

/** The kinds there are, by name, and a way to those one needs. */
export interface Kinds {
  readonly names: readonly string[]
  /** In the order they are named in; what is no kind is left out. */
  readonly load: (names: readonly string[]) => Promise<readonly Kind[]>
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
