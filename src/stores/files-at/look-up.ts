/**
 * Looks at many keys with one script: those asked for while another look is under way travel together, for each script
 * costs a start there (100 ms with docker, more over ssh).
 */
import type { Key } from '../../lib/key.js'
import { explain, isAbsent } from '../files/errors.js'
import type { Entry } from '../store.js'
import { entryOfLink, entryOfMode } from './entries.js'
import { matchStated, type Stated } from './records.js'
import { LOOK } from './scripts.js'
import { incomplete, keysInput, type Root, rootOf, runRecords, type Session } from './session.js'
import { systemError } from './words.js'

/** `behind`: a link to a directory stands in the way. */
export type Seen = Entry | 'absent' | 'behind' | 'directory'

export interface Looked {
  readonly root: Root
  readonly seen: readonly Seen[]
}

export async function lookAt(
  session: Session,
  root: string,
  symlinks: 'inside' | 'ignore',
  keys: readonly Key[],
  signal: AbortSignal,
): Promise<Looked> {
  let found: Root | undefined
  let states: readonly (Stated | undefined)[] = []
  let at = 0
  let left = 0
  let complete = false
  let said = ''
  const seen: Seen[] = []
  const script = { text: LOOK, args: [root], input: keysInput(keys), signal }
  for await (const record of runRecords(session, script, (text) => {
    said = text
  })) {
    if (found === undefined) found = rootOf(session.label, record)
    else if (left === 0 && record.startsWith('t')) {
      const end = record.indexOf('\n')
      left = Number(record.slice(1, end))
      at = seen.length
      states = matchStated(
        record.slice(end + 1),
        keys.slice(at, at + left).map((key) => `./${key}`),
      )
    } else if (left > 0) {
      left--
      const key = keys[seen.length]
      if (key !== undefined) seen.push(seenOf(key, record, states[seen.length - at], { root: found.real, symlinks }))
    } else if (record === 'z') complete = true
  }
  if (found === undefined || !complete || seen.length !== keys.length) throw incomplete(session.label, said)
  return { root: found, seen }
}

interface Within {
  readonly root: string
  readonly symlinks: 'inside' | 'ignore'
}

function seenOf(key: Key, record: string, stated: Stated | undefined, within: Within): Seen {
  if (record.startsWith('l')) {
    return within.symlinks === 'ignore' ? 'absent' : entryOfLink(key, record.slice(1), within.root)
  }
  if (record === 'b') return 'behind'
  if (record.startsWith('e')) {
    const cause = systemError(record.slice(1))
    return isAbsent(cause) ? 'absent' : { key, unreadable: explain(cause).reason }
  }
  const entry = stated === undefined ? undefined : entryOfMode(key, stated)
  // There a moment ago, and no state of it: it is being replaced.
  if (entry === undefined || entry === 'link') return { key, unreadable: 'changed while it was looked at' }
  return entry
}
