/** Goes through the listing once and keeps what matters of it: how many, the oldest, the newest and the one before it. */
import { type Key, keyFromText } from '../../lib/key.js'
import { type Entry, type Store, StoreError } from '../../stores/store.js'
import { backupOf, commonPrefix, isLiteral } from './globs.js'
import type { BackupSpec } from './schema.js'

/** A file or object, or a directory with all that is in it. */
export interface Backup {
  /** Of a directory with the slash at its end. */
  readonly key: Key
  readonly directory: boolean
  /** Undefined where the store does not say. */
  readonly size: number | undefined
  /** Of a directory the latest of its files. Milliseconds since 1970. */
  readonly modified: number | undefined
  readonly archived: string | undefined
  readonly unreadable: string | undefined
}

export interface Selected {
  readonly count: number
  readonly oldest: Backup | undefined
  readonly newest: Backup | undefined
  readonly previous: Backup | undefined
  /** The newest that was old enough by then for a copy to be due. */
  readonly newestDue: Backup | undefined
  /** Younger than `settle`. */
  readonly unsettled: number
}

/** Every backup, in byte order of keys. Gaps of the listing go to `gap`. */
export async function* listBackups(
  store: Store,
  { match }: Pick<BackupSpec, 'match'>,
  signal: AbortSignal,
  gap: (reason: string) => void,
): AsyncGenerator<readonly Backup[], void, void> {
  if (!store.features.list) {
    yield await lookUp(store, match, signal)
    return
  }
  const groupOf = backupOf(match)
  let open: Backup | undefined
  for await (const page of store.list({ prefix: commonPrefix(match), sure: true, signal })) {
    for (const { reason } of page.gaps ?? []) gap(reason)
    const found: Backup[] = []
    for (const entry of page.entries) {
      const key = groupOf(entry.key)
      if (key === undefined || (entry.placeholder === true && key === entry.key && !key.endsWith('/'))) continue
      if (key !== open?.key) {
        if (open !== undefined) found.push(open)
        open = undefined
      }
      open = joined(open, key, entry)
    }
    yield found
  }
  if (open !== undefined) yield [open]
}

async function lookUp(store: Store, match: readonly string[], signal: AbortSignal): Promise<readonly Backup[]> {
  if (!match.every(isLiteral)) {
    throw new StoreError('unavailable', `${store.label} cannot be listed`, {
      hint: 'name the key itself in match:, or a connection of type files or s3',
    })
  }
  const entries = await Promise.all(match.map((glob) => store.stat(keyFromText(glob), { signal })))
  return entries.flatMap((entry) => (entry === undefined ? [] : [joined(undefined, entry.key, entry)]))
}

function joined(before: Backup | undefined, key: Key, entry: Entry): Backup {
  const directory = key !== entry.key || key.endsWith('/')
  if (entry.placeholder === true) {
    return before ?? { key, directory, size: 0, modified: undefined, archived: undefined, unreadable: undefined }
  }
  return {
    key,
    directory,
    size: before === undefined ? entry.size : sum(before.size, entry.size),
    modified: before?.modified === undefined ? entry.modified : Math.max(before.modified, entry.modified ?? 0),
    archived: before?.archived ?? entry.archived,
    unreadable: before?.unreadable ?? entry.unreadable,
  }
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a + b
}

export interface Selecting {
  readonly take: (backup: Backup) => void
  readonly selected: () => Selected
}

/** `now` in milliseconds. Ages of `settle` and `within` are told by it. */
export function createSelecting(now: number, { settle, copy }: Pick<BackupSpec, 'settle' | 'copy'>): Selecting {
  let count = 0
  let unsettled = 0
  let oldest: Backup | undefined
  let newest: Backup | undefined
  let previous: Backup | undefined
  let newestDue: Backup | undefined
  return {
    take: (backup) => {
      const age = backup.modified === undefined ? Number.POSITIVE_INFINITY : now - backup.modified
      if (settle > 0 && age < settle) {
        unsettled++
        return
      }
      count++
      if (oldest === undefined || isNewer(oldest, backup)) oldest = backup
      if (newest === undefined || isNewer(backup, newest)) {
        previous = newest
        newest = backup
      } else if (previous === undefined || isNewer(backup, previous)) previous = backup
      if (age >= (copy?.within ?? 0) || copy?.within === 0) {
        if (newestDue === undefined || isNewer(backup, newestDue)) newestDue = backup
      }
    },
    selected: () => ({ count, oldest, newest, previous, newestDue, unsettled }),
  }
}

/** Of two written in the same moment the one whose name sorts last: names hold dates. */
function isNewer(a: Backup, b: Backup): boolean {
  const difference = (a.modified ?? 0) - (b.modified ?? 0)
  return difference === 0 ? a.key > b.key : difference > 0
}
