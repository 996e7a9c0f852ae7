import type { Excerpt } from '../lib/position.js'
import type { Json } from '../lib/value.js'
import type { Level } from './matcher.js'

export const OUTCOMES = ['pass', 'warn', 'fail', 'error', 'blocked', 'skip', 'waived'] as const
export type Outcome = (typeof OUTCOMES)[number]

export interface AssertionResult {
  readonly level: Level
  readonly subject: string
  readonly op: string
  /** The matcher as the check file writes it. */
  readonly expected: string
  readonly actual: Json
  readonly ok: boolean
  /** What there was, in words, where the value is not told; `actual` is null then. */
  readonly withheld?: string | undefined
  /** Why it could not be evaluated; then `ok` is false. */
  readonly unevaluated?: string | undefined
  readonly origin: 'file' | 'default'
  readonly place?: Excerpt | undefined
}
