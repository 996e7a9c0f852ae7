/**
 * Lists a directory tree in the byte order of whole keys, the order S3 lists in. What is still to be walked is kept as a
 * list in that order (`pending.ts`); its beginning is walked here, and where there is more, pieces of it by a crew
 * (`crew.ts`) that works ahead of the reader, as far as memory is to hold. A page stands until the next is asked for.
 */
import { setImmediate } from 'node:timers/promises'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { spoolError } from '../../lib/spool-run.js'
import { orAborted } from '../abort.js'
import { EMPTY_PAGE, type PackedPage } from '../packed.js'
import { isEmptyRange, type KeyRange } from '../range.js'
import type { Gap, Want } from '../store.js'
import { createCallCrew } from './calls.js'
import { isAbsent, quoteKey } from './errors.js'
import { loadLibc } from './libc.js'
import { assertSameRoot, lstatOf, pathOf, type Root } from './look.js'
import { ScratchError } from './name-runs.js'
import { createPending } from './pending.js'
import { type SyncCalls, syncCalls, type WalkPlace, walkSync } from './run-sync.js'
import { createThreadCrew } from './threads.js'
import { gapOf, type Walked } from './walk-some.js'

export interface WalkOptions {
  readonly prefix: Key
  readonly range: KeyRange
  readonly want: Want
  /** Threads for a disk of this machine; calls under way at once where each of them may take long. */
  readonly by: 'threads' | 'calls'
  /** How many of them. */
  readonly limit: number
  /** A directory of our own for names that memory should not hold. */
  readonly scratch: string | undefined
  /** False: only Node's own calls. Otherwise those of the C library, for `threads` and where that can be. */
  readonly libc?: boolean | undefined
  /** No more work than this is done here, without threads. */
  readonly few?: number
  readonly signal: AbortSignal
}

/** What is no more work than this (an entry, or a directory read) is walked here: it is done before threads have started. */
const FEW = 25_000
/** Entries walked here at a time, some 10 ms, and the most that a directory may take for its names, some 16,000 of them. */
const HERE = { most: 2000, mostBytes: 640 * 1024 } as const
/** Walked first, to see what kind of tree it is. */
const FIRST = 400
/** Until so many steps are taken here, what lies in directories not yet read is a guess, and no reason to start threads. */
const STEPS = 2
/** Directories among those entries from which on there are likely to be many. */
const MANY_DIRECTORIES = 50
/** Work given away at a time: for a thread some 20 ms of it, for calls that take long as little as fills a few round trips. */
const PIECE = { threads: 4096, calls: 64 } as const
/** Bytes of pages walked and not yet read. */
const MOST_HELD = 8 * 1024 * 1024

export async function* walk(root: Root, options: WalkOptions): AsyncGenerator<PackedPage, void, void> {
  const { range, want, by, limit, scratch, libc = true, few = FEW, signal } = options
  if (isEmptyRange(range)) return
  const start = await orAborted(descend(root, options), signal)
  if (typeof start !== 'string') {
    if (start.length > 0) yield { ...EMPTY_PAGE, gaps: start }
    return
  }
  const rules = { range, looks: want.size || want.modified, most: PIECE[by] }
  const place: WalkPlace = { root, scratch, rules }
  const pending = createPending(start, rules.most)
  const crew = by === 'threads' ? createThreadCrew(place, limit, libc) : createCallCrew(place, limit)
  let wake: () => void = () => undefined
  const hire = (): void => {
    // The first stretch is what the reader waits for, however much is held.
    while (crew.room() > 0 && (pending.held() < MOST_HELD || pending.first()?.state === 'pending')) {
      const taken = pending.take()
      if (taken === undefined) return
      crew.give(taken.pieces, (outcome) => {
        pending.put(taken.at, outcome)
        hire()
        wake()
      })
    }
  }
  let alone = by === 'threads' && few > 0
  let steps = 0
  let done = 0
  // To load what calls the C library takes some 10 ms, which the names of few directories do not repay.
  let repays = rules.looks
  let calls: SyncCalls | undefined
  const walkHere = (): void => {
    const taken = pending.take()
    if (taken === undefined) return
    const { mostBytes } = HERE
    const most = steps === 0 ? FIRST : HERE.most
    calls ??= syncCalls(libc && repays ? loadLibc() : undefined, place)
    const found = walkSync(taken.pieces, { ...place, rules: { ...rules, most } }, calls, mostBytes)
    const directories = directoriesOf(found)
    if (!repays && directories >= MANY_DIRECTORIES) {
      repays = true
      calls = undefined
    }
    pending.put(taken.at, { walked: found })
    steps++
    done += found.page.ends.length + directories
    alone = !found.refused && (steps < STEPS || done + pending.ahead() <= few)
  }
  try {
    if (alone) walkHere()
    if (!alone) hire()
    for (let next = pending.first(); next !== undefined; next = pending.first()) {
      signal.throwIfAborted()
      if (next.state === 'walked') {
        pending.shift()
        const { page, vanished } = next.walked
        if (vanished) await orAborted(assertSameRoot(root), signal)
        if (page.ends.length > 0 || page.gaps.length > 0) yield page
        if (!alone) {
          if (page.ends.length > 0) crew.reuse(page)
          crew.poll()
          hire()
        }
      } else if (next.state === 'failed') {
        throw next.failed instanceof ScratchError ? spoolError(`${scratch}/names`, next.failed) : next.failed
      } else if (alone) {
        // What else this process has to do is not kept waiting longer than one step takes.
        await setImmediate()
        walkHere()
        if (!alone) hire()
      } else {
        const more = new Promise<void>((resolve) => {
          wake = resolve
        })
        await orAborted(more, signal)
      }
    }
    // What was read of an empty directory in its place would be short, too.
    await orAborted(assertSameRoot(root), signal)
  } finally {
    await crew.close()
  }
}

function directoriesOf({ seen }: Walked): number {
  let all = 0
  for (const [directories] of seen.values()) all += directories
  return all
}

/** The deepest directory the prefix names, where it can be reached without following a link; else what that leaves out. */
async function descend(
  root: Root,
  { prefix, range }: Pick<WalkOptions, 'prefix' | 'range'>,
): Promise<Key | readonly Gap[]> {
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
