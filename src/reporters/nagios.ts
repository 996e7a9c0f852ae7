/**
 * What a plugin of Nagios, Icinga or Sensu prints: one line with the state, performance data behind the bar, then more
 * lines. Alone on standard output it comes with the exit codes of that convention (`engine/exit-code.ts`).
 */
import { type NagiosState, nagiosState } from '../engine/exit-code.js'
import { outcomeOf } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument } from './document.js'
import { circumstanceLine, flatLine, headLine, isTrouble, safeLine, worstFirst } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { verdictOf, verdictText } from './verdict.js'

/** Nagios reads 8 KiB of a plugin and drops what follows. */
const MOST_BYTES = 8000
const NAMED = 3

const WORDS: Readonly<Record<NagiosState, string>> = { 0: 'OK', 1: 'WARNING', 2: 'CRITICAL', 3: 'UNKNOWN' }

export function createNagios(options: ReporterOptions): Reporter {
  return createDocument(options, nagiosText)
}

export function nagiosText(run: RunReport): string {
  const { start, end, checks } = run
  const verdict = bare(safeLine(verdictText(verdictOf(start, end)), 300))
  const counts = counted(checks)
  // An interruption is no matter of the checks.
  const why = counts === '' || ![0, 1, 3].includes(end?.exit.code ?? 70) ? [counts, verdict] : [counts]
  const text = why.filter((part) => part !== '').join('; ')
  const first = `POSTFLIGHT ${WORDS[nagiosState(end)]}: ${text} | ${performance(run)}`
  const told = worstFirst(checks.filter((check) => outcomeOf(check) !== 'pass')).map(longLine)
  const warnings = [...start.warnings, ...(end?.warnings ?? [])].map((warning) =>
    bare(`warning: ${safeLine(warning, 300)}`),
  )
  return fitted([first, ...told, ...warnings])
}

/** `3 of 41 failed (orders-rows, media-objects, ...)` */
function counted(checks: readonly CheckReport[]): string {
  const parts = (['fail', 'error', 'blocked', 'warn'] as const).flatMap((outcome) => {
    const of = worstFirst(checks.filter((check) => outcomeOf(check) === outcome))
    if (of.length === 0) return []
    const names = of.slice(0, NAMED).map(({ planned }) => safeLine(planned.id, 80))
    const list = [...names, ...(of.length > NAMED ? ['...'] : [])].join(', ')
    return [`${of.length} of ${checks.length} ${VERB[outcome]} (${bare(list)})`]
  })
  return parts.join(', ')
}

const VERB = { fail: 'failed', error: 'could not be told', blocked: 'blocked', warn: 'warned' } as const

function longLine(check: CheckReport): string {
  const { planned } = check
  const runbook = planned.runbook === undefined ? '' : ` (${safeLine(planned.runbook, 200)})`
  const fix = isTrouble(check) ? ` Fix: ${flatLine(planned.remediation, 300)}${runbook}` : ''
  return bare(`${safeLine(planned.id, 80)} ${headLine(check, 300)} [${circumstanceLine(check)}]${fix}`)
}

/** `label=value;warn;crit;min;max`. A range `0` means: anything above none is one. */
function performance({ end, checks }: RunReport): string {
  const count = (...outcomes: readonly string[]) => checks.filter((check) => outcomes.includes(outcomeOf(check))).length
  const findings = checks.reduce(
    (sum, check) => sum + Object.values(check.end?.counts ?? {}).reduce((more, number) => more + number, 0),
    0,
  )
  const total = checks.length
  return [
    `failed=${count('fail')};;0;0;${total}`,
    `not_told=${count('error', 'blocked')};;;0;${total}`,
    `warned=${count('warn')};0;;0;${total}`,
    `passed=${count('pass')};;;0;${total}`,
    `waived=${count('waived')};;;0;${total}`,
    `skipped=${count('skip')};;;0;${total}`,
    `total=${total};;;0`,
    `findings=${findings};;;0`,
    `duration=${((end?.duration_ms ?? 0) / 1000).toFixed(3)}s;;;0`,
  ].join(' ')
}

/** A bar begins performance data, in any line. */
function bare(text: string): string {
  return text.replaceAll('|', '\\x7c')
}

function fitted(lines: readonly string[]): string {
  const kept: string[] = []
  let used = 0
  for (const [index, line] of lines.entries()) {
    used += Buffer.byteLength(line) + 1
    if (used > MOST_BYTES - 60) {
      kept.push(`... and ${lines.length - index} more lines, for which there is no room`)
      break
    }
    kept.push(line)
  }
  return kept.map((line) => `${line}\n`).join('')
}
