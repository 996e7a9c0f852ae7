/** GitLab Code Quality: a list of what has to be looked at, each at the line of its check. */
import type { Severity } from '../kinds/kind.js'
import { escapeJson } from '../lib/text-escape.js'
import { checkWords, outcomeOf, waiverText } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext } from './document.js'
import { fingerprint } from './fingerprint.js'
import { circumstanceLine, flatLine, headLine, isTrouble, safeLine, wordLines, worstFirst } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { verdictOf, verdictText } from './verdict.js'

const SEVERITY: Readonly<Record<Severity, string>> = {
  critical: 'blocker',
  high: 'critical',
  medium: 'major',
  low: 'minor',
  info: 'info',
}

export function createGitlab(options: ReporterOptions): Reporter {
  return createDocument(options, gitlabText)
}

export function gitlabText(run: RunReport, context: DocumentContext): string {
  const { end, checks } = run
  const told = worstFirst(checks.filter((check) => isTrouble(check) || outcomeOf(check) === 'waived'))
  const issues = told.map((check) => issue(check, context))
  // Nothing to run, for one: a closed gate is not told by an empty list.
  const gate = end?.exit.code === 0 || checks.some(isTrouble) ? [] : [gateIssue(run)]
  return `${escapeJson(JSON.stringify([...gate, ...issues], null, 2))}\n`
}

function gateIssue({ start, end }: RunReport) {
  return {
    description: safeLine(verdictText(verdictOf(start, end))),
    check_name: 'postflight/gate',
    fingerprint: fingerprint('gate of the run'),
    severity: 'blocker',
    location: { path: pathOf(start.files[0] ?? 'postflight.yaml'), lines: { begin: 1 } },
  }
}

function issue(check: CheckReport, context: DocumentContext) {
  const { planned, end } = check
  const outcome = outcomeOf(check)
  const waiver = end?.waiver === undefined ? '' : ` (${safeLine(waiverText(end.waiver))})`
  const severity =
    outcome === 'waived' ? 'info' : outcome === 'warn' ? lower(planned.severity) : SEVERITY[planned.severity]
  const body = [...wordLines(checkWords(check, context)), circumstanceLine(check)]
  return {
    type: 'issue',
    description: `${safeLine(planned.id)}: ${headLine(check)}${waiver} Fix: ${flatLine(planned.remediation)} [${circumstanceLine(check)}]`,
    check_name: safeLine(`postflight/${planned.kind}`),
    categories: ['Bug Risk'],
    content: { body: body.map((line) => `    ${line}`).join('\n') },
    fingerprint: fingerprint(planned.id),
    severity,
    location: { path: pathOf(planned.place.file), lines: { begin: planned.place.line } },
  }
}

/** What only warns never blocks. */
function lower(severity: Severity): string {
  return severity === 'info' || severity === 'low' ? 'info' : 'minor'
}

/** Relative to the repository, where the run was started there. */
function pathOf(file: string): string {
  return safeLine(file.replace(/^\.\//, ''))
}
