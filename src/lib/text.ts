/** Words and numbers for people: line breaking, plurals, thousands. Escaping is `text-escape.ts`, columns `text-width.ts`. */
import { displayWidth, takeColumns } from './text-width.js'

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
  let empty = true
  for (const word of text.trim().split(/ +/)) {
    if (!empty && displayWidth(line) + 1 + displayWidth(word) > width) {
      lines.push(line)
      line = indent
      empty = true
    }
    line += empty ? word : ` ${word}`
    empty = false
    while (displayWidth(line) > width) {
      const head = takeColumns(line, width)
      // A character wider than the whole line is kept rather than looped over for ever.
      if (head.length <= indent.length) break
      lines.push(head)
      line = indent + line.slice(head.length)
    }
  }
  return empty ? lines : [...lines, line]
}
