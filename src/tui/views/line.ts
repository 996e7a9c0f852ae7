/** Lines of the screen, made of pieces that are cut to the room there is before they are coloured. Pure. */
import { formatNumber } from '../../lib/text.js'
import { displayWidth, padEnd, padStart, truncateEnd, truncateMiddle } from '../../lib/text-width.js'
import type { Style } from '../../reporters/style.js'

export type Paint = (text: string) => string

/** Escaped text and its colour. */
export interface Piece {
  readonly text: string
  readonly paint?: Paint | undefined
}

/** Pieces one after another, at most `width` columns of them. */
export function line(pieces: readonly Piece[], width: number, { ellipsis }: Pick<Style, 'ellipsis'>): string {
  let room = width
  let painted = ''
  for (const { text, paint } of pieces) {
    if (text === '') continue
    const columns = displayWidth(text)
    const shown = columns <= room ? text : truncateEnd(text, room, ellipsis)
    if (shown !== '') painted += paint === undefined ? shown : paint(shown)
    if (columns > room) return painted
    room -= columns
  }
  return painted
}

/** Pieces at both ends of a line; where there is no room for both the right ones go. */
export function apart(left: readonly Piece[], right: readonly Piece[], width: number, style: Style): string {
  const taken = columnsOf(left)
  const wanted = columnsOf(right)
  if (wanted === 0 || taken + 2 + wanted > width) return line(left, width, style)
  return line([...left, { text: ' '.repeat(width - taken - wanted) }, ...right], width, style)
}

export function columnsOf(pieces: readonly Piece[]): number {
  return pieces.reduce((sum, { text }) => sum + displayWidth(text), 0)
}

/** A text that takes exactly `width` columns. */
export function cell(
  text: string,
  width: number,
  style: Style,
  { cut = 'end', align = 'left' }: { readonly cut?: 'end' | 'middle'; readonly align?: 'left' | 'right' } = {},
): string {
  const fit = cut === 'end' ? truncateEnd(text, width, style.ellipsis) : truncateMiddle(text, width, style.ellipsis)
  return align === 'left' ? padEnd(fit, width) : padStart(fit, width)
}

/** Far more than a line holds: of a longer text only both ends are looked at, for a frame must not take long. */
const MOST = 2000

/** Text from outside as one line, of which both ends are kept. */
export function shown(text: string, style: Style): string {
  return style.text(text.length <= 2 * MOST ? text : `${text.slice(0, MOST)}${text.slice(-MOST)}`)
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that Style writes
const PIECES = /\x1b\[[0-9;]*m|[^\x1b]+/g

/** A painted line of at most `width` columns, its colours ended. */
export function cutPainted(painted: string, width: number, { ellipsis }: Pick<Style, 'ellipsis'>): string {
  let room = width
  let cut = ''
  for (const [piece] of painted.matchAll(PIECES)) {
    if (piece.startsWith('\x1b')) cut += piece
    else if (room > 0) {
      const columns = displayWidth(piece)
      cut += columns <= room ? piece : truncateEnd(piece, room, ellipsis)
      room = columns <= room ? room - columns : 0
    }
  }
  return cut
}

/** Where the cursor is in a list that does not fit: `3 of 9`. */
export function placeOf(cursor: number, length: number, rows: number): string {
  return length <= rows ? '' : `${formatNumber(cursor + 1)} of ${formatNumber(length)}`
}
