/**
 * JUnit XML as GitLab and Jenkins read it. GitLab shows the content of an element and not its `message`, takes `classname`
 * for the suite, and keeps only the first of two cases of one name. Both read a path to a file out of `[[ATTACHMENT|`.
 */
import { basename, extname } from 'node:path'
import { checkWords, outcomeOf, reasonOf, waiverText } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext, runName } from './document.js'
import { heldAgainstWhole } from './held-against.js'
import { circumstanceLine, safeLine, wordLines } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { verdictOf, verdictText } from './verdict.js'
import { within } from './within.js'
import { element, xmlText } from './xml.js'

/** GitLab takes files below 30 MB. */
const MOST_BYTES = 29_000_000

export function createJunit(options: ReporterOptions): Reporter {
  return createDocument(options, junitText)
}

export function junitText(run: RunReport, context: DocumentContext): string {
  const { start, end, checks } = run
  const outcomes = checks.map(outcomeOf)
  const count = (...names: readonly string[]) => outcomes.filter((outcome) => names.includes(outcome)).length
  const [failures, errors, skipped] = [count('fail'), count('error', 'blocked'), count('skip', 'waived')]
  // A closed gate that no case tells of, nothing to run for one, must not look like success.
  const gate = failures + errors === 0 && end?.exit.code !== 0 ? [gateCase(run)] : []
  const { texts, shortened, left } = within(
    checks.map((check) => ({ whole: testCase(check, context), short: testCase(check) })),
    MOST_BYTES,
  )
  const cut = [
    ...(shortened === 0 ? [] : [`of ${shortened} checks only the outcome is told: GitLab takes files below 30 MB`]),
    ...(left === 0 ? [] : [`${left} checks are left out: GitLab takes files below 30 MB`]),
  ]
  const totals = {
    tests: checks.length - left + gate.length,
    failures,
    errors: errors + gate.length,
    time: seconds(end?.duration_ms ?? 0),
  }
  const suite = element(
    'testsuite',
    { name: safeLine(runName(run)), ...totals, skipped, timestamp: start.at, hostname: safeLine(start.host) },
    ['', properties(run, cut), ...texts, ...gate, ''].join('\n'),
  )
  const root = element('testsuites', { name: 'postflight', ...totals }, `\n${suite}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`
}

/** Without a context: no more than the outcome and why. */
function testCase(check: CheckReport, context?: DocumentContext): string {
  const { planned, end } = check
  const stem = basename(planned.place.file, extname(planned.place.file))
  const attributes = {
    classname: safeLine(`postflight.${stem}.${planned.kind}`),
    name: safeLine(planned.id),
    file: safeLine(planned.place.file),
    time: seconds(end?.duration_ms ?? 0),
  }
  return element('testcase', attributes, outcomeElement(check, context))
}

function outcomeElement(check: CheckReport, context: DocumentContext | undefined): string {
  const { planned, end } = check
  const outcome = outcomeOf(check)
  const reason = reasonOf(check)
  const message = safeLine(reason === '' ? outcome : reason)
  const lines = [
    ...(reason === '' ? [] : [message]),
    ...(planned.title === undefined ? [] : [safeLine(planned.title)]),
    ...(context === undefined ? [] : wordLines(checkWords(check, context))),
    circumstanceLine(check),
  ]
  const content = xmlText(inert(lines.join('\n')))
  switch (outcome) {
    case 'fail':
      return element('failure', { type: planned.severity, message: inert(message) }, content)
    case 'error':
    case 'blocked':
      return element('error', { type: outcome, message: inert(message) }, content)
    case 'waived':
    case 'skip': {
      const waiver = end?.waiver === undefined ? '' : `${safeLine(waiverText(end.waiver))}: `
      return element('skipped', { message: inert(`${outcome}: ${waiver}${message}`) }, content)
    }
    case 'warn':
      return element('system-out', {}, `WARNING ${content}`)
    case 'pass':
      return element('system-out', {}, content)
  }
}

function gateCase({ start, end }: RunReport): string {
  const text = inert(safeLine(verdictText(verdictOf(start, end))))
  const attributes = { classname: 'postflight', name: 'gate', time: seconds(0) }
  return element('testcase', attributes, element('error', { type: 'gate', message: text }, xmlText(text)))
}

function properties({ start, end }: RunReport, cut: readonly string[]): string {
  const told: readonly (readonly [string, string])[] = [
    ['run', start.run],
    ['version', start.versions.postflight],
    ['verdict', verdictText(verdictOf(start, end))],
    ['gate', end?.gate.status ?? 'unknown'],
    ['exit', String(end?.exit.code ?? 'unknown')],
    ...start.selection.map((words) => ['selection', words] as const),
    ...(start.baseline === undefined ? [] : [['baseline', heldAgainstWhole(start.baseline)] as const]),
    ...[...start.warnings, ...(end?.warnings ?? []), ...cut].map((warning) => ['warning', warning] as const),
  ]
  const lines = told.map(([name, value]) => element('property', { name, value: safeLine(value) }))
  return element('properties', {}, `\n${lines.join('\n')}\n`)
}

function inert(text: string): string {
  return text.replaceAll('[[ATTACHMENT|', '[[ATTACHMENT\\x7c')
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3)
}
