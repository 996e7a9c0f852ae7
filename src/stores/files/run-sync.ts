/** Runs a walk with synchronous calls. */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { lookSync, pathOf, type Root } from './look.js'
import type { Piece } from './names.js'
import { readDirectorySync } from './read-directory.js'
import { type Answer, type Walked, type WalkRules, walkSome } from './walk-some.js'

export interface WalkPlace {
  readonly root: Root
  readonly rules: WalkRules
  /** Where names beyond what memory should hold are kept. */
  readonly scratch: string | undefined
  /** A directory whose own size, which tells how many names it has, is above this ends the walk before it. */
  readonly mostBytes: number
}

/** Errors of the root directory itself, and ScratchErrors, are thrown. */
export function walkSync(pieces: readonly Piece[], { root, rules, scratch, mostBytes }: WalkPlace): Walked {
  const walk = walkSome(pieces, rules)
  let next = walk.next()
  while (!next.done) {
    const ask = next.value
    const answer =
      typeof ask === 'string' ? lookSync(root, ask) : read(root, { ...ask, size: rules.most, scratch, mostBytes })
    next = walk.next(answer)
  }
  return next.value
}

function read(root: Root, options: Parameters<typeof readDirectorySync>[1]): Answer {
  try {
    return readDirectorySync(directoryPath(root, options.directory), options)
  } catch (failed) {
    return { failed }
  }
}

export function directoryPath(root: Root, directory: Key): Key {
  return pathOf(root, keyFromLatin1(directory.slice(0, -1)))
}
