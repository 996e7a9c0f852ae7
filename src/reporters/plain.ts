/** Progress where lines cannot be redrawn: one line when a check ends, and a sign of life while nothing ends. */
import type { CheckEnd, RunEvent } from '../engine/events.js'
import { count } from '../lib/text.js'
import { padEnd } from '../lib/text-width.js'
import { formatDuration } from '../lib/units.js'
import { foldProgress, NO_PROGRESS, progressText } from './progress.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { createStyle, joinLines, type Style } from './style.js'
import type { Timer } from './timer.js'
import { whyText } from './why.js'
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
  const why = whyText(end)
  const time = end.attempts.length === 0 ? '' : ` ${style.paint.dim(formatDuration(end.duration_ms))}`
  const outcome = style.paint[end.outcome](padEnd(`${style.mark(end.outcome)} ${end.outcome}`, 9))
  return `${outcome} ${style.text(end.id)}${time}${why === '' ? '' : `  ${style.text(why)}`}`
}
