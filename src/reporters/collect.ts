/**
 * Gathers a run for the reporters that speak when it is over. Bounded: of the findings only the first of each class of
 * each check, and none that `known:` lists, as they are not judged.
 */
import type { CheckEnd, PlannedCheck, RunEnd, RunEvent, RunStart } from '../engine/events.js'
import type { Finding } from '../kinds/kind.js'

export interface CheckReport {
  readonly planned: PlannedCheck
  readonly end?: CheckEnd | undefined
  readonly findings: readonly Finding[]
}

/** `end` is missing where the run broke off: nothing is then known of its verdict. */
export interface RunReport {
  readonly start: RunStart
  /** In the order of the plan. */
  readonly checks: readonly CheckReport[]
  readonly end?: RunEnd | undefined
}

/** Where the lists are: the event says it of a recorded run, the options of one put together now. */
export function findingsDirOf(
  { start }: Pick<RunReport, 'start'>,
  options: { readonly findingsDir?: string | undefined },
): string | undefined {
  return (options.findingsDir ?? start.findings)?.replace(/\/$/, '')
}

export interface Collector {
  readonly add: (event: RunEvent) => void
  /** Undefined before the first event. */
  readonly report: () => RunReport | undefined
}

export function createCollector({ perClass }: { readonly perClass: number }): Collector {
  let start: RunStart | undefined
  let end: RunEnd | undefined
  const ends = new Map<string, CheckEnd>()
  const findings = new Map<string, Finding[]>()

  const add = (event: RunEvent): void => {
    if (event.type === 'run:start') start = event
    else if (event.type === 'run:end') end = event
    else if (event.type === 'check:end') ends.set(event.id, event)
    // Each attempt observes afresh, and the findings of the last one count.
    else if (event.type === 'check:start') findings.delete(event.id)
    else if (event.type === 'check:finding' && event.finding.known !== true) {
      const kept = findings.get(event.id) ?? []
      if (kept.length === 0) findings.set(event.id, kept)
      const same = kept.filter((finding) => finding.finding === event.finding.finding)
      if (same.length < perClass) kept.push(event.finding)
    }
  }

  const report = (): RunReport | undefined => {
    if (start === undefined) return undefined
    const checks = start.checks.map((planned) => ({
      planned,
      end: ends.get(planned.id),
      findings: findings.get(planned.id) ?? [],
    }))
    return { start, checks, end }
  }

  return { add, report }
}
