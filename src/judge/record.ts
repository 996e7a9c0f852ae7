/** What was measured of a check some other time: before the migration, or in the last run. Plain data. */
import type { Facts } from '../kinds/kind.js'
import type { Outcome } from './outcome.js'

export interface CheckRecord {
  /** As `check:end` tells them: numbers a double cannot hold exactly are strings. */
  readonly subjects: Facts
  /** Why a subject was not measured when the record was taken. */
  readonly unobserved: Readonly<Record<string, string>>
  readonly outcome?: Outcome | undefined
}

/** Records by check id. */
export type Records = ReadonlyMap<string, CheckRecord>

/**
 * What there is to compare with. `missing`: it should be there, so the assertion cannot be evaluated.
 * `dropped`: there is none on purpose, so the assertion is left out and that is said.
 */
export type Recorded = { readonly record: CheckRecord } | { readonly missing: string } | { readonly dropped: string }
