/**
 * Walks on from where others have left off, in the byte order of whole keys, for about so many entries, and gives back
 * what is left. It does not touch the disk: it yields what is to be looked at, and whoever runs it looks, with synchronous
 * calls in a thread (`walkSync`) or with asynchronous ones where they may take long. Only what a `QuickLook` tells, where
 * there is one, is asked for at once.
 */
import { viewOf } from '../../lib/byte-views.js'
import type { BytesPool } from '../../lib/bytes-pool.js'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { createPacking, type PackedPage, type Packing } from '../packed.js'
import { inRange, intersect, isEmptyRange, type KeyRange, prefixRange } from '../range.js'
import type { Entry, Gap } from '../store.js'
import { explain, isAbsent } from './errors.js'
import { createReadStored, type Names, type ReadStored, ScratchError } from './name-runs.js'
import { isDirectoryName, type NameList, nameAt, nameCount, nameList, type Piece, piecesOf, UNTOLD } from './names.js'
import type { QuickLook } from './quick-look.js'

export interface WalkRules {
  readonly range: KeyRange
  /** Whether sizes or times are wanted; else only what a directory does not tell is looked at. */
  readonly looks: boolean
  /** Entries, and directories read, after which it ends. */
  readonly most: number
}

/** What serves one walk after the other. */
export interface WalkMeans {
  readonly quickLook?: QuickLook | undefined
  /** Empty. */
  readonly packing?: Packing
  /** What names are taken from. */
  readonly pool?: BytesPool
  readonly readStored?: ReadStored
}

/** A directory to be read, or a key to be looked at. No answer about a directory: others shall go on from there. */
export type Ask = { readonly directory: Key } | Key
export type Answer = Names | { readonly failed: unknown } | Entry | 'directory' | undefined

export interface Walked {
  readonly page: PackedPage
  readonly rest: readonly Piece[]
  /** Something was not there any more: to be believed only if the root is still the same. */
  readonly vanished: boolean
  /** It ended before a directory that was not answered for. */
  readonly refused: boolean
  /** Of directories gone through to their end, by depth: how many, and what was in them all told. */
  readonly seen: ReadonlyMap<number, readonly [directories: number, work: number]>
}

/** A directory, or part of one, that is being gone through. */
interface Frame {
  /** To go on with when this one is done. */
  readonly below: Frame | undefined
  readonly directory: Key
  /** What it came as; split when its turn comes, if that comes here. */
  readonly piece: Piece | undefined
  names: NameList | undefined
  /** What of the pool the names lie in. */
  taken: NameList | undefined
  view: DataView | undefined
  at: number
  /** Work done before it was entered; undefined where others have begun it. */
  readonly before: number | undefined
}

