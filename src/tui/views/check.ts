/** All there is to say of one check: what was expected and seen, why, how it was looked at, and what to do. */
import type { CheckEnd, PlannedCheck } from '../../engine/events.js'
import { formatNumber, wrapText } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import { waiverText } from '../../reporters/check-words.js'
import { excerptLines, placeText } from '../../reporters/excerpt.js'
import { paragraph } from '../../reporters/paragraph.js'
import { progressText } from '../../reporters/progress.js'
import { notSeen, seenSubjects } from '../../reporters/seen.js'
import type { Style } from '../../reporters/style.js'
import { assertionBox } from '../../reporters/table-assertions.js'
import { type Earlier, trendTexts } from '../../reporters/trend.js'
import { checkAt } from '../model.js'
import { apart, type Paint } from './line.js'
import { stateOf } from './outcome.js'
import type { Drawing, TextView } from './view.js'

export function checkView(drawing: Drawing): TextView {
  const { model, style } = drawing
  const id = checkAt(model)
  const planned = id === undefined ? undefined : model.planned.get(id)
  if (planned === undefined) return { head: ['', ''], text: [style.paint.dim('  there is no check here')] }
  const end = model.ends.get(planned.id)
  return {
    head: headOf(drawing, planned),
    text: [
      ...runningLines(drawing, planned),
      ...(end === undefined ? [] : keptLines(drawing, end)),
      ...planLines(planned, drawing),
    ],
  }
}

function headOf({ model, style }: Drawing, planned: PlannedCheck): [string, string] {
  const { mark, word, paint } = stateOf(model, planned.id, style)
  const bold: Paint = (text) => style.paint.bold(paint(text))
  const right = [planned.severity, planned.owner, planned.kind].map(style.text).join(style.dot)
  const { columns } = model.size
  return [
    apart(
      [
        { text: `${mark} ${word}  `, paint: bold },
        { text: style.text(planned.id), paint: style.paint.bold },
      ],
      [{ text: right, paint: style.paint.dim }],
      columns,
      style,
    ),
    style.cutEnd(style.text(planned.title ?? ''), columns),
  ]
}

function runningLines({ model, style, now }: Drawing, { id }: PlannedCheck): string[] {
  const running = model.progress.running.get(id)
  if (running === undefined) return []
  const text = [
    ...(running.attempt > 1 ? [`attempt ${running.attempt}`] : []),
    ...(running.progress === undefined ? [] : [progressText(running.progress)]),
    `for ${formatDuration(Math.max(0, now - running.since))}`,
  ]
  return labelled(style, 'running', [text.join(style.dot)], style.paint.bold)
}

function keptLines({ kept, style, trails }: Drawing, end: CheckEnd): readonly string[] {
  const before = kept.get(end)
  if (before?.width === style.width) return before.lines
  const lines = endLines(end, trails?.get(end.id) ?? [], style)
  kept.set(end, { width: style.width, lines })
  return lines
}

function endLines(end: CheckEnd, earlier: readonly Earlier[], style: Style): string[] {
  const { paint } = style
  const named = new Set(end.assertions.map(({ subject }) => subject))
  // Those that did not hold first: that is what one has come for.
  const assertions = [...end.assertions.filter(({ ok }) => !ok), ...end.assertions.filter(({ ok }) => ok)]
  const counts = Object.entries(end.counts).filter(([, number]) => number > 0)
  return [
    ...(end.message === undefined ? [] : labelled(style, '', [end.message], paint[end.outcome])),
    ...(end.at_place === undefined
      ? []
      : [paint.dim(`  ${style.text(placeText(end.at_place, true))}`), ...excerptLines(end.at_place, style)]),
    ...labelled(style, 'hint', one(end.hint)),
    ...assertionBox(assertions, end, style),
    ...labelled(style, 'seen', one(seenSubjects(end, named).join(style.dot) || undefined)),
    ...labelled(style, 'unseen', notSeen(end, named)),
    ...labelled(style, 'trend', trendTexts(end, earlier, style)),
    ...end.diagnoses.flatMap(({ summary, suggestion }) => [
      ...labelled(style, 'cause', [summary], paint.bold),
      ...(suggestion === undefined
        ? []
        : paragraph(style, 'paste', style.lines(suggestion), { paint: paint.pass, wrap: false })),
    ]),
    ...labelled(
      style,
      'findings',
      one(counts.map(([name, number]) => `${formatNumber(number)} ${name}`).join(', ') || undefined),
    ),
    ...labelled(style, 'known', end.known === 0 ? [] : [`${formatNumber(end.known)}, not counted`]),
    ...labelled(
      style,
      'put back',
      (end.recovery ?? []).map(
        ({ source, target }) =>
          `from ${source} into ${target}; postflight verify --findings DIR writes the list and what to run`,
      ),
    ),
    ...labelled(style, 'gap', end.gaps, paint.error),
    ...labelled(style, 'note', end.notes),
    ...labelled(
      style,
      'waived',
      end.waiver === undefined ? [] : [`${waiverText(end.waiver)}: ${end.waiver.reason}`],
      paint.waived,
    ),
    ...labelled(style, 'looked', [lookedText(end, style)]),
    ...labelled(
      style,
      'tries',
      end.attempts.length < 2
        ? []
        : end.attempts.map(
            ({ outcome, at, duration_ms: took, message }, index) =>
              `${index + 1}: ${outcome} after ${formatDuration(took)}, ${at}${message === undefined ? '' : `: ${message}`}`,
          ),
    ),
  ]
}

function lookedText(end: CheckEnd, style: Style): string {
  return [
    end.vantage === 'local' ? 'from here' : `from ${end.vantage}`,
    ...(end.method === undefined || end.method === 'local' ? [] : [end.method]),
    ...(end.duration_ms === 0 ? [] : [`in ${formatDuration(end.duration_ms)}`]),
    `until ${end.at}`,
  ].join(style.dot)
}

function planLines(planned: PlannedCheck, { style, queries }: Drawing): string[] {
  const { id, place, plan, remediation, runbook, migration, requires, tags } = planned
  const steps = plan.map(({ what, connection, cost }) =>
    [what, ...(connection === undefined ? [] : [`on ${connection}`]), ...(cost === undefined ? [] : [cost])].join(
      style.dot,
    ),
  )
  return [
    ...labelled(style, 'reads', steps),
    ...labelled(style, 'SQL', queries?.(id) ?? []),
    ...labelled(style, 'requires', one(requires.join(', ') || undefined)),
    ...labelled(style, 'of', one(migration === undefined ? undefined : `migration ${migration}`)),
    ...labelled(style, 'tags', one(tags.join(', ') || undefined)),
    ...labelled(style, 'fix', [remediation], style.paint.bold),
    ...labelled(style, 'runbook', one(runbook)),
    ...labelled(style, 'file', [placeText(place)]),
    ...excerptLines(place, style),
  ]
}

function one(text: string | undefined): string[] {
  return text === undefined ? [] : [text]
}

function labelled(style: Style, name: string, texts: readonly string[], paint?: Paint): string[] {
  if (name === '')
    return texts
      .flatMap((text) => style.lines(text).flatMap((whole) => wrapText(whole, style.width - 2)))
      .map((whole) => `  ${(paint ?? plain)(whole)}`)
  return texts.flatMap((text, index) => paragraph(style, index === 0 ? name : '', style.lines(text), { paint }))
}

function plain(text: string): string {
  return text
}
