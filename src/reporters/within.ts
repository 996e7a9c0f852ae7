/** Keeps a report within the bytes its readers take: what is whole goes first, then what is short, and the rest is counted. */

export interface Piece {
  readonly whole: string
  /** What stands in its place where there is no more room. */
  readonly short: string
}

export interface Fitted {
  readonly texts: readonly string[]
  /** How many are there in short. */
  readonly shortened: number
  /** How many are not there at all, the last ones. */
  readonly left: number
}

/** In their order; `bytes` of UTF-8, of which half a per cent stays free for the frame and for what is said of the rest. */
export function within(pieces: readonly Piece[], bytes: number): Fitted {
  const room = Math.floor(bytes * 0.995)
  // In short all have a place first: to be named matters more than to be told at length.
  const short = pieces.map((piece) => Buffer.byteLength(piece.short))
  let used = 0
  let fitting = 0
  for (const size of short) {
    if (used + size > room) break
    used += size
    fitting++
  }
  let shortened = 0
  const texts = pieces.slice(0, fitting).map(({ whole, short: brief }, index) => {
    const more = Buffer.byteLength(whole) - (short[index] ?? 0)
    if (used + more <= room) {
      used += more
      return whole
    }
    shortened++
    return brief
  })
  return { texts, shortened, left: pieces.length - fitting }
}
