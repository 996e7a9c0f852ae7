/**
 * Lists a directory tree in the byte order of whole keys, the order S3 lists in. Memory: the names of the directories
 * on the way down, and one page of entries. Everything that touches the disk is asynchronous, so that a mount that
 * hangs does not hang the program (and on a local disk no slower than synchronous calls).
 */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { orAborted } from '../abort.js'
import { inRange, intersect, isEmptyRange, type KeyRange, prefixRange } from '../range.js'
import type { Entry, Gap, Page } from '../store.js'
import { explain, isAbsent, quoteKey } from './errors.js'
import { assertSameRoot, look, lstatOf, pathOf, type Root } from './look.js'
import { readNames } from './names.js'

interface WalkOptions {
  readonly prefix: Key
  readonly range: KeyRange
  /** Calls under way at once. */
  readonly limit: number
  readonly signal: AbortSignal
}

interface Level {
  /** With its slash; empty for the root. */
  readonly directory: Key
  readonly names: readonly string[]
  at: number
}

const PAGE = 1000

export async function* walk(root: Root, options: WalkOptions): AsyncGenerator<Page, void, void> {
  const { range, limit, signal } = options
  if (isEmptyRange(range)) return
  let keys: Key[] = []
  let gaps: Gap[] = []
  const path: Level[] = []
  const enter = async (directory: Key): Promise<void> => {
    const within = intersect(range, prefixRange(directory))
    if (isEmptyRange(within)) return
    try {
      path.push({
        directory,
        names: await orAborted(readNames(pathOf(root, keyFromLatin1(directory.slice(0, -1))), signal), signal),
        at: 0,
      })
    } catch (cause) {
      if (directory === '') throw cause
      if (!isAbsent(cause)) gaps.push(gapOf(within, cause))
      else await assertSameRoot(root)
    }
  }
  const flush = async (): Promise<Page> => {
    const page = await lookAtAll(root, keys, limit, signal)
    const found = { entries: page.entries, gaps: [...gaps, ...page.gaps] }
    keys = []
    gaps = []
    return found
  }

  const start = await descend(root, options)
  if (typeof start === 'string') await enter(start)
  else gaps.push(...start)
  for (let level = path.at(-1); level !== undefined; level = path.at(-1)) {
    signal.throwIfAborted()
    const name = level.names[level.at++]
    if (name === undefined) {
      path.pop()
      continue
    }
    const key = keyFromLatin1(level.directory + name)
    if (range.to !== undefined && key >= range.to) break
    if (name.endsWith('/')) await enter(key)
    else if (inRange(key, range) && keys.push(key) >= PAGE) yield await flush()
  }
  if (keys.length > 0 || gaps.length > 0) yield await flush()
}

/** The deepest directory the prefix names, where it can be reached without following a link; else what that leaves out. */
async function descend(root: Root, { prefix, range }: WalkOptions): Promise<Key | readonly Gap[]> {
  const end = prefix.lastIndexOf('/') + 1
  for (let slash = prefix.indexOf('/'); slash >= 0 && slash < end; slash = prefix.indexOf('/', slash + 1)) {
    const directory = keyFromLatin1(prefix.slice(0, slash))
    const name = directory.slice(directory.lastIndexOf('/') + 1)
    if (name === '' || name === '.' || name === '..' || name.includes('\0')) return []
    try {
      const stats = await lstatOf(pathOf(root, directory))
      if (stats.isSymbolicLink() && root.symlinks === 'inside') {
        return [
          {
            ...range,
            code: 'unreadable',
            reason: `${quoteKey(directory)} is a link; links to directories are not followed`,
          },
        ]
      }
      if (!stats.isDirectory()) return []
    } catch (cause) {
      return isAbsent(cause) ? [] : [gapOf(range, cause)]
    }
  }
  return keyFromLatin1(prefix.slice(0, end))
}

/** Looks at the keys, `limit` at once; what vanished since its directory was read is left out. */
async function lookAtAll(
  root: Root,
  keys: readonly Key[],
  limit: number,
  signal: AbortSignal,
): Promise<{ readonly entries: readonly Entry[]; readonly gaps: readonly Gap[] }> {
  const found: (Entry | undefined)[] = new Array(keys.length)
  const gaps: Gap[] = []
  let next = 0
  const one = async (): Promise<void> => {
    for (let index = next++; index < keys.length; index = next++) {
      signal.throwIfAborted()
      const key = keys[index] as Key
      const entry = await look(root, key)
      if (entry !== 'directory') found[index] = entry
      else {
        const reason = 'became a directory while it was listed'
        gaps.push({ ...prefixRange(keyFromLatin1(`${key}/`)), code: 'unreadable', reason })
      }
    }
  }
  await orAborted(Promise.all(Array.from({ length: Math.min(limit, keys.length) }, one)), signal)
  const entries = found.filter((entry) => entry !== undefined)
  if (entries.length < keys.length) await assertSameRoot(root)
  return { entries, gaps }
}

function gapOf({ from, to }: KeyRange, cause: unknown): Gap {
  const { code, reason } = explain(cause)
  return { from, to, code: code === 'forbidden' ? 'forbidden' : 'unreadable', reason }
}
