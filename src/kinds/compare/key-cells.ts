/** Keys of rows: as they are sorted, and as they are told. Pure. */
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { KeyCells } from './hashing.js'

/** One for each list of cells, whatever they hold. */
export function sortKey(cells: KeyCells): Key {
  return keyFromLatin1(
    cells
      .map((cell) => (cell === null ? '\\N' : cell.replaceAll(/[\\\t]/g, (found) => (found === '\t' ? '\\t' : '\\\\'))))
      .join('\t'),
  )
}

export function cellsOf(key: Key): KeyCells {
  return key
    .split('\t')
    .map((cell) => (cell === '\\N' ? null : cell.replaceAll(/\\[t\\]/g, (found) => (found === '\\t' ? '\t' : '\\'))))
}

/** A single value as it is; several, or none, as PostgreSQL writes a row: `(7,"a b",)`. */
export function toldKey(cells: KeyCells): Key {
  const [first] = cells
  if (cells.length === 1 && typeof first === 'string' && !isWritten(first)) return keyFromLatin1(first)
  return keyFromLatin1(`(${cells.map((cell) => (cell === null ? '' : written(cell))).join(',')})`)
}

/** What `toldKey` made it from. */
export function untoldKey(key: Key): KeyCells {
  if (!isWritten(key)) return [key]
  const cells: (string | null)[] = []
  const cell = /"((?:[^"]|"")*)"|([^,"()]*)/y
  cell.lastIndex = 1
  for (;;) {
    const found = cell.exec(key)
    const [, quoted, plain] = found ?? []
    cells.push(quoted === undefined ? plain || null : quoted.replaceAll('""', '"'))
    if (key[cell.lastIndex] !== ',') return cells
    cell.lastIndex++
  }
}

/** Whether the server can be asked for it again: what is no text is not what it would be asked for. */
export function canBeAsked(cells: KeyCells): boolean {
  return cells.every((cell) => cell === null || !keyToText(keyFromLatin1(cell)).includes('\ufffd'))
}

function isWritten(text: string): boolean {
  return text.startsWith('(') && text.endsWith(')')
}

function written(cell: string): string {
  return cell === '' || /[(),"\\\s]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
