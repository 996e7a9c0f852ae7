/** Names that the table of contents must have, crossed off as they are seen. Pure. */
import { compileGlobs } from '../../compare/globs.js'
import { keyFromText } from '../../lib/key.js'

export interface Wanted {
  readonly see: (names: readonly string[]) => void
  readonly left: () => readonly string[]
}

export function createWanted(contains: readonly string[]): Wanted {
  const left = new Map(contains.map((glob) => [glob, compileGlobs([glob])]))
  return {
    see: (names) => {
      if (left.size === 0) return
      for (const [glob, matches] of left) {
        // A name may hold what is special in a glob: a function's is f(integer).
        if (names.some((name) => name === glob || matches(keyFromText(name)))) left.delete(glob)
      }
    },
    left: () => [...left.keys()],
  }
}
