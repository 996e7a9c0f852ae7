/**
 * Gauges for the textfile collector of Prometheus: seconds and bytes, no times of their own. Where the file is that of an
 * earlier run, the time of the last success is carried over from it.
 */
import { OUTCOMES } from '../engine/events.js'
import type { Json } from '../lib/value.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument } from './document.js'
import { flatLine, safeLine } from './lay-out.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { typeIn } from './seen.js'

type Labels = Readonly<Record<string, string>>
type Sample = readonly [labels: Labels, value: number]

const LAST_SUCCESS = 'postflight_last_success_timestamp_seconds'
const LONGEST_LABEL = 1000

export function createPrometheus(options: ReporterOptions): Reporter {
  return createDocument(options, async (run) => prometheusText(run, await options.earlier?.()))
}

/** `earlier`: what stands where this goes. */
export function prometheusText(run: RunReport, earlier?: string): string {
  const { start, end, checks } = run
  // Files of one directory are read together: two check files must not tell of the same series.
  const all: Labels = {
    ...(start.name === undefined ? {} : { name: start.name }),
    // A part of the checks is another thing than all of them.
    ...(start.selection.length === 0 ? {} : { selection: start.selection.join(' ') }),
  }
  const at = Date.parse(end?.at ?? start.at) / 1000
  const passed = end?.exit.code === 0
  const since = Math.max(passed ? at : 0, lastSuccess(earlier, all))
  const gauge = (name: string, help: string, samples: readonly Sample[]): string[] =>
    samples.length === 0
      ? []
      : [
          `# HELP ${name} ${help}`,
          `# TYPE ${name} gauge`,
          ...samples.map(([labels, value]) => `${name}${labelText({ ...all, ...labels })} ${value}`),
        ]
  const ended = checks.flatMap(({ planned, end: ending }) => (ending === undefined ? [] : [{ planned, end: ending }]))
  return [
    ...gauge('postflight_build_info', 'The version of postflight.', [[{ version: start.versions.postflight }, 1]]),
    ...gauge('postflight_run_timestamp_seconds', 'When the last run ended.', [[{}, at]]),
    ...gauge('postflight_run_success', 'Whether the gate of the last run passed.', [[{}, passed ? 1 : 0]]),
    ...gauge(LAST_SUCCESS, 'When a run ended last whose gate passed.', since === 0 ? [] : [[{}, since]]),
    ...gauge(
      'postflight_run_exit_code',
      'The exit code of the last run; none where it broke off.',
      end === undefined ? [] : [[{}, end.exit.code]],
    ),
    ...gauge(
      'postflight_run_duration_seconds',
      'How long the last run took.',
      end === undefined ? [] : [[{}, end.duration_ms / 1000]],
    ),
    ...gauge(
      'postflight_checks',
      'Checks by outcome.',
      OUTCOMES.map((status) => [{ status }, ended.filter((check) => check.end.outcome === status).length]),
    ),
    ...gauge(
      'postflight_check_info',
      'Where a check is written, from where it looked, and what to do.',
      checks.map(info),
    ),
    ...gauge(
      'postflight_check_status',
      'The outcome of a check: 1 for that it had, 0 for the others.',
      checks.flatMap(({ planned: { id, kind, owner, severity }, end: ending }) =>
        OUTCOMES.map(
          (status): Sample => [{ check: id, kind, owner, severity, status }, ending?.outcome === status ? 1 : 0],
        ),
      ),
    ),
    ...gauge(
      'postflight_check_duration_seconds',
      'How long a check took.',
      ended.map(({ planned, end: ending }) => [{ check: planned.id }, ending.duration_ms / 1000]),
    ),
    ...gauge(
      'postflight_check_attempts',
      'How often a check was tried.',
      ended.map(({ planned, end: ending }) => [{ check: planned.id }, ending.attempts.length]),
    ),
    ...gauge(
      'postflight_check_findings',
      'What a check found, by class.',
      ended.flatMap(({ planned, end: ending }) =>
        Object.entries(ending.counts).map(([finding, number]): Sample => [{ check: planned.id, finding }, number]),
      ),
    ),
    ...gauge(
      'postflight_check_value',
      'What a check measured: numbers as they are, durations in seconds, sizes in bytes, yes and no as 1 and 0.',
      ended.flatMap(({ planned, end: ending }) =>
        Object.entries(ending.subjects).flatMap(([subject, value]): Sample[] => {
          const number = numberOf(value)
          if (number === undefined) return []
          return [[{ check: planned.id, subject }, typeIn(ending, subject) === 'duration' ? number / 1000 : number]]
        }),
      ),
    ),
  ]
    .map((line) => `${line}\n`)
    .join('')
}

function info({ planned, end }: CheckReport): Sample {
  const { id, kind, owner, severity, remediation, runbook, place } = planned
  const { file, line } = place
  const labels = {
    check: id,
    kind,
    owner,
    severity,
    file,
    line: String(line),
    vantage: end?.vantage ?? planned.vantage,
    remediation: flatLine(remediation, 300),
    ...(runbook === undefined ? {} : { runbook }),
  }
  return [labels, 1]
}

/** Of the same check files: other series in the file are not this one. */
function lastSuccess(earlier: string | undefined, labels: Labels): number {
  const head = `${LAST_SUCCESS}${labelText(labels)} `
  const line = earlier?.split('\n').find((one) => one.startsWith(head))
  const value = Number(line?.slice(head.length))
  return Number.isFinite(value) ? value : 0
}

/** Numbers that a double does not hold are kept as text; a gauge is a double. */
function numberOf(value: Json): number | undefined {
  if (typeof value === 'boolean') return value ? 1 : 0
  if (
    typeof value === 'string' &&
    /^-?\d{1,30}(\.\d{1,30})?$/.test(value) &&
    String(Number(value)) !== value &&
    !/^-?0\d/.test(value)
  )
    return Number(value)
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function labelText(labels: Labels): string {
  const told = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return told.length === 0 ? '' : `{${told.join(',')}}`
}

function escaped(value: string): string {
  return safeLine(value.trimEnd(), LONGEST_LABEL).replace(/[\\"]/g, '\\$&')
}
