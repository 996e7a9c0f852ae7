/** Reads the text format of COPY: https://www.postgresql.org/docs/current/sql-copy.html, "Text Format". Pure. */
import type { TakeCopyData } from './copy-tap.js'
import type { Cell, Row } from './source.js'

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }

/** What `TakeCopyData` has, of which every piece is one row or more, none of them cut. */
export interface CopyLines {
  readonly bytes: Buffer
  readonly spans: Uint32Array
  readonly count: number
}

const NEWLINE = 0x0a
const BACKSLASH = 0x5c

/** A piece is one row today; the protocol allows any cut. The beginning of a row is kept for the next call. */
export function createLineKeeper(): (...pieces: Parameters<TakeCopyData>) => CopyLines {
  let begun: readonly Buffer[] = []
  return (bytes, spans, count) => {
    let isWhole = begun.length === 0
    for (let index = 0; index < count && isWhole; index++) {
      isWhole = bytes[(spans[2 * index + 1] as number) - 1] === NEWLINE
    }
    if (isWhole) return { bytes, spans: spans.slice(0, 2 * count), count }
    const pieces = Array.from({ length: count }, (_, index) => bytes.subarray(spans[2 * index], spans[2 * index + 1]))
    const last = pieces.findLastIndex((piece) => piece.includes(NEWLINE))
    if (last === -1) {
      begun = [...begun, ...pieces]
      return { bytes, spans: new Uint32Array(), count: 0 }
    }
    const joined = Buffer.concat([...begun, ...pieces])
    const end = joined.lastIndexOf(NEWLINE) + 1
    begun = end === joined.length ? [] : [joined.subarray(end)]
    return { bytes: joined, spans: Uint32Array.of(0, end), count: 1 }
  }
}

/**
 * Cells of one byte in each character, cut from a text they keep alive. `bytea` tells which columns hold bytea, printed as
 * `\x` and hex (bytea_output = hex); they become the bytes themselves.
 */
export function rowsOf({ bytes, spans, count }: CopyLines, bytea: readonly boolean[]): readonly Row[] {
  const columns = bytea.length
  const text = bytes.toString('latin1')
  const rows: Row[] = []
  // Among the bytes, where a search that finds nothing is twenty times as fast as in a string.
  let backslash = bytes.indexOf(BACKSLASH)
  for (let index = 0; index < count; index++) {
    const start = spans[2 * index] as number
    const end = spans[2 * index + 1] as number
    while (backslash !== -1 && backslash < start) backslash = bytes.indexOf(BACKSLASH, start)
    const isPlain = backslash === -1 || backslash >= end
    if (isPlain && text.indexOf('\n', start) === end - 1) rows.push(plainRow(text, start, end - 1, columns))
    else addLines(rows, text.slice(start, end), bytea)
  }
  return rows
}

/** The rows of one piece. */
export function rowsOfPiece({ bytes, spans }: CopyLines, index: number, bytea: readonly boolean[]): readonly Row[] {
  const rows: Row[] = []
  addLines(rows, bytes.toString('latin1', spans[2 * index], spans[2 * index + 1]), bytea)
  return rows
}

function addLines(rows: Row[], text: string, bytea: readonly boolean[]): void {
  const lines = text.split('\n')
  // Behind the last newline is nothing.
  lines.pop()
  for (const line of lines) rows.push(parseLine(line, bytea))
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
