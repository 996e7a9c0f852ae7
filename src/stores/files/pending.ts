/** What is still to be walked, what is being walked and what has been, in the order of its keys. Pure. */
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { packedBytes } from '../packed.js'
import { nameList, type Piece } from './names.js'
import { depthOf, type Walked } from './walk-some.js'

/** One stretch of the listing. */
export type Stretch =
  | { readonly state: 'pending'; readonly pieces: Piece[] }
  | { readonly state: 'under way' }
  | { readonly state: 'walked'; readonly walked: Walked }
  | { readonly state: 'failed'; readonly failed: unknown }

export interface Pending {
  /** The first stretch; undefined when all is read. */
  readonly first: () => Stretch | undefined
  /** Takes off the first, which has been walked. */
  readonly shift: () => void
  /** Takes about so much work from the first that is pending, and marks its place. */
  readonly take: () => { readonly pieces: readonly Piece[]; readonly at: Stretch } | undefined
  /** Puts what came of it in its place. */
  readonly put: (at: Stretch, outcome: { readonly walked: Walked } | { readonly failed: unknown }) => void
  /** About so much work is left that nobody has begun. */
  readonly ahead: () => number
  /** Bytes of pages ready to be read. */
  readonly held: () => number
}

const BRANCHES = 3

/** `most`: work that is given away at a time. */
export function createPending(start: Key, most: number): Pending {
  const directory = keyFromLatin1('')
  const whole: Piece = { directory, names: nameList([start]), count: 1, directories: 1 }
  const stretches: Stretch[] = [{ state: 'pending', pieces: [whole] }]
  /** By depth: directories seen to their end, and the work in them. */
  const seen = new Map<number, [number, number]>()
  let held = 0

  /** Of a depth not seen yet, some times what is in a directory further down. */
  const expected = (depth: number): number => {
    const below = [...seen.keys()].filter((one) => one >= depth)
    const nearest = Math.min(...below)
    const known = seen.get(nearest)
    return known === undefined ? most : (known[1] / known[0]) * BRANCHES ** (nearest - depth)
  }
  const estimate = ({ directory: within, count, directories }: Piece): number => {
    if (directories === 0) return count
    return count - directories + directories * expected(depthOf(within) + 1)
  }
  return {
    first: () => stretches[0],
    shift: () => {
      const first = stretches.shift()
      if (first?.state === 'walked') held -= packedBytes(first.walked.page)
    },
    take: () => {
      const index = stretches.findIndex(({ state }) => state === 'pending')
      const pieces: Piece[] = []
      let work = 0
      for (let next = stretches[index]; next?.state === 'pending' && work < most; next = stretches[index]) {
        const [piece] = next.pieces
        const more = piece === undefined ? 0 : estimate(piece)
        if (pieces.length > 0 && work + more > 1.5 * most) break
        if (piece !== undefined) pieces.push(piece)
        work += more
        next.pieces.shift()
        if (next.pieces.length === 0) stretches.splice(index, 1)
      }
      if (pieces.length === 0) return undefined
      const at: Stretch = { state: 'under way' }
      stretches.splice(index, 0, at)
      return { pieces, at }
    },
    put: (at, outcome) => {
      const index = stretches.indexOf(at)
      if ('failed' in outcome) {
        stretches.splice(index, 1, { state: 'failed', ...outcome })
        return
      }
      const { walked } = outcome
      for (const [depth, [directories, work]] of walked.seen) {
        const known = seen.get(depth) ?? [0, 0]
        seen.set(depth, [known[0] + directories, known[1] + work])
      }
      const rest: Stretch[] = walked.rest.length === 0 ? [] : [{ state: 'pending', pieces: [...walked.rest] }]
      stretches.splice(index, 1, { state: 'walked', walked }, ...rest)
      held += packedBytes(walked.page)
    },
    ahead: () =>
      stretches
        .flatMap((stretch) => (stretch.state === 'pending' ? stretch.pieces : []))
        .reduce((sum, piece) => sum + estimate(piece), 0),
    held: () => held,
  }
}
