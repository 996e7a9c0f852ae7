/** What a check says, asked in the ways the stages need it. Light. */
import { parseSample, type Sample } from '../../compare/sampling.js'
import type { UserQuery } from '../../postgres/source.js'
import type { BudgetLimits } from './budget.js'
import type { ArtifactsSpec, ExplainedSpec, RowsSpec } from './schema.js'

/** With no more rows than this, and nothing asserted that only a listing tells, each key is looked up by itself. */
export const FEW_ROWS = 1000

/** What only a listing can tell. */
export const LISTED_SUBJECTS: readonly string[] = ['orphaned', 'entries', 'renamed']

export interface RowsField {
  readonly query: RowsSpec
  readonly path: readonly (string | number)[]
}

export interface ExplainedField {
  readonly query: ExplainedSpec
  readonly path: readonly (string | number)[]
}

export function rowsFields(spec: ArtifactsSpec): readonly RowsField[] {
  if (spec.rows === undefined) return []
  return Array.isArray(spec.rows)
    ? spec.rows.map((query, index) => ({ query, path: ['rows', index] }))
    : [{ query: spec.rows, path: ['rows'] }]
}

export function explainedFields(spec: ArtifactsSpec): readonly ExplainedField[] {
  return (spec.explained_by ?? []).map((query, index) => ({ query, path: ['explained_by', index] }))
}

export function userQuery({ query, path }: RowsField | ExplainedField): UserQuery {
  return { sql: query.sql, params: query.params, path: [...path, 'sql'] }
}

/** Connection names of the stores, each once. */
export function storeNames(spec: ArtifactsSpec): readonly string[] {
  return [...new Set([...(spec.store === undefined ? [] : [spec.store]), ...Object.values(spec.stores ?? {})])]
}

export function usedConnections(spec: ArtifactsSpec): readonly string[] {
  const queries = [...rowsFields(spec), ...explainedFields(spec)].map(({ query }) => query.connection)
  return [...new Set([...queries, ...storeNames(spec), ...(spec.recover_from ?? [])])]
}

export function verifiesSize(spec: ArtifactsSpec): boolean {
  return wantsSize(spec) && declaresSize(spec)
}

export function declaresSize(spec: ArtifactsSpec): boolean {
  return spec.manifest !== undefined || rowsFields(spec).some(({ query }) => query.size !== undefined)
}

/** Where a checksum is declared; undefined where none is. */
export function declaredChecksum(spec: ArtifactsSpec): readonly (string | number)[] | undefined {
  if (spec.manifest !== undefined) return spec.manifest.checksum === 'none' ? undefined : ['manifest', 'checksum']
  const declared = rowsFields(spec).find(({ query }) => query.checksum !== undefined)
  return declared === undefined ? undefined : [...declared.path, 'checksum']
}

/** Whether sizes are looked at unasked. Without a declared one they are, for an empty file is the trace of a broken copy. */
export function wantsSize(spec: ArtifactsSpec): boolean {
  return spec.verify?.size !== 'none'
}

/** Which keys have their checksum verified: all, a sample, or none. */
export function checksumSelection(spec: ArtifactsSpec): 'none' | 'all' | Sample {
  const stated = spec.verify?.checksum ?? 'none'
  if (stated === 'none' || declaredChecksum(spec) === undefined) return 'none'
  return stated === 'all' ? 'all' : (parseSample(stated.sample) ?? 'all')
}

/** What verifying content may cost. */
export function budgetOf({ verify }: ArtifactsSpec): BudgetLimits {
  return { bytes: verify?.budget, ms: verify?.time_budget }
}

export function isLimited({ bytes, ms }: BudgetLimits): boolean {
  return bytes !== undefined || ms !== undefined
}

/**
 * Where an `orphaned` of this check can be: two checks that assert it over overlapping scopes contradict each other. What
 * a record has accounts for all that was there, whatever other checks say.
 */
export function orphanScopes(spec: ArtifactsSpec): readonly { readonly store: string; readonly prefix: string }[] {
  if (spec.manifest !== undefined) return []
  return storeNames(spec).map((store) => ({ store, prefix: spec.scope?.prefix ?? '' }))
}
