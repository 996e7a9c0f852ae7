/** What was looked at, and what was not, with its reason: a gap is as visible as a success. */
import type { CheckEnd } from '../../engine/events.js'
import { isEvaluated } from '../../engine/tally.js'
import { count, formatNumber } from '../../lib/text.js'
import type { CheckReport, RunReport } from '../collect.js'
import { notSeen } from '../seen.js'
import { type Markup, markup } from './markup.js'
import { badge, listOf } from './words.js'

export function coverageMarkup({ start, checks, end }: RunReport): Markup {
  const evaluated = checks.filter((check) => check.end !== undefined && isEvaluated(check.end.outcome))
  const told = [
    `${formatNumber(evaluated.length)} of ${count(checks.length, 'check')} came to a judgement`,
    `${count(
      checks.reduce((sum, check) => sum + (check.end?.assertions.length ?? 0), 0),
      'expectation',
    )} held against what was seen`,
    ...examined(checks),
  ]
  const unseen = checks.flatMap((check, index) => unseenOf(check).map((words) => ({ check, index, words })))
  const apart = [
    ...start.selection.map((words) => `The run was narrowed by ${words}: other checks of the files were not run.`),
    ...(start.shard === undefined ? [] : ['This is one part of a run: nothing is known here of the others.']),
    ...(start.parts ?? []).flatMap(({ number, of, trouble }) =>
      trouble === undefined ? [] : [`Part ${number} of ${of}: ${trouble}`],
    ),
    ...(start.history?.gone ?? []).map((id) => `${id} was part of the last run and is not part of this one.`),
    ...start.warnings,
    ...(end?.warnings ?? []),
  ]
  return markup`<div class="two"><div><h3>Looked at</h3>${listOf(told)}</div><div><h3>Not looked at</h3>${
    unseen.length === 0 && apart.length === 0
      ? markup`<p class="empty">Nothing was left out: every check came to a judgement, and none tells of a gap.</p>`
      : markup`<ul class="unseen">${unseen.map(
          ({ check, index, words }) =>
            markup`<li>${badge(check.end?.outcome)} <a href="#check-${index}">${check.planned.id}</a>: ${words}</li>`,
        )}${apart.map((words) => markup`<li>${words}</li>`)}</ul>`
  }</div></div>`
}

/** What checks of a kind say they went through, added up. */
function examined(checks: readonly CheckReport[]): readonly string[] {
  const told = new Map<string, number>()
  for (const { planned, end } of checks) {
    const number = end?.subjects['examined']
    if (typeof number === 'number') told.set(planned.kind, (told.get(planned.kind) ?? 0) + number)
  }
  return [...told].map(([kind, number]) => `${formatNumber(number)} examined by checks of kind ${kind}`)
}

function unseenOf({ end }: CheckReport): readonly string[] {
  if (end === undefined) return ['it had not ended when the run broke off']
  const named = new Set<string>()
  return [
    ...(isEvaluated(end.outcome) ? [] : [end.message ?? (end.outcome === 'skip' ? 'no reason given' : end.outcome)]),
    ...end.gaps,
    ...(isEvaluated(end.outcome) ? notSeen(end, named).map((words) => `not measured: ${words}`) : []),
    ...knownOf(end),
  ]
}

function knownOf({ known }: CheckEnd): readonly string[] {
  return known === 0 ? [] : [`${count(known, 'finding')} listed by \`known:\`, not counted and not in this page`]
}
