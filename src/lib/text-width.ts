/**
 * Columns a text takes on a terminal, and cutting to columns. For escaped text: no controls, no joiners, so every
 * code point stands for itself and no grapheme segmentation is needed.
 */

// East Asian Wide and Fullwidth blocks (UAX #11), in code points.
const WIDE = new RegExp(
  '[\\u1100-\\u115f\\u2e80-\\u303e\\u3041-\\u33ff\\u3400-\\u4dbf\\u4e00-\\u9fff\\ua000-\\ua4cf\\ua960-\\ua97f\\uac00-\\ud7a3' +
    '\\uf900-\\ufaff\\ufe10-\\ufe19\\ufe30-\\ufe6f\\uff01-\\uff60\\uffe0-\\uffe6\\u{16fe0}-\\u{18dff}\\u{1b000}-\\u{1b2ff}' +
    '\\u{1f200}-\\u{1f2ff}\\u{20000}-\\u{3fffd}\\p{Emoji_Presentation}]',
  'u',
)
const ZERO = /[\p{Mn}\p{Me}\u1160-\u11ff]/u
const ASCII = /^[\x20-\x7e]*$/

export function displayWidth(text: string): number {
  if (ASCII.test(text)) return text.length
  let width = 0
  for (const character of text) width += characterWidth(character)
  return width
}

export function padEnd(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - displayWidth(text)))
}

export function padStart(text: string, width: number): string {
  return ' '.repeat(Math.max(0, width - displayWidth(text))) + text
}

/** At most `width` columns, the end cut off. */
export function truncateEnd(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  const room = width - displayWidth(ellipsis)
  return room < 0 ? takeColumns(text, width) : takeColumns(text, room) + ellipsis
}

/** At most `width` columns, the middle cut out: of a path both the top folder and the file name say something. */
export function truncateMiddle(text: string, width: number, ellipsis = '…'): string {
  if (displayWidth(text) <= width) return text
  const room = width - displayWidth(ellipsis)
  if (room < 2) return truncateEnd(text, width, ellipsis)
  const tail = Math.ceil(room / 2)
  return takeColumns(text, room - tail) + ellipsis + takeColumnsFromEnd(text, tail)
}

/** The longest beginning that takes at most `width` columns. */
export function takeColumns(text: string, width: number): string {
  if (ASCII.test(text)) return text.slice(0, Math.max(0, width))
  let taken = ''
  let used = 0
  for (const character of text) {
    used += characterWidth(character)
    if (used > width) break
    taken += character
  }
  return taken
}

/** Cut into pieces of at most `width` columns, each of at least one character. Nothing is lost. */
export function splitColumns(text: string, width: number): string[] {
  const pieces: string[] = []
  let piece = ''
  let used = 0
  for (const character of text) {
    const columns = characterWidth(character)
    if (piece !== '' && used + columns > width) {
      pieces.push(piece)
      piece = ''
      used = 0
    }
    piece += character
    used += columns
  }
  return piece === '' ? pieces : [...pieces, piece]
}

function takeColumnsFromEnd(text: string, width: number): string {
  const characters = [...text]
  let used = 0
  let from = characters.length
  while (from > 0) {
    used += characterWidth(characters[from - 1] ?? '')
    if (used > width) break
    from--
  }
  return characters.slice(from).join('')
}

function characterWidth(character: string): 0 | 1 | 2 {
  if (ZERO.test(character)) return 0
  return WIDE.test(character) ? 2 : 1
}
