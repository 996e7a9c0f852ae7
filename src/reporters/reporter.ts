import type { Writable } from 'node:stream'
import type { RunEvent } from '../engine/events.js'

/** Reads the events of one run, live or replayed. Never computes an outcome or an exit code of its own. */
export interface Reporter {
  readonly onEvent: (event: RunEvent) => void | Promise<void>
  /** Called once after the last event, also when the run broke off. */
  readonly close: () => Promise<void>
}

export interface ReporterOptions {
  readonly out: Writable
  /** Columns of the terminal, or 80. */
  readonly width: number
  readonly color: boolean
  /** Whether `out` can show box characters and marks beyond ASCII. */
  readonly unicode: boolean
  readonly quiet: boolean
  /** Where `--findings` writes, to point people there. */
  readonly findingsDir?: string | undefined
  /** Reads what stands where the report goes, of an earlier run; undefined where nothing does. */
  readonly earlier?: (() => Promise<string | undefined>) | undefined
  /** What GitHub offers a step beside its log. */
  readonly github?: GithubFiles | undefined
}

export interface GithubFiles {
  readonly summary?: Appended | undefined
  readonly output?: Appended | undefined
  /** Where the other reports of the run are. */
  readonly reports: readonly string[]
}

export interface Appended {
  /** Bytes there are already. */
  readonly size: () => Promise<number>
  readonly append: (text: string) => Promise<void>
}
