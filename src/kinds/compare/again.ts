/** What became of the keys that differed: looked at again in new transactions, and in which columns they differ. */
import { detached, type Key } from '../../lib/key.js'
import { type FirstLook, readDiffering } from './first-look.js'
import { fixesOf } from './fixes.js'
import { columnsOf, lookAgain } from './look-again.js'
import type { Sessions } from './sessions.js'
import type { Differing } from './side-by-side.js'

/** So many keys are looked at again; beyond them findings stand as they were found. */
export const MOST_AGAIN = 10_000
/** Of so many it is told which columns differ. */
const MOST_COLUMNS_OF = 1000

export interface Again {
  /** Of the keys looked at again: how many rows of them differed at first. */
  readonly before: ReadonlyMap<Key, Differing>
  /** How many still do. Keys the server cannot be asked for are not in it. */
  readonly again: ReadonlyMap<Key, Differing | undefined>
  /** Whether there were more keys than were looked at again. */
  readonly more: boolean
  /** Of changed keys, the columns that differ. */
  readonly columns: ReadonlyMap<Key, readonly string[]>
  /** Statements that would mend them, where data may be shown. */
  readonly fixes: ReadonlyMap<Key, string>
}

/** Of a table that is not looked at again. */
export function notAgain({ differing }: FirstLook): Again {
  return { before: new Map(), again: new Map(), more: differing.count > 0, columns: new Map(), fixes: new Map() }
}

export interface AgainOptions {
  readonly most: number
  readonly showData: boolean
  readonly told?: (done: number) => void
}

export async function againOf(
  first: FirstLook,
  sessions: Sessions,
  { most, showData, told }: AgainOptions,
): Promise<Again> {
  const before = await firstKeys(first, most)
  const keys = [...before.keys()]
  const again = await lookAgain(keys, first.hashings, sessions, told ?? (() => undefined))
  const changed = keys.filter((key) => (again.get(key)?.changed ?? 0) > 0).slice(0, MOST_COLUMNS_OF)
  const columns = await columnsOf(changed, first.hashings, sessions)
  const fixes = showData ? await fixesOf(again, columns, first.hashings, sessions) : new Map<Key, string>()
  return { before, again, more: first.differing.count > keys.length, columns, fixes }
}

async function firstKeys({ differing }: FirstLook, most: number): Promise<ReadonlyMap<Key, Differing>> {
  const keys = new Map<Key, Differing>()
  for await (const page of differing.read()) {
    for (const { key, rest } of page) {
      if (keys.size === most) return keys
      keys.set(detached(key), readDiffering(rest))
    }
  }
  return keys
}
