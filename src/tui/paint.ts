/**
 * From a frame as it is written to what the terminal is sent: rows at fixed places, and of them only those that changed. So nothing
 * scrolls or flickers, no history is erased, and no text, whatever it holds, can move the cursor. Pure.
 */

/** Control sequences but colours. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: an escape sequence begins with a control character
const MOVES = /\x1b\[[0-9;?]*[@-ln-~]/g
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what must not pass
const CONTROLS = /\x1b(?!\[[0-9;:]*m)|[\x00-\x09\x0b-\x1a\x1c-\x1f\x7f-\x9f]/g

/** The rows of a frame; undefined where nothing but the cursor was moved, hidden or shown. */
export function rowsOf(written: string): readonly string[] | undefined {
  const text = written.replace(MOVES, '').replace(CONTROLS, '')
  if (text === '') return undefined
  return (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n')
}

// Synchronised output (DEC 2026): a terminal that knows it shows all of it at once, others ignore it.
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'

/** What makes `before`, the rows that are shown, into `rows`; empty where nothing has changed. `height`: of the terminal. */
export function changes(before: readonly string[], rows: readonly string[], height: number): string {
  const last = Math.min(Math.max(before.length, rows.length), height)
  let text = ''
  for (let row = 0; row < last; row++) {
    const now = rows[row] ?? ''
    // Erased first: at the end of a full row the cursor stands on its last character.
    if (now !== (before[row] ?? '')) text += `\x1b[${row + 1};1H\x1b[0m\x1b[2K${now}`
  }
  return text === '' ? '' : `${BEGIN}${text}\x1b[0m${END}`
}

/** All of it, on a screen of which nothing is known. */
export function repaint(rows: readonly string[], height: number): string {
  return `${BEGIN}\x1b[0m\x1b[2J${changes([], rows, height)}${END}`
}
