/** The whole run at one glance: the verdict, what was counted, and each check with how it is doing. */
import { count, formatNumber } from '../../lib/text.js'
import { displayWidth } from '../../lib/text-width.js'
import { formatDuration } from '../../lib/units.js'
import { progressText } from '../../reporters/progress.js'
import { seenSubjects } from '../../reporters/seen.js'
import { bodyRows } from '../layout.js'
import type { OverviewRow } from '../model/overview-rows.js'
import { isRunning } from '../model.js'
import { windowOf } from '../window.js'
import { cell, columnsOf, line, type Piece, placeOf, shown } from './line.js'
import { outcomePieces, severityText, stateOf } from './outcome.js'
import type { Drawing, ListView } from './view.js'

export function overviewView(drawing: Drawing): ListView {
  const { model, style } = drawing
  const { overview, size } = model
  const { from, to } = windowOf(overview.rows.length, overview, bodyRows(size))
  const width = idWidth(drawing)
  const rows = overview.rows.slice(from, to)
  const body = rows.map((row, index) => rowLine(drawing, row, from + index === overview.cursor, width))
  const none =
    model.run.start === undefined
      ? 'nothing has been told yet'
      : overview.filter === ''
        ? 'there are no checks'
        : 'no check fits the filter; Esc takes it away'
  return {
    head: [line(verdictPieces(drawing), size.columns, style), countsLine(drawing)],
    place: placeOf(overview.cursor, overview.rows.length, bodyRows(size)),
    body: body.length > 0 ? body : [style.paint.dim(style.cutEnd(`  ${none}`, size.columns))],
  }
}

function verdictPieces({ model, style, now }: Drawing): Piece[] {
  const { run, progress } = model
  const { end } = run
  if (isRunning(model)) {
    const word = model.stopping ? 'STOPPING' : run.start === undefined || model.asked ? 'STARTING' : 'RUNNING'
    const parts = [
      `${formatNumber(progress.done)} of ${count(progress.total, 'check')}`,
      ...(progress.bad > 0 ? [`${formatNumber(progress.bad)} not passed`] : []),
      ...(progress.startedAt === 0 ? [] : [formatDuration(Math.max(0, now - progress.startedAt))]),
    ]
    return [
      { text: word, paint: style.paint.bold },
      { text: `  ${parts.join(style.dot)}`, paint: progress.bad > 0 ? style.paint.fail : undefined },
    ]
  }
  if (end === undefined)
    return [{ text: 'NO VERDICT', paint: style.paint.error }, { text: '  the run broke off before it was over' }]
  const { exit, gate } = end
  const outcome = exit.code === 0 ? 'pass' : gate.failed.length > 0 ? 'fail' : 'error'
  const word = exit.code === 0 ? 'PASSED' : outcome === 'fail' ? 'FAILED' : 'NOT PASSED'
  const reason = exit.code === 0 || exit.code > 4 ? exit.reason : gate.reason
  return [
    { text: `${style.mark(outcome)} ${word}`, paint: (text) => style.paint.bold(style.paint[outcome](text)) },
    { text: `  exit ${exit.code}`, paint: style.paint.bold },
    { text: `${style.dot}${shown(reason, style)}` },
  ]
}

function countsLine({ model, style }: Drawing): string {
  const { overview, run, size } = model
  const { columns } = size
  const severities = severityText(model)
  const left: Piece[] = [
    ...outcomePieces(run.tally.outcomes, style),
    ...(severities === '' ? [] : [{ text: `${style.dot}not passed: ${severities}`, paint: style.paint.dim }]),
  ]
  const settings = [
    ...(overview.filter === '' ? [] : [`filter ${shown(overview.filter, style)}`]),
    ...(overview.grouping === 'nothing' ? [] : [`by ${overview.grouping}`]),
    ...(overview.sort === 'plan' ? [] : [`order ${overview.sort}`]),
  ].join(style.dot)
  // What hides checks must be seen, so it takes its room first.
  const room = settings === '' ? columns : Math.max(20, columns - displayWidth(settings) - 3)
  const cut = line(left, room, style)
  const used = Math.min(room, columnsOf(left))
  return settings === ''
    ? cut
    : `${cut}${' '.repeat(Math.max(1, columns - used - displayWidth(settings)))}${style.paint.bold(style.cutEnd(settings, columns - used - 1))}`
}

const STATE = 9
const SEVERITY = 8
const OWNER = 14
const TIME = 7

function idWidth({ model, style }: Drawing): number {
  const { columns } = model.size
  const longest = Math.max(8, ...[...model.planned.keys()].map((id) => displayWidth(style.text(id))))
  return Math.min(longest, Math.max(16, Math.floor(columns * (columns < 100 ? 0.45 : 0.3))))
}

function rowLine(drawing: Drawing, row: OverviewRow, isHere: boolean, width: number): string {
  const { model, style } = drawing
  const { columns } = model.size
  if (row.type === 'group')
    return line(
      [{ text: `${shown(row.name, style)}  `, paint: style.paint.bold }, ...outcomePieces(row.outcomes, style)],
      columns,
      style,
    )
  const { mark, word, paint } = stateOf(model, row.id, style)
  const planned = model.planned.get(row.id)
  const pieces: Piece[] = [
    { text: isHere ? `${style.unicode ? '❯' : '>'} ` : '  ', paint: style.paint.bold },
    { text: cell(`${mark} ${word}`, STATE, style), paint },
    { text: ' ' },
    { text: cell(style.text(row.id), width, style, { cut: 'middle' }), paint: isHere ? style.paint.bold : undefined },
    { text: `  ${cell(planned?.severity ?? '', SEVERITY, style)}`, paint: style.paint.dim },
    ...(columns < 90
      ? []
      : [{ text: `  ${cell(style.text(planned?.owner ?? ''), OWNER, style)}`, paint: style.paint.dim }]),
    { text: `  ${told(drawing, row.id)}`, paint: style.paint.dim },
  ]
  return line(pieces, columns, style)
}

/** How far it is while it runs; how long it took and what was seen when it has ended. */
function told({ model, style, now }: Drawing, id: string): string {
  const running = model.progress.running.get(id)
  if (running !== undefined && isRunning(model)) {
    const again = running.attempt > 1 ? `attempt ${running.attempt} ` : ''
    const since = formatDuration(Math.max(0, now - running.since))
    const text = running.progress === undefined ? since : progressText(running.progress)
    return shown(`${again}${text}`, style)
  }
  const end = model.ends.get(id)
  if (end === undefined) return ''
  const took = end.attempts.length === 0 ? '' : formatDuration(end.duration_ms)
  const seen = end.message ?? seenSubjects(end, new Set()).join(style.dot)
  return `${cell(took, TIME, style, { align: 'right' })}  ${shown(seen, style)}`
}
