/** What lies where in the directory of `--resume`. Everything is in one directory of ours, closed to everybody else. */
import { createHash } from 'node:crypto'
import { join } from 'node:path'

export interface Place {
  /** As the user gave it, for messages. */
  readonly given: string
  /** Ours, below it. */
  readonly dir: string
  readonly head: string
  readonly lock: string
  /** Names the scratch directory of the process. */
  readonly scratch: string
  /** The checks that have ended, one a line, in that order. */
  readonly ended: string
  /** Events of a check. */
  readonly events: (id: string) => string
  /** Where a check that is under way keeps how far it got. */
  readonly checkpoints: (id: string) => string
}

export function placeIn(root: string, given: string): Place {
  const dir = join(root, 'postflight-journal')
  return {
    given,
    dir,
    head: join(dir, 'journal.json'),
    // Beside it, for it is there before the journal and after it.
    lock: join(root, 'postflight-journal.lock'),
    scratch: join(dir, 'scratch'),
    ended: join(dir, 'ended.ndjson'),
    events: (id) => join(dir, `${nameOf(id)}.ndjson`),
    checkpoints: (id) => join(dir, `${nameOf(id)}.checkpoints`),
  }
}

/** Ids may differ in case alone, which not every file system tells apart. */
function nameOf(id: string): string {
  return createHash('sha256').update(id).digest('hex').slice(0, 24)
}
