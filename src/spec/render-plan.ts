/** `plan` as text: one block a check, its values in columns, each with the place that says it. */
import { wrapText } from '../lib/text.js'
import { escapeText } from '../lib/text-escape.js'
import { displayWidth, padEnd, truncateEnd } from '../lib/text-width.js'
import { counted } from './counted.js'
import type { ExplainedAssertion, ExplainedCheck, ExplainedField } from './explain.js'

/** Columns a value takes at most, and has at least, however long the names and places beside it are. */
const LONGEST = 60
const SHORTEST = 20

/** `unread`: ids of checks that lack a value that is not set here. */
export function renderPlan(checks: readonly ExplainedCheck[], unread: readonly string[], width: number): string {
  const rest =
    unread.length === 0 ? '' : ` Not read, for want of a value: ${unread.map((id) => escapeText(id)).join(', ')}.`
  return `${checks.map((check) => renderCheck(check, width)).join('\n')}\n${counted(checks.length, 'check')}. Nothing was opened.${rest}\n`
}

function renderCheck(check: ExplainedCheck, width: number): string {
  const lines = [escapeText(`${check.id} (kind ${check.kind})  ${check.file}:${check.line}`)]
  if (check.skip !== undefined) lines.push(escapeText(`  skipped: ${check.skip}`))
  lines.push(
    ...columns(
      check.fields.map((field) => [field.name, valueText(field.value), originOf(field)]),
      width,
    ),
  )
  for (const level of ['expect', 'warn', 'tell'] as const) {
    const rows = check.assertions.filter((assertion) => assertion.level === level)
    if (rows.length === 0) continue
    lines.push(`  ${HEADS[level]}`)
    lines.push(
      ...columns(
        rows.map((row) => [`  ${row.subject}`, row.matcher, assertedBy(row)]),
        width,
      ),
    )
  }
  if (check.requires.length > 0) lines.push(escapeText(`  requires ${check.requires.join(', ')}`))
  lines.push('  reads')
  for (const { what, connection, cost } of check.reads) {
    const text = `${connection === undefined ? '' : `${connection}: `}${what}${cost === undefined ? '' : ` (${cost})`}`
    const [first = '', ...rest] = wrapText(escapeText(text), Math.max(SHORTEST, width - 6))
    lines.push(`    ${first}`, ...rest.map((line) => `      ${line}`))
  }
  return `${lines.join('\n')}\n`
}

const HEADS = {
  expect: 'expect, else fail',
  warn: 'expect, else warn',
  tell: 'expect, else error (could not be told)',
} as const

function originOf({ from, file, line, pack, references = [] }: ExplainedField): string {
  const place = file === undefined ? '' : `${file}:${line}`
  const notes = [
    ...(from === 'check' ? [] : [from]),
    ...(pack === undefined ? [] : [`pack ${pack}`]),
    ...references.map((name) => `\${${name}}`),
  ]
  return [place, notes.length === 0 ? '' : `(${notes.join(', ')})`].filter((text) => text !== '').join(' ')
}

function assertedBy({ origin, file, line }: ExplainedAssertion): string {
  return origin === 'default' ? '(default of the kind)' : `${file}:${line}`
}

function valueText(value: unknown): string {
  return typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : JSON.stringify(value)
}

/** Name, value and place; a value that has no room is cut, for all of it stands at that place. */
function columns(given: readonly (readonly [string, string, string])[], width: number): readonly string[] {
  const rows = given.map((row) => row.map((cell) => escapeText(cell)))
  const widest = (index: number): number => Math.max(12, ...rows.map((row) => displayWidth(row[index] ?? '')))
  const [first, places] = [widest(0), widest(2)]
  const room = Math.min(LONGEST, Math.max(SHORTEST, width - first - places - 6))
  const second = Math.min(room, widest(1))
  return rows.map(([name = '', value = '', place = '']) =>
    `  ${padEnd(name, first)}  ${padEnd(truncateEnd(value, second), second)}  ${place}`.trimEnd(),
  )
}
