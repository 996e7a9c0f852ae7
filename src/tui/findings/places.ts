/** Where the lines of findings lie in their file: sixteen bytes each, in pieces, so that growing copies nothing. */

export interface Places {
  readonly count: () => number
  readonly add: (offset: number, length: number, shelf: number) => void
  readonly offsetOf: (number: number) => number
  /** Bytes of the line without its end. */
  readonly lengthOf: (number: number) => number
  readonly shelfOf: (number: number) => number
}

interface Piece {
  readonly offsets: Float64Array
  readonly lengths: Uint32Array
  readonly shelves: Uint32Array
}

const BITS = 16
const SIZE = 1 << BITS
const MASK = SIZE - 1

export function createPlaces(): Places {
  const pieces: Piece[] = []
  let count = 0
  const pieceOf = (number: number): Piece => pieces[number >>> BITS] as Piece
  return {
    count: () => count,
    add: (offset, length, shelf) => {
      if ((count & MASK) === 0)
        pieces.push({
          offsets: new Float64Array(SIZE),
          lengths: new Uint32Array(SIZE),
          shelves: new Uint32Array(SIZE),
        })
      const { offsets, lengths, shelves } = pieceOf(count)
      const at = count & MASK
      offsets[at] = offset
      lengths[at] = length
      shelves[at] = shelf
      count++
    },
    offsetOf: (number) => pieceOf(number).offsets[number & MASK] as number,
    lengthOf: (number) => pieceOf(number).lengths[number & MASK] as number,
    shelfOf: (number) => pieceOf(number).shelves[number & MASK] as number,
  }
}
