/** What the reducer wants done outside, as data; `carry-out.ts` does it and tells what came of it. */
import type { Position } from '../lib/position.js'
import type { ExportFormat } from './desk.js'
import type { FindingNumber, Query } from './findings/book.js'

export type Effect =
  /** Ends the look before it. */
  | { readonly type: 'find'; readonly id: number; readonly query: Query }
  | { readonly type: 'group'; readonly id: number; readonly query: Query }
  | { readonly type: 'stopLooking' }
  | { readonly type: 'run'; readonly checks: readonly string[] | undefined }
  | { readonly type: 'cancel' }
  | { readonly type: 'recheck'; readonly check: string; readonly number: FindingNumber }
  | { readonly type: 'copy'; readonly text: string }
  | { readonly type: 'copyFinding'; readonly number: FindingNumber; readonly as: 'key' | 'json' }
  | { readonly type: 'edit'; readonly position: Position }
  | ExportEffect
  /** Finds these findings of an earlier run again among those of the check. */
  | { readonly type: 'follow'; readonly check: string; readonly numbers: readonly FindingNumber[] }
  | {
      readonly type: 'snippet'
      readonly form: 'waiver' | 'known'
      readonly check: string
      readonly query: Query | undefined
      readonly number: FindingNumber | undefined
    }
  | { readonly type: 'leave'; readonly how: 'quit' | 'interrupted' }

export interface ExportEffect {
  readonly type: 'export'
  readonly format: ExportFormat
  readonly path: string
  readonly query: Query
  /** Undefined: they have to be found first. */
  readonly numbers: Uint32Array | undefined
  readonly notes: ReadonlyMap<FindingNumber, string>
}
