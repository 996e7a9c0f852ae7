/** Reads the text format of COPY: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". Pure. */
import type { Cell, Row } from './source.js'

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

export interface CopyReader {
  /**
   * Rows of contents of CopyData that lie beside each other in `text`, as `TakeCopyData` has them. A row may be cut
   * anywhere; its beginning is kept for the next call. Cells are cut from `text` and keep it alive.
   */
  readonly read: (text: string, spans: Uint32Array, count: number) => readonly Row[]
}

/**
 * One byte in each character. `bytea` tells which columns hold bytea, printed as `\x` and hex (bytea_output = hex);
 * they become the bytes themselves.
 */
export function createCopyReader(bytea: readonly boolean[]): CopyReader {
  const columns = bytea.length
  let begun = ''
  return {
    read: (text, spans, count) => {
      const rows: Row[] = new Array(count)
      let found = 0
      let backslash = text.indexOf('\\')
      for (let index = 0; index < count; index++) {
        const start = spans[2 * index] as number
        const end = spans[2 * index + 1] as number
        while (backslash !== -1 && backslash < start) backslash = text.indexOf('\\', start)
        const isPlain = backslash === -1 || backslash >= end
        // A message is one row today; the protocol allows any cut.
        if (isPlain && begun === '' && text.indexOf('\n', start) === end - 1) {
          rows[found++] = plainRow(text, start, end - 1, columns)
          continue
        }
        const lines = (begun + text.slice(start, end)).split('\n')
        begun = lines.pop() ?? ''
        for (const line of lines) rows[found++] = parseLine(line, bytea)
      }
      rows.length = found
      return rows
    },
  }
}

/** Without a backslash there is no NULL, no escape and no bytea. */
function plainRow(text: string, start: number, end: number, columns: number): Row {
  if (columns === 0) return []
  if (columns === 1) return [text.slice(start, end)]
  const cells: string[] = []
  let from = start
  for (let column = 1; column < columns; column++) {
    const tab = text.indexOf('\t', from)
    cells.push(text.slice(from, tab))
    from = tab + 1
  }
  cells.push(text.slice(from, end))
  return cells
}

function parseLine(line: string, bytea: readonly boolean[]): Row {
  if (bytea.length === 0) return []
  const cells: Cell[] = line.split('\t')
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
