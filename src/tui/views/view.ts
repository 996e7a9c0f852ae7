/** What every view gets and gives. A view is a pure function from the model to lines that are escaped, cut and painted. */
import type { CheckEnd } from '../../engine/events.js'
import type { Finding, Presented } from '../../kinds/kind.js'
import type { Style } from '../../reporters/style.js'
import type { Earlier } from '../../reporters/trend.js'
import type { FindingNumber } from '../findings/book.js'
import type { Model } from '../model.js'

export interface KeptLines {
  readonly width: number
  readonly lines: readonly string[]
}

export interface Drawing {
  readonly model: Model
  readonly style: Style
  readonly now: number
  /** Reads one finding; views ask for those alone that they show. */
  readonly at: (number: FindingNumber) => Finding
  readonly present: (kind: string, finding: Finding) => Presented
  /** Lines of checks that have ended, which are dear and stay the same; whoever draws holds on to it. */
  readonly kept: WeakMap<CheckEnd, KeptLines>
  /** By check, what it measured in earlier runs, the oldest first. */
  readonly trails?: ReadonlyMap<string, readonly Earlier[]> | undefined
  /** The SQL of a check; nothing where a recording is read. */
  readonly queries?: ((check: string) => readonly string[]) | undefined
  /** What the findings lack, in words. */
  readonly incomplete: () => string | undefined
}

/** A list: its lines are made for what is shown alone. */
export interface ListView {
  readonly head: readonly [string, string]
  /** At most as many as the body has rows. */
  readonly body: readonly string[]
  /** Where the cursor is: `3 of 9`. */
  readonly place: string
}

/** A text: all of its lines, of which the screen shows a part. */
export interface TextView {
  readonly head: readonly [string, string]
  readonly text: readonly string[]
}
