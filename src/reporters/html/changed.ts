/** What is otherwise than in the last run, where a history was kept. */
import type { CheckEnd, PastRuns } from '../../engine/events.js'
import { count } from '../../lib/text.js'
import { changesSince, type Moved, type OutcomeChange, pastValues } from '../changes.js'
import type { RunReport } from '../collect.js'
import { numberOf } from '../numbers.js'
import { seenValue } from '../seen.js'
import { sparkline } from './charts.js'
import { type Markup, markup, NOTHING } from './markup.js'
import { badge, time } from './words.js'

const MOST_MOVED = 40

/** Nothing where no history was kept. */
export function changedMarkup({ start, checks }: RunReport): Markup | undefined {
  const { history } = start
  if (history === undefined) return undefined
  const last = history.runs.at(-1)
  if (last === undefined)
    return markup`<p class="empty">This is the first run of the history: the next one will be held against it.</p>`
  const ends = checks.flatMap(({ end }) => end ?? [])
  const changes = changesSince(history, ends)
  const places = new Map(checks.map(({ planned }, index) => [planned.id, index]))
  const groups = [
    group('Worse', changes.broken, places),
    group('Mended', changes.mended, places),
    group('As bad as before', changes.still, places),
    group('Otherwise changed', changes.other, places),
  ]
  const added = changes.added.length === 0 ? NOTHING : markup`<p>New in this run: ${changes.added.join(', ')}</p>`
  const nothing =
    changes.broken.length + changes.mended.length + changes.other.length + changes.moved.length === 0
      ? markup`<p class="empty">Nothing: every check ended as before, and measured what it measured before.</p>`
      : NOTHING
  return markup`<p class="dim">Held against the run of ${time(last.at)} (exit ${last.exit}), the last of ${count(history.runs.length, 'run')} told of here. A check that it did not have is held against its own last run.</p>${nothing}${groups}${added}${movedMarkup(changes.moved, history, ends, places)}`
}

type Places = ReadonlyMap<string, number>

function group(title: string, changes: readonly OutcomeChange[], places: Places): Markup {
  if (changes.length === 0) return NOTHING
  return markup`<h3>${title} <span class="dim">${changes.length}</span></h3><ul class="changes">${changes.map(
    ({ id, before, now }) =>
      markup`<li>${badge(before)} <span class="arrow">→</span> ${badge(now)} <a href="#check-${places.get(id)}">${id}</a></li>`,
  )}</ul>`
}

function movedMarkup(moved: readonly Moved[], history: PastRuns, ends: readonly CheckEnd[], places: Places): Markup {
  if (moved.length === 0) return NOTHING
  const byId = new Map(ends.map((end) => [end.id, end]))
  const shown = moved.slice(0, MOST_MOVED)
  const more =
    moved.length > shown.length
      ? markup`<p class="dim">and ${moved.length - shown.length} more, each beside its check below</p>`
      : NOTHING
  return markup`<h3>Measured otherwise <span class="dim">${moved.length}</span></h3><div class="wide"><table><thead><tr><th scope="col">Check</th><th scope="col">Subject</th><th scope="col">Over the runs</th><th scope="col" class="number">Before</th><th scope="col" class="number">Now</th></tr></thead><tbody>${shown.map(
    ({ id, subject, before, now, type }) =>
      markup`<tr><td><a href="#check-${places.get(id)}">${id}</a></td><td>${subject}</td><td>${trendMarkup(history, id, subject, byId.get(id))}</td><td class="number">${seenValue(before, type)}</td><td class="number">${seenValue(now, type)}</td></tr>`,
  )}</tbody></table></div>${more}`
}

/** Of what is no number there is no line. */
export function trendMarkup(history: PastRuns, id: string, subject: string, end: CheckEnd | undefined): Markup {
  const past = pastValues(history, id, subject).map((value) => numberOf(value))
  const now = numberOf(end !== undefined && Object.hasOwn(end.subjects, subject) ? end.subjects[subject] : undefined)
  if (past.every((number) => number === undefined)) return NOTHING
  return sparkline([...past, now], `${subject} over ${count(past.length + 1, 'run')}`)
}
