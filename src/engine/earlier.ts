/** What an interrupted run had come to, told again where it is continued instead of being looked at again. */
import type { CheckEnd, RunEvent } from './events.js'

export interface Earlier {
  /** Its id and its beginning: the run that goes on is the same. */
  readonly run: string
  readonly at: string
  /** By id, in the order they ended. */
  readonly ends: ReadonlyMap<string, CheckEnd>
  /** Of each of these checks all it told but its progress: start, findings, end. */
  readonly events: () => AsyncIterable<RunEvent>
}
