/** Reads the events of a run for those who are told of it. Bounded: of each check the first few findings. */
import type { CheckEnd, PlannedCheck, RunEnd, RunEvent, RunStart } from '../engine/events.js'
import type { Finding } from '../kinds/kind.js'

export interface SeenCheck {
  readonly planned: PlannedCheck
  readonly end: CheckEnd
  /** Classes take turns, so that one huge class does not hide the others. */
  readonly findings: readonly Finding[]
}

export interface SeenRun {
  readonly start: RunStart
  readonly end: RunEnd
  /** Those that ended, in the order of the plan. */
  readonly checks: readonly SeenCheck[]
}

export interface Gathering {
  readonly onEvent: (event: RunEvent) => void
  /** Undefined where the run broke off. */
  readonly seen: () => SeenRun | undefined
}

/** `most`: findings kept of each class of each check. */
export function createGathering(most: number): Gathering {
  let start: RunStart | undefined
  let end: RunEnd | undefined
  const ends = new Map<string, CheckEnd>()
  const kept = new Map<string, Map<string, Finding[]>>()
  const keep = (id: string, finding: Finding): void => {
    // What is known beforehand is not judged.
    if (finding.known === true) return
    const classes = kept.get(id) ?? new Map<string, Finding[]>()
    kept.set(id, classes)
    const same = classes.get(finding.finding) ?? []
    classes.set(finding.finding, same)
    if (same.length < most) same.push(finding)
  }
  return {
    onEvent: (event) => {
      if (event.type === 'run:start') start = event
      else if (event.type === 'run:end') end = event
      else if (event.type === 'check:end') ends.set(event.id, event)
      // Each attempt observes afresh.
      else if (event.type === 'check:start') kept.delete(event.id)
      else if (event.type === 'check:finding') keep(event.id, event.finding)
    },
    seen: () => {
      if (start === undefined || end === undefined) return undefined
      const checks = start.checks.flatMap((planned) => {
        const ended = ends.get(planned.id)
        return ended === undefined ? [] : [{ planned, end: ended, findings: inTurns(kept.get(planned.id)) }]
      })
      return { start, end, checks }
    },
  }
}

function inTurns(classes: ReadonlyMap<string, readonly Finding[]> | undefined): readonly Finding[] {
  const queues = [...(classes?.values() ?? [])]
  const longest = Math.max(0, ...queues.map(({ length }) => length))
  return Array.from({ length: longest }, (_, turn) => queues.flatMap((queue) => queue[turn] ?? [])).flat()
}
