/** Those who walk: threads, or calls under way in this one. Each is given pieces, and gives back what it found. */
import type { PackedPage } from '../packed.js'
import type { Piece } from './names.js'
import type { Walked } from './walk-some.js'

export type Outcome = { readonly walked: Walked } | { readonly failed: unknown }

export interface Crew {
  /** How often work may be given now. */
  readonly room: () => number
  readonly give: (pieces: readonly Piece[], done: (outcome: Outcome) => void) => void
  /** Takes what is done without waiting: the events for it do not come while a reader finds pages ready. */
  readonly poll: () => void
  /** Takes a page that nobody reads any more, for the memory of another. */
  readonly reuse: (page: PackedPage) => void
  /** Waits until nothing of it is left. */
  readonly close: () => Promise<void>
}
