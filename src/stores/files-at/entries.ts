/** From what a script says of a name to the entry, in the same words as the store that looks itself. */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { explain, isAbsent } from '../files/errors.js'
import type { Entry } from '../store.js'
import { parseStated, type Stated } from './records.js'
import { systemError } from './words.js'

const FORMAT = 0o170000
const TYPES: ReadonlyMap<number, string> = new Map([
  [0o140000, 'a socket'],
  [0o010000, 'a named pipe'],
  [0o060000, 'a device'],
  [0o020000, 'a device'],
])
/** Letters of `find -printf %y`. */
const LETTERS: Readonly<Record<string, string>> = { s: 'a socket', p: 'a named pipe', b: 'a device', c: 'a device' }

export function entryOfMode(key: Key, { mode, size, modified }: Stated): Entry | 'directory' | 'link' {
  const type = mode & FORMAT
  if (type === 0o100000) return { key, size, modified }
  if (type === 0o040000) return 'directory'
  if (type === 0o120000) return 'link'
  return { key, modified, unreadable: TYPES.get(type) ?? 'not a regular file' }
}

/** `<type> <size> <seconds with a fraction>` of find. */
export function entryOfFind(key: Key, state: string): Entry | 'link' {
  const [letter = '', size, time] = state.split(' ')
  const modified = Math.floor(Number(time) * 1000)
  if (letter === 'f') return { key, size: Number(size), modified }
  if (letter === 'l') return 'link'
  return { key, modified, unreadable: LETTERS[letter] ?? 'not a regular file' }
}

/** `text`: state of what the link leads to, or why there is none, then its path. `root`: real path of the root. */
export function entryOfLink(key: Key, text: string, root: string): Entry {
  const end = text.indexOf('\n')
  const state = text.slice(0, end)
  const target = text.slice(end + 1).replace(/\n$/, '')
  const stated = parseStated(state)
  if (stated === undefined) {
    const cause = systemError(state.slice(state.lastIndexOf(': ') + 2))
    return { key, unreadable: isAbsent(cause) ? 'a broken link' : `a link: ${explain(cause).reason}` }
  }
  if (!target.startsWith(root === '/' ? '/' : `${root}/`)) return { key, unreadable: 'a link that leaves the root' }
  const found = entryOfMode(keyFromLatin1(key), stated)
  if (found === 'directory') return { key, unreadable: 'a link to a directory' }
  return found === 'link' ? { key, unreadable: 'a broken link' } : found
}
