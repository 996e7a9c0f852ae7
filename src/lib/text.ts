/** Words and numbers for people: line breaking, plurals, thousands. Escaping is `text-escape.ts`, columns `text-width.ts`. */
import { displayWidth, splitColumns, takeColumns } from './text-width.js'

/** 1234567 → 1,234,567, digits kept exactly; a string of digits (an exact number) as well. */
export function formatNumber(value: number | bigint | string): string {
  return String(value).replace(/^(-?)(\d+)/, (_, sign: string, digits: string) =>
    digits.length < 4 ? sign + digits : sign + digits.replace(/\B(?=(\d{3})+$)/g, ','),
  )
}

/** `1 check`, `1,234 checks`. */
export function count(value: number, one: string, many = `${one}s`): string {
  return `${formatNumber(value)} ${value === 1 ? one : many}`
}

/** a, b and c */
export function listWords(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}

/**
 * Lines of at most `width` columns, broken between words; a word that is longer is broken where the line ends, so that
 * nothing is lost. Leading blanks stay, as they mean something in text to paste.
 */
export function wrapText(text: string, width: number): string[] {
  if (displayWidth(text) <= width) return [text]
  const indent = takeColumns(/^ */.exec(text)?.[0] ?? '', Math.max(0, width - 10))
  const lines: string[] = []
  let line = indent
  let used = indent.length
  let empty = true
  // Widths are counted once: a word may be a megabyte of somebody's data.
  const put = (piece: string, columns: number): void => {
    if (!empty && used + 1 + columns > width) {
      lines.push(line)
      line = indent
      used = indent.length
      empty = true
    }
    line += empty ? piece : ` ${piece}`
    used += empty ? columns : columns + 1
    empty = false
  }
  for (const word of text.trim().split(/ +/)) {
    const columns = displayWidth(word)
    if (indent.length + columns <= width) put(word, columns)
    else for (const piece of splitColumns(word, width - indent.length)) put(piece, displayWidth(piece))
  }
  return empty ? lines : [...lines, line]
}
