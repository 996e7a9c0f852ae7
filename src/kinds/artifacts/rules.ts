/** A check's fields, compiled once for the loops. */
import { compileDerived } from '../../compare/derived.js'
import { compileGlobs } from '../../compare/globs.js'
import { compileRewrite, type Rewrite } from '../../compare/rewrite.js'
import { inSample } from '../../compare/sampling.js'
import { type Key, keyFromText } from '../../lib/key.js'
import type { Want } from '../../stores/store.js'
import type { Check } from '../kind.js'
import { checksumSelection, LISTED_SUBJECTS, storeNames, verifiesSize, wantsSize } from './fields.js'
import type { ArtifactsSpec } from './schema.js'

export interface Rules {
  /** Undefined where keys stay as they are. */
  readonly rewrite: Rewrite | undefined
  /** Connection names of the stores. */
  readonly stores: readonly string[]
  /** Name of the store a row's `store` column stands for; undefined where it stands for none. */
  readonly storeOf: (cell: string | null) => string | undefined
  readonly inScope: (key: Key) => boolean
  readonly scopePrefix: Key
  readonly isIgnored: (key: Key) => boolean
  readonly derived: readonly ((key: Key) => Key)[]
  readonly verifiesSize: boolean
  /** What a listing must say of each entry. */
  readonly want: Want
  /** Whether sizes are looked at, declared or not. */
  readonly examinesSize: boolean
  /** Whether the content of any key is to be verified. */
  readonly verifiesSomething: boolean
  /** Whether the content of this key is to be verified. */
  readonly verifiesChecksum: (key: Key) => boolean
  /** Milliseconds; 0 without grace. */
  readonly graceMs: number
  /** Renamed keys count as missing and orphaned unless the check says what it expects of them. */
  readonly expectsRenamed: boolean
  /** Whether something is asserted that only a listing can tell. */
  readonly needsListing: boolean
  /** Whether the check asserts something about a subject. */
  readonly asserts: (subject: string) => boolean
}

/** What a key of a row, or of a record, is called in the store. */
export function keyNow({ rewrite }: Pick<Rules, 'rewrite'>, key: Key): Key {
  return rewrite === undefined ? key : rewrite(key).key
}

export function compileRules({ spec, assertions }: Check<ArtifactsSpec>): Rules {
  const { store, stores } = spec
  const byValue = new Map(Object.entries(stores ?? {}).map(([value, name]) => [keyFromText(value) as string, name]))
  const prefix = keyFromText(spec.scope?.prefix ?? '')
  const selection = checksumSelection(spec)
  const asserts = (subject: string) => assertions.some((assertion) => assertion.subject === subject)
  const examinesSize = wantsSize(spec) || asserts('zero_bytes')
  return {
    rewrite: spec.rewrite === undefined ? undefined : compileRewrite(spec.rewrite),
    stores: storeNames(spec),
    storeOf: (cell) => store ?? (cell === null ? undefined : byValue.get(cell)),
    inScope: (key) => key.startsWith(prefix),
    scopePrefix: prefix,
    isIgnored: compileGlobs(spec.ignore ?? []),
    derived: (spec.derived ?? []).map(({ match }) => compileDerived(match)),
    verifiesSize: verifiesSize(spec),
    examinesSize,
    // What is read to be hashed is shared out, and counted beforehand, by size.
    want: { size: examinesSize || selection !== 'none', modified: (spec.grace ?? 0) > 0 },
    verifiesSomething: selection !== 'none',
    verifiesChecksum:
      selection === 'none' ? () => false : selection === 'all' ? () => true : (key) => inSample(key, selection),
    graceMs: spec.grace ?? 0,
    // A warning about renamed keys must not make a warning of missing ones.
    expectsRenamed: assertions.some(({ level, subject }) => level === 'expect' && subject === 'renamed'),
    needsListing: spec.manifest !== undefined || LISTED_SUBJECTS.some(asserts),
    asserts,
  }
}
