/** The words of a check as finished lines of plain text: escaped, cut where nobody reads on, and not too many. */
import { SEVERITIES } from '../kinds/kind.js'
import { escapeLines, escapeText } from '../lib/text-escape.js'
import { circumstances, outcomeOf, reasonOf, type Words } from './check-words.js'
import type { CheckReport } from './collect.js'

/** UTF-16 units: a value may be a megabyte of somebody's data. */
const LONGEST = 500
const LINES = 60

/** One escaped line. */
export function safeLine(text: string, longest = LONGEST): string {
  return escapeText(cut(text, longest))
}

export function wordLines(words: readonly Words[], most = LINES): string[] {
  const lines = words.flatMap(({ label, texts }) => {
    const told = texts.flatMap((text) =>
      escapeLines(cut(text, LONGEST * 20)).map((line) => (line.length > LONGEST ? cut(line, LONGEST) : line)),
    )
    return told.map((line, index) => (index === 0 ? `${label}: ${line}` : `  ${line}`))
  })
  return lines.length <= most
    ? lines
    : [...lines.slice(0, most - 1), `... ${lines.length - most + 1} more lines are left out`]
}

/** What is written in several lines, as one. */
export function flatLine(text: string, longest = LONGEST): string {
  return safeLine(text.trim().replace(/\s*\r?\n\s*/g, ' '), longest)
}

/** `owner team-shop, severity high, …` as one escaped line. */
export function circumstanceLine(check: CheckReport): string {
  return safeLine(circumstances(check).join(', '))
}

/** `fail: 12 missing; every key lies one directory deeper` as one escaped line. */
export function headLine(check: CheckReport, longest = LONGEST): string {
  const reason = reasonOf(check)
  return safeLine(`${outcomeOf(check)}${reason === '' ? '' : `: ${reason}`}`, longest)
}

const WORST = ['fail', 'error', 'blocked', 'warn', 'waived', 'skip', 'pass'] as const

/** The most severe first; of one severity those that failed before those that could not be told. */
export function worstFirst(checks: readonly CheckReport[]): CheckReport[] {
  const rank = (check: CheckReport): number =>
    SEVERITIES.indexOf(check.planned.severity) * WORST.length + WORST.indexOf(outcomeOf(check))
  return checks.toSorted((a, b) => rank(a) - rank(b))
}

/** What somebody has to look at: a check that was left out or whose failure is accepted is nothing of the kind. */
export function isTrouble(check: CheckReport): boolean {
  return ['fail', 'error', 'blocked', 'warn'].includes(outcomeOf(check))
}

function cut(text: string, longest: number): string {
  if (text.length <= longest) return text
  // Not between the halves of a character.
  return `${text.slice(0, /[\ud800-\udbff]/.test(text.charAt(longest - 1)) ? longest - 1 : longest)}...`
}
