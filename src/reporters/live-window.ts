/** The lines of the live window. Pure: state, time and style in; text and its coloured form out. */
import { count } from '../lib/text.js'
import { padEnd } from '../lib/text-width.js'
import { formatDuration } from '../lib/units.js'
import { type Progress, progressText, type Running } from './progress.js'
import type { Style } from './style.js'

export interface WindowLine {
  readonly text: string
  readonly painted: string
}

const ROWS = 8
const BAR = 10

export function windowLines(state: Progress, now: number, style: Style): WindowLine[] {
  const running = [...state.running.values()]
  const shown = running.slice(0, ROWS)
  const name = Math.min(32, Math.floor(style.width * 0.4), Math.max(0, ...shown.map(({ id }) => style.text(id).length)))
  const more = running.length - shown.length
  return [
    ...shown.map((check) => runningLine(check, name, now, style)),
    ...(more > 0 ? [plain(style.cutEnd(`  ${style.ellipsis} and ${more} more`, style.width), style.paint.dim)] : []),
    totalLine(state, now, style),
  ]
}

function runningLine({ id, progress, since, attempt }: Running, name: number, now: number, style: Style): WindowLine {
  const share = progress?.total === undefined || progress.total === 0 ? undefined : progress.done / progress.total
  const bar = style.width >= 70 ? `${barText(share, style)} ` : ''
  const again = attempt > 1 ? `attempt ${attempt} ` : ''
  const what = progress === undefined ? formatDuration(Math.max(0, now - since)) : progressText(progress)
  const label = padEnd(style.cutMiddle(style.text(id), name), name)
  const rest = style.cutEnd(`  ${bar}${style.text(`${again}${what}`)}`, Math.max(0, style.width - name - 2))
  return { text: `  ${label}${rest}`, painted: `  ${label}${style.paint.dim(rest)}` }
}

function totalLine(state: Progress, now: number, style: Style): WindowLine {
  const parts = [
    `${state.done}/${count(state.total, 'check')}`,
    ...(state.bad > 0 ? [`${state.bad} not passed`] : []),
    formatDuration(Math.max(0, now - state.startedAt)),
  ]
  return plain(style.cutEnd(parts.join(style.dot), style.width), state.bad > 0 ? style.paint.fail : style.paint.bold)
}

function barText(share: number | undefined, style: Style): string {
  if (share === undefined) return ' '.repeat(BAR)
  const full = Math.round(Math.min(1, share) * BAR)
  const [on, off] = style.unicode ? ['█', '░'] : ['#', '.']
  return on.repeat(full) + off.repeat(BAR - full)
}

function plain(text: string, paint: (text: string) => string): WindowLine {
  return { text, painted: paint(text) }
}
