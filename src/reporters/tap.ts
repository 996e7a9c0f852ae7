/** TAP 14: a test point a check, and below it a YAML block with all there is to say. */
import { checkWords, outcomeOf, reasonOf, waiverText } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext, runName } from './document.js'
import { heldAgainstWhole } from './held-against.js'
import { safeLine } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { verdictOf, verdictText } from './verdict.js'

export function createTap(options: ReporterOptions): Reporter {
  return createDocument(options, tapText)
}

export function tapText(run: RunReport, context: DocumentContext): string {
  const { start, end, checks } = run
  const verdict = safeLine(verdictText(verdictOf(start, end)))
  const bad = checks.some((check) => !isOk(check))
  // A closed gate that no test point tells of, nothing to run for one, must not look like success.
  const gate = !bad && end?.exit.code !== 0 ? [`not ok ${checks.length + 1} - ${words(`gate: ${verdict}`)}`] : []
  const total = checks.length + gate.length
  const stopped = end === undefined ? 'the run broke off' : end.interrupted
  const lines = [
    'TAP version 14',
    total === 0 ? '1..0 # SKIP no check was selected, which is allowed' : `1..${total}`,
    ...(start.baseline === undefined ? [] : [`# ${safeLine(heldAgainstWhole(start.baseline))}`]),
    ...[...start.warnings, ...(end?.warnings ?? [])].map((warning) => `# warning: ${safeLine(warning)}`),
    ...checks.flatMap((check, index) => [pointLine(check, index + 1), ...diagnostic(check, context)]),
    ...gate,
    `# ${safeLine(runName(run))}, run ${safeLine(start.run)}: ${verdict}`,
    ...(stopped === undefined ? [] : [`Bail out! ${words(stopped)}`]),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function isOk(check: CheckReport): boolean {
  return ['pass', 'warn', 'skip'].includes(outcomeOf(check))
}

function pointLine(check: CheckReport, number: number): string {
  const { planned, end } = check
  const outcome = outcomeOf(check)
  const waived = outcome === 'waived' || end?.waiver !== undefined
  const head = `${isOk(check) ? 'ok' : 'not ok'} ${number} - ${words(planned.id)}`
  if (outcome === 'skip') return `${head} # SKIP ${words(reasonOf(check))}`
  // What fails and is marked so is no failure to a harness.
  if (waived)
    return `${head} # TODO ${words(`waived, ${end?.waiver === undefined ? '' : waiverText(end.waiver)}: ${reasonOf(check)}`)}`
  return head
}

function diagnostic(check: CheckReport, context: DocumentContext): string[] {
  const { planned, end } = check
  const reason = reasonOf(check)
  const facts: readonly (readonly [string, string | number | readonly string[]])[] = [
    ['outcome', outcomeOf(check)],
    ...(reason === '' ? [] : [['message', reason] as const]),
    ['severity', planned.severity],
    ['owner', planned.owner],
    ['kind', planned.kind],
    ...(planned.title === undefined ? [] : [['title', planned.title] as const]),
    ...(planned.migration === undefined ? [] : [['migration', planned.migration] as const]),
    ['file', planned.place.file],
    ['line', planned.place.line],
    ['vantage', end?.vantage ?? planned.vantage],
    ['attempts', end?.attempts.length ?? 0],
    ['duration_ms', end?.duration_ms ?? 0],
    ...checkWords(check, context).map(
      ({ label, texts }) => [label.replaceAll(' ', '_'), texts.length === 1 ? (texts[0] ?? '') : texts] as const,
    ),
  ]
  return ['  ---', ...facts.flatMap(([name, value]) => yamlLines(name, value)), '  ...']
}

/** Texts are quoted as JSON, which YAML reads as the same; so nothing in them ends the block. */
function yamlLines(name: string, value: string | number | readonly string[]): string[] {
  if (typeof value === 'number') return [`  ${name}: ${value}`]
  if (typeof value === 'string') return [`  ${name}: ${quoted(value)}`]
  return [`  ${name}:`, ...value.map((text) => `    - ${quoted(text)}`)]
}

function quoted(text: string): string {
  return JSON.stringify(
    text
      .split(/\r?\n/)
      .map((line) => safeLine(line))
      .join('\n'),
  )
}

/** Of a test line a `#` begins a directive, and a backslash makes it none. */
function words(text: string): string {
  return safeLine(text).replace(/[\\#]/g, '\\$&')
}
