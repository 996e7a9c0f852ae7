/** What the audit can do beyond showing what it is told. The command brings it; the views know nothing else outside. */
import type { RunEvent } from '../engine/events.js'
import type { Finding, Presented, Rechecked } from '../kinds/kind.js'
import type { Position } from '../lib/position.js'
import type { Earlier } from '../reporters/trend.js'
import type { Book, FindingNumber, Query } from './findings/book.js'

export interface Desk {
  /** What a recorded run holds but for progress and findings; a live one begins with nothing. */
  readonly told: readonly RunEvent[]
  /** Tells of every further event, findings left out: those are in the book by then. Returns the way to stop it. */
  readonly listen: (listener: (event: RunEvent) => void) => () => void
  readonly book: Book
  /** A finding of this kind of check in words. */
  readonly present: (kind: string, finding: Finding) => Presented
  /** Undefined where a recorded run is read, which nothing can run again. */
  readonly runner?: Runner | undefined
  /** The file it is read from; undefined for a live run. */
  readonly recording?: string | undefined
  readonly now: () => number
  /** By check, what it measured in earlier runs, the oldest first; undefined where no history is kept. */
  readonly trails?: ReadonlyMap<string, readonly Earlier[]> | undefined

  /** Puts a text on the clipboard of the terminal (OSC 52). Returns what to tell of it, as that it was too long. */
  readonly copy: (text: string) => string
  /** Opens it in `$VISUAL` or `$EDITOR` and resolves when that is left; rejects with words where there is none. */
  readonly edit: (position: Position) => Promise<void>
  /** Writes findings to a file, never over one that is there. Returns what to tell of it; rejects with words. */
  readonly export: (request: ExportRequest) => Promise<string>
}

export const EXPORT_FORMATS = ['list', 'ndjson', 'csv'] as const
export type ExportFormat = (typeof EXPORT_FORMATS)[number]

export interface ExportRequest {
  readonly format: ExportFormat
  readonly path: string
  readonly query: Query
  readonly numbers: Uint32Array
  readonly notes: ReadonlyMap<FindingNumber, string>
}

export interface Runner {
  readonly isRunning: () => boolean
  /**
   * Runs these checks again, or all of them; what the others came to stands. The events come the way of all others,
   * those of a run of its own. Where it is stopped, what it was looking at stands as it was seen before, and that is told
   * in words; otherwise nothing is. Rejects with words where a run is under way.
   */
  readonly run: (checks?: readonly string[]) => Promise<string | undefined>
  /** Stops the run that is under way; it still ends, with what is known. */
  readonly cancel: () => void
  /** Looks at one finding again. Rejects with words where nothing can be told of it. */
  readonly recheck: (check: string, finding: Finding) => Promise<Rechecked>
  /** Whether findings of this check can be looked at one by one. */
  readonly canRecheck: (check: string) => boolean
  /** The SQL its check file gives, secrets hidden. No recording has it, for it may hold values of rows. */
  readonly queries: (check: string) => readonly string[]
}
