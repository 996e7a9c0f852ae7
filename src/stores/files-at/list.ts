/** The listing of a directory at a vantage, as find gives it: unsorted, a page at a time. */
import { type Key, keyFromLatin1, keyFromText } from '../../lib/key.js'
import { explain, isAbsent, quoteKey } from '../files/errors.js'
import { inRange, intersect, isEmptyRange, type KeyRange, keyRange, prefixRange } from '../range.js'
import type { Entry, Gap, ListOptions, Page } from '../store.js'
import { entryOfFind, entryOfMode } from './entries.js'
import type { Looked } from './look-up.js'
import { matchStated } from './records.js'
import { LIST } from './scripts.js'
import { incomplete, type Root, rootOf, runRecords, type Session } from './session.js'
import { escapedPath, systemError } from './words.js'

export interface ListFrom extends Session {
  /** Escaped. */
  readonly root: string
  readonly symlinks: 'inside' | 'ignore'
  readonly onRoot: (root: Root) => void
  readonly look: (keys: readonly Key[], signal: AbortSignal) => Promise<Looked>
}

const PAGE = 1000

export async function* listAt(from: ListFrom, options: ListOptions): AsyncGenerator<Page, void, void> {
  const range = keyRange(options)
  const { signal } = options
  const prefix = options.prefix ?? keyFromText('')
  const directory = keyFromLatin1(prefix.slice(0, prefix.lastIndexOf('/') + 1))
  const parts = directory.split('/').slice(0, -1)
  if (isEmptyRange(range) || parts.some((part) => part === '' || part === '.' || part === '..')) return
  if (directory.includes('\0')) return
  let said = ''
  let root: Root | undefined
  let names: string[] | undefined
  let code: string | undefined
  let denied = 0
  let entries: Entry[] = []
  let links: Key[] = []
  let gaps: Gap[] = []
  const take = (key: Key, entry: Entry | 'link' | 'directory' | undefined): void => {
    if (entry === 'link') links.push(key)
    else if (entry !== undefined && entry !== 'directory') entries.push(entry)
  }
  const gap = (over: KeyRange, given: Pick<Gap, 'code' | 'reason'>): void => {
    const within = intersect(range, over)
    if (!isEmptyRange(within)) gaps.push({ ...within, ...given })
  }
  const flush = async (): Promise<Page> => {
    if (links.length > 0 && from.symlinks === 'inside') {
      const { seen } = await from.look(links, signal)
      for (const one of seen) if (typeof one === 'object') entries.push(one)
    }
    const page = { entries, gaps }
    entries = []
    links = []
    gaps = []
    return page
  }
  const script = { text: LIST, args: [from.root, escapedPath(directory)], signal }
  for await (const record of runRecords(from, script, (text) => {
    said = text
  })) {
    const rest = record.slice(1)
    if (root === undefined) {
      root = rootOf(from.label, record)
      if (root !== undefined) from.onRoot(root)
      continue
    }
    if (names !== undefined && names.length > 0 && record === '') {
      // The batch is complete; its states come next.
      continue
    }
    if (record.startsWith('./')) {
      names ??= []
      names.push(record)
    } else if (record.startsWith('n')) {
      const [, state = '', name = ''] = /^(\S+ \S+ \S+) (.*)$/s.exec(rest) ?? []
      const key = keyFromLatin1(directory + name)
      if (inRange(key, range)) take(key, entryOfFind(key, state))
    } else if (record.startsWith('t')) {
      const batch = names ?? []
      names = undefined
      for (const [index, stated] of matchStated(rest, batch).entries()) {
        const key = keyFromLatin1(directory + (batch[index] ?? '').slice(2))
        if (stated !== undefined && inRange(key, range)) take(key, entryOfMode(key, stated))
      }
    } else if (record.startsWith('g')) {
      denied++
      const below = rest === '' || rest === '.' ? directory : keyFromLatin1(`${directory}${rest}/`)
      gap(prefixRange(below), { code: 'forbidden', reason: 'permission denied' })
    } else if (record.startsWith('k')) {
      code = '0'
      if (from.symlinks === 'ignore') continue
      const reason = `${quoteKey(keyFromLatin1(rest))} is a link; links to directories are not followed`
      gap(range, { code: 'unreadable', reason })
    } else if (record.startsWith('e')) {
      code = '0'
      const cause = systemError(rest)
      if (isAbsent(cause)) continue
      const { code: why, reason } = explain(cause)
      gap(range, { code: why === 'forbidden' ? 'forbidden' : 'unreadable', reason })
    } else if (record.startsWith('z')) code = rest
    if (entries.length + links.length >= PAGE || gaps.length >= PAGE) yield await flush()
  }
  if (root === undefined || code === undefined) throw incomplete(from.label, said)
  const complaint = complaintOf(said, code, denied)
  if (complaint !== undefined) gap(range, { code: 'unreadable', reason: complaint })
  if (entries.length + links.length + gaps.length > 0) yield await flush()
}

/**
 * What find could not see, beyond directories that are gaps already and names that vanished meanwhile. It names paths in
 * a way that cannot be read back, so all of the listing is in doubt.
 */
function complaintOf(said: string, code: string, denied: number): string | undefined {
  const lines = said.split('\n').filter((line) => line.trim() !== '' && !line.endsWith('No such file or directory'))
  const forbidden = lines.filter((line) => line.endsWith('Permission denied'))
  const others = lines.filter((line) => !line.endsWith('Permission denied'))
  const first = forbidden.length > denied ? lines[0] : others[0]
  if (first !== undefined) return first.slice(0, 300)
  return code === '0' || said.trim() !== '' ? undefined : `find ended with ${code}`
}
