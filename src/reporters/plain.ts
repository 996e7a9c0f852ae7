/** Progress where lines cannot be redrawn: one line when a check ends, and a sign of life while nothing ends. */
import type { CheckEnd, RunEvent } from '../engine/events.js'
import { count, formatNumber } from '../lib/text.js'
import { padEnd } from '../lib/text-width.js'
import { formatDuration } from '../lib/units.js'
import { foldProgress, NO_PROGRESS, progressText } from './progress.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { seenValue, typeIn } from './seen.js'
import { createStyle, joinLines, type Style } from './style.js'
import type { Timer } from './timer.js'
import { writeText } from './write.js'

const HEARTBEAT_MS = 30_000

/** Without a timer (a replay) there is no sign of life. */
export function createPlain(options: ReporterOptions, timer?: Timer): Reporter {
  const style = createStyle(options)
  let state = NO_PROGRESS
  let lastWrite = timer?.now() ?? 0

  const write = (lines: readonly string[]): Promise<void> | undefined => {
    lastWrite = timer?.now() ?? 0
    return writeText(options.out, joinLines(lines))
  }
  const beat = (): void => {
    if (timer === undefined || timer.now() - lastWrite < HEARTBEAT_MS || state.running.size === 0) return
    const elapsed = timer.now() - state.startedAt
    const lines = [...state.running.values()].map(({ id, progress }) => `${id} ${progressText(progress)}`.trimEnd())
    void write([`${style.ellipsis} ${formatDuration(elapsed)}, still running: ${style.text(lines.join('; '))}`])
  }
  const stop = timer?.every(1000, beat)

  const onEvent = (event: RunEvent): Promise<void> | undefined => {
    state = foldProgress(state, event)
    if (event.type === 'run:start') return write([`postflight: ${count(state.total, 'check')}`])
    if (event.type === 'check:end' && !(options.quiet && event.outcome === 'pass')) {
      const place = `${String(state.done).padStart(String(state.total).length)}/${state.total}`
      return write([`${style.paint.dim(place)} ${endText(event, style)}`])
    }
    return undefined
  }
  return {
    onEvent,
    close: async () => stop?.(),
  }
}

/** One line of a check that has ended. */
export function endText(end: CheckEnd, style: Style): string {
  const findings = Object.entries(end.counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${formatNumber(number)} ${name}`)
  const { told, because } = broken(end)
  const why = [[...findings, ...told].join(', '), ...because].filter((part) => part !== '').join('; ')
  const time = end.attempts.length === 0 ? '' : ` ${style.paint.dim(formatDuration(end.duration_ms))}`
  const outcome = style.paint[end.outcome](padEnd(`${style.mark(end.outcome)} ${end.outcome}`, 9))
  return `${outcome} ${style.text(end.id)}${time}${why === '' ? '' : `  ${style.text(why)}`}`
}

/** What did not hold and no finding says, and why: what kept it from being judged, a cause, or what was not measured. */
function broken(end: CheckEnd): { readonly told: readonly string[]; readonly because: readonly string[] } {
  if (end.message !== undefined) return { told: [], because: [end.message] }
  if (end.outcome !== 'fail' && end.outcome !== 'warn') return { told: [], because: [] }
  const open = end.assertions.filter(({ ok, subject, unevaluated, withheld }) => {
    return !ok && unevaluated === undefined && withheld === undefined && !Object.hasOwn(end.counts, subject)
  })
  const told = new Set(open.map(({ subject, actual }) => `${subject} ${seenValue(actual, typeIn(end, subject))}`))
  const reasons = new Set(Object.values(end.unobserved))
  const why = end.diagnoses[0]?.summary ?? end.notes.find((note) => reasons.has(note))
  return { told: [...told], because: why === undefined ? [] : [why] }
}
