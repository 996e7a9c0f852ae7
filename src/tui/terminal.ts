/** What the views draw on, and the one function that draws them: all that the command knows of `tui`. Types only. */
import type { Desk } from './desk.js'

export interface Terminal {
  /** Keys, for ink. Raw mode, and keys meant for others (an editor), are seen to already. */
  readonly stdin: NodeJS.ReadStream
  /** Frames. Shows each as a whole, from the first row on, and tells of `resize` as a terminal does. */
  readonly stdout: NodeJS.WriteStream
  /** Whether the terminal has colours, and whether anybody wants them. */
  readonly color: boolean
  /** Whether it can show more than ASCII. */
  readonly unicode: boolean
  /** Leave at once: postflight was told to end, or the terminal has gone. */
  readonly signal: AbortSignal
}

/**
 * Draws until the user leaves or the signal says so, and resolves; rejects with what a view threw. Ink is told neither to
 * patch the console nor to end at Ctrl-C: what is written to stderr meanwhile is held back until the screen is left.
 */
export type Mount = (desk: Desk, terminal: Terminal) => Promise<void>
