/**
 * The findings of a run as the audit reads them: on disk, one event a line, with only their places in memory, so that a
 * million of them cost some megabytes. Of a recorded run it is the recording itself; a live run writes one as it goes.
 */
import type { CheckFinding } from '../../engine/events.js'
import type { Finding } from '../../kinds/kind.js'

/** Stands for one finding of the book for as long as that is open. */
export type FindingNumber = number

export interface Query {
  readonly check: string
  /** Only of this class; undefined: of all. */
  readonly finding?: string | undefined
  /** Only keys that begin with it; latin1, one byte a character, as keys are. */
  readonly prefix?: string | undefined
  /** Only those whose key, spelling, reason or row holds it, whatever the case; with `!` before it, those that do not. */
  readonly text?: string | undefined
  /** `found`: as they came. `size`: the largest first. What has no key, or no size, comes last. */
  readonly sort: Sort
}

export const SORTS = ['found', 'key', 'class', 'size'] as const
export type Sort = (typeof SORTS)[number]

export interface Group {
  /** Of the key, up to the next slash and with it; or the whole key, where none follows. latin1. */
  readonly prefix: string
  readonly isDirectory: boolean
  readonly count: number
  readonly classes: Readonly<Record<string, number>>
  /** Only of the last, where more stand there than are told one by one: how many groups it takes together. */
  readonly others?: number | undefined
}

export interface Looking {
  readonly signal: AbortSignal
  /** 0 to 1. Called at most a few times a second. */
  readonly onProgress?: ((share: number) => void) | undefined
}

export interface Book {
  /** Keeps one more finding. Undefined, or what is to be awaited before the next is handed over. */
  readonly add: (event: CheckFinding) => Promise<void> | undefined
  /**
   * Forgets those of a check, which is looked at again. Their numbers can still be read, for notes are made of them and
   * somebody may be reading one, so their place on the disk is given back only by `close`.
   */
  readonly forget: (check: string) => void
  /** The same, until `putBack`; of a check only what was set aside last is kept. */
  readonly setAside: (check: string) => void
  /** Takes up again what was set aside of a check; what came since is forgotten. */
  readonly putBack: (check: string) => void
  /** Findings of a check by class, known ones with them. */
  readonly counts: (check: string) => Readonly<Record<string, number>>
  /** Reads one, from disk. A line that cannot be read comes as a finding of class `unreadable` with the reason. */
  readonly at: (number: FindingNumber) => Finding
  /** Numbers of those asked for, in the order asked for. Lets the screen be drawn meanwhile; rejects when given up. */
  readonly find: (query: Query, looking: Looking) => Promise<Uint32Array>
  /** What stands directly below the prefix of the query, most findings first; its `sort` does not matter. */
  readonly group: (query: Query, looking: Looking) => Promise<readonly Group[]>
  /** What of the findings is not in the book and why, in words: the disk was full. Undefined: all of them are. */
  readonly incomplete: () => string | undefined
  readonly close: () => Promise<void>
}
