/** `plan` as text: one block a check, its values in columns, each with the place that says it. */
import { escapeText } from '../lib/text-escape.js'
import { counted } from './counted.js'
import type { ExplainedAssertion, ExplainedCheck, ExplainedField } from './explain.js'

const LONGEST = 60

/** `unread`: ids of checks that lack a value that is not set here. */
export function renderPlan(checks: readonly ExplainedCheck[], unread: readonly string[]): string {
  const rest =
    unread.length === 0 ? '' : ` Not read, for want of a value: ${unread.map((id) => escapeText(id)).join(', ')}.`
  return `${checks.map(renderCheck).join('\n')}\n${counted(checks.length, 'check')}. Nothing was opened.${rest}\n`
}

function renderCheck(check: ExplainedCheck): string {
  const lines = [`${check.id} (kind ${check.kind})  ${check.file}:${check.line}`]
  if (check.skip !== undefined) lines.push(`  skipped: ${check.skip}`)
  lines.push(...columns(check.fields.map((field) => [field.name, valueText(field.value), originOf(field)])))
  for (const level of ['expect', 'warn', 'tell'] as const) {
    const rows = check.assertions.filter((assertion) => assertion.level === level)
    if (rows.length === 0) continue
    lines.push(`  ${HEADS[level]}`)
    lines.push(...columns(rows.map((row) => [`  ${row.subject}`, row.matcher, assertedBy(row)])))
  }
  if (check.requires.length > 0) lines.push(`  requires ${check.requires.join(', ')}`)
  lines.push('  reads')
  for (const { what, connection, cost } of check.reads) {
    lines.push(
      `    ${connection === undefined ? '' : `${connection}: `}${what}${cost === undefined ? '' : ` (${cost})`}`,
    )
  }
  return `${lines.map((line) => escapeText(line)).join('\n')}\n`
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
  const text = typeof value === 'string' ? value.replace(/\s+/g, ' ').trim() : JSON.stringify(value)
  return text.length <= LONGEST ? text : `${text.slice(0, LONGEST - 1)}…`
}

function columns(rows: readonly (readonly [string, string, string])[]): readonly string[] {
  const first = Math.max(...rows.map(([name]) => name.length), 12)
  const second = Math.min(LONGEST, Math.max(...rows.map(([, value]) => value.length), 12))
  return rows.map(([name, value, origin]) => `  ${name.padEnd(first)}  ${value.padEnd(second)}  ${origin}`.trimEnd())
}
