/** Where the running checks are: a fold over the events that forgets a check when it ends. */
import type { CheckProgress, RunEvent } from '../engine/events.js'
import { formatNumber } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'

export interface Running {
  readonly id: string
  /** Milliseconds since 1970, by the event. */
  readonly since: number
  readonly attempt: number
  readonly progress?: CheckProgress | undefined
}

export interface Progress {
  readonly startedAt: number
  readonly total: number
  readonly done: number
  /** Checks that ended in fail, error or blocked. */
  readonly bad: number
  readonly running: ReadonlyMap<string, Running>
}

export const NO_PROGRESS: Progress = { startedAt: 0, total: 0, done: 0, bad: 0, running: new Map() }

export function foldProgress(state: Progress, event: RunEvent): Progress {
  switch (event.type) {
    case 'run:start':
      return { ...NO_PROGRESS, startedAt: Date.parse(event.at), total: event.checks.length }
    case 'check:start': {
      const { id, attempt } = event
      return { ...state, running: new Map(state.running).set(id, { id, attempt, since: Date.parse(event.at) }) }
    }
    case 'check:progress': {
      const running = state.running.get(event.id)
      if (running === undefined) return state
      return { ...state, running: new Map(state.running).set(event.id, { ...running, progress: event }) }
    }
    case 'check:end': {
      const running = new Map(state.running)
      running.delete(event.id)
      const bad = ['fail', 'error', 'blocked'].includes(event.outcome)
      return { ...state, running, done: state.done + 1, bad: state.bad + (bad ? 1 : 0) }
    }
    default:
      return state
  }
}

/** `reading rows 400/523 (76%), 1,200 rows/s, 2s left`; what is not known is left out. Plain text, not escaped. */
export function progressText(progress: CheckProgress | undefined): string {
  if (progress === undefined) return ''
  const { done, total, unit, stage, rate } = progress
  const of = total === undefined || total < done ? '' : `/${formatNumber(total)}`
  const percent = of === '' || total === 0 ? '' : ` (${Math.floor((done / (total ?? 1)) * 100)}%)`
  const left = of === '' || rate <= 0 ? undefined : ((total ?? 0) - done) / rate
  const parts = [
    `${formatNumber(done)}${of} ${unit}${percent}`,
    ...(rate > 0 ? [`${formatNumber(rate < 10 ? Math.round(rate * 10) / 10 : Math.round(rate))}/s`] : []),
    ...(left === undefined || left < 1 ? [] : [`${formatDuration(Math.round(left) * 1000)} left`]),
  ]
  return `${stage === undefined ? '' : `${stage} `}${parts.join(', ')}`
}
