/** Reads the text format of COPY: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". Pure. */
import type { Cell, Row } from './source.js'

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/**
 * Cells of one line, without its newline, one byte in each character. `bytea` tells which columns hold bytea, printed
 * as `\x` and hex (bytea_output = hex); they become the bytes themselves.
 */
export function parseCopyLine(line: string, bytea: readonly boolean[]): Row {
  if (bytea.length === 0) return []
  const cells: Cell[] = line.split('\t')
  // Nearly all lines hold no backslash, and so neither NULL nor an escape nor bytea.
  if (!line.includes('\\')) return cells
  return cells.map((cell, column) => {
    if (cell === null || cell === '\\N') return null
    const text = cell.includes('\\') ? cell.replace(/\\([\s\S])/g, (_, char: string) => ESCAPES[char] ?? char) : cell
    return bytea[column] === true ? bytesOfHex(text) : text
  })
}

/** `\x616263` → `abc`. */
export function bytesOfHex(text: string): string {
  return Buffer.from(text.slice(2), 'hex').toString('latin1')
}
