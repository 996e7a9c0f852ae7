/** Everything that can happen to the audit. */
import type { RunEvent } from '../engine/events.js'
import type { FindingNumber, Group } from './findings/book.js'
import type { Extent, Recheck, Size } from './model.js'

export type Happening =
  /** What a recorded run holds. */
  | { readonly type: 'opened'; readonly events: readonly RunEvent[] }
  | { readonly type: 'event'; readonly event: RunEvent }
  /** Names of keys; several where they came at once: typed fast, or pasted. */
  | { readonly type: 'keys'; readonly names: readonly string[] }
  | { readonly type: 'resized'; readonly size: Size }
  | { readonly type: 'second'; readonly now: number }
  | { readonly type: 'drawn'; readonly extent: Extent }
  | Told

/** What came of an effect. */
export type Told =
  | { readonly type: 'looking'; readonly id: number; readonly share: number }
  | {
      readonly type: 'found'
      readonly id: number
      readonly numbers: Uint32Array
      readonly counts: Readonly<Record<string, number>>
      readonly now: number
    }
  | {
      readonly type: 'grouped'
      readonly id: number
      readonly groups: readonly Group[]
      readonly counts: Readonly<Record<string, number>>
      readonly now: number
    }
  /** A look that came to nothing. */
  | { readonly type: 'notFound'; readonly id: number; readonly why: string; readonly now: number }
  /** The run that was asked for is over, or never began. */
  | { readonly type: 'ran'; readonly trouble: string | undefined; readonly remark: string | undefined }
  /** The same findings as they are numbered now; of those that are no more nothing is told. */
  | { readonly type: 'followed'; readonly numbers: ReadonlyMap<FindingNumber, FindingNumber> }
  | { readonly type: 'rechecked'; readonly number: FindingNumber; readonly recheck: Recheck }
  | { readonly type: 'snippet'; readonly title: string; readonly snippet: string }
  | { readonly type: 'back'; readonly trouble: string | undefined }
  | { readonly type: 'said'; readonly text: string; readonly bad: boolean }