export function* walkSome(
  pieces: readonly Piece[],
  { range, looks, most }: WalkRules,
  { quickLook, packing: found = createPacking(looks), pool, readStored = createReadStored() }: WalkMeans = {},
): Generator<Ask, Walked, Answer> {
  const seen = new Map<number, [number, number]>()
  /** No array: one that empties is of another sort to the engine, which then throws away what it compiled of this loop. */
  let top: Frame | undefined
  let work = 0
  let vanished = false
  let refused = false
  const take = (answer: Answer, key: Key): void => {
    if (answer === undefined) vanished = true
    else if (answer === 'directory') {
      const reason = 'became a directory while it was listed'
      found.gap({ ...prefixRange(keyFromLatin1(`${key}/`)), code: 'unreadable', reason })
    } else if ('key' in answer) found.add(answer)
  }
  const begin = (all: readonly Piece[]): void => {
    for (const piece of all.toReversed()) {
      top = {
        below: top,
        directory: piece.directory,
        piece,
        names: undefined,
        taken: undefined,
        view: undefined,
        at: 0,
        before: undefined,
      }
    }
  }
  const close = ({ taken }: Frame): void => {
    if (taken !== undefined) pool?.give(taken)
  }
  const enter = (directory: Key, answer: Answer): void => {
    if (typeof answer !== 'object') return
    if ('names' in answer) {
      const { names: taken } = answer
      const names = namesInRange(taken, directory, range)
      top = { below: top, directory, piece: undefined, names, taken, view: undefined, at: 0, before: work }
    } else if ('pieces' in answer) begin(answer.pieces)
    else if ('failed' in answer) {
      // The root must be there; any other directory may go, and one that cannot be read is a gap in its place.
      if (directory === '' || answer.failed instanceof ScratchError) throw answer.failed
      if (isAbsent(answer.failed)) vanished = true
      else found.gap(gapOf(intersect(range, prefixRange(directory)), answer.failed))
    }
  }

  begin(pieces)
  for (let frame = top; frame !== undefined && work < most; frame = top) {
    frame.names ??= namesOf(frame, range, readStored)
    const { directory: within, names, at } = frame
    if (at === nameCount(names)) {
      top = frame.below
      close(frame)
      note(seen, frame, work)
      continue
    }
    frame.at++
    work++
    const start = names.starts[at] as number
    const marked = names.starts[at + 1] as number
    if (isDirectoryName(names.bytes, start, marked)) {
      const directory = keyFromLatin1(within + nameAt(names, at))
      const answer = yield { directory }
      if (answer === undefined) {
        frame.at--
        refused = true
        break
      }
      enter(directory, answer)
      continue
    }
    const isUntold = names.bytes[marked - 1] === UNTOLD
    const end = isUntold ? marked - 1 : marked
    if (!looks && !isUntold) {
      frame.view ??= viewOf(names.bytes)
      found.addBytes(within, frame.view, start, end)
    } else if (quickLook?.isFile(within, names.bytes, start, end, nameCount(names))) {
      frame.view ??= viewOf(names.bytes)
      found.addBytes(within, frame.view, start, end, quickLook.size(), quickLook.modified())
    } else {
      const key = keyFromLatin1(within + withoutMark(nameAt(names, at)))
      take(yield key, key)
    }
  }
  const rest: Piece[] = []
  for (let frame = top; frame !== undefined; frame = frame.below) {
    const { directory, piece, names, at } = frame
    if (names !== undefined) for (const part of piecesOf(directory, names, at, most)) rest.push(part)
    else if (piece !== undefined) rest.push(piece)
    close(frame)
  }
  return { page: found.finish(), rest, vanished, refused, seen }
}

function namesOf(frame: Frame, range: KeyRange, readStored: ReadStored): NameList {
  const { directory, piece } = frame
  if (piece === undefined) return nameList([])
  if (!('file' in piece.names)) return piece.names
  frame.taken = readStored(piece.names)
  return namesInRange(frame.taken, directory, range)
}

function namesInRange(names: NameList, directory: Key, range: KeyRange): NameList {
  if (range.from === '' && range.to === undefined) return names
  const all = prefixRange(directory)
  const within = intersect(range, all)
  if (within.from === all.from && within.to === all.to) return names
  const texts = Array.from({ length: nameCount(names) }, (_, n) => nameAt(names, n))
  return nameList(
    texts.filter((name) => {
      const key = keyFromLatin1(directory + withoutMark(name))
      return name === '' || name.endsWith('/') ? !isEmptyRange(intersect(range, prefixRange(key))) : inRange(key, range)
    }),
  )
}

function withoutMark(name: string): string {
  return name.endsWith('\0') ? name.slice(0, -1) : name
}

function note(seen: Map<number, [number, number]>, { directory, before }: Frame, work: number): void {
  if (before === undefined) return
  const depth = depthOf(directory)
  const known = seen.get(depth)
  if (known === undefined) seen.set(depth, [1, work - before + 1])
  else {
    known[0]++
    known[1] += work - before + 1
  }
}

/** How many directories down: 0 for the root. */
export function depthOf(directory: Key): number {
  let depth = 0
  for (let slash = directory.indexOf('/'); slash >= 0; slash = directory.indexOf('/', slash + 1)) depth++
  return depth
}

export function gapOf({ from, to }: KeyRange, cause: unknown): Gap {
  const { code, reason } = explain(cause)
  return { from, to, code: code === 'forbidden' ? 'forbidden' : 'unreadable', reason }
}
