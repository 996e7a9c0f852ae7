/** What a check expected and measured, and the lines of the check file it stands on. */
import type { AssertionResult, CheckEnd, PastRuns } from '../../engine/events.js'
import type { Excerpt } from '../../lib/position.js'
import { lastOf, pastValues } from '../changes.js'
import { seenText } from '../check-words.js'
import { placeText } from '../excerpt.js'
import { notSeen, seenValue, typeIn } from '../seen.js'
import { trendMarkup } from './changed.js'
import { type Markup, markup, NOTHING } from './markup.js'
import { badge, listOf } from './words.js'

const LEVELS: Readonly<Record<AssertionResult['level'], 'fail' | 'warn' | 'error'>> = {
  expect: 'fail',
  warn: 'warn',
  tell: 'error',
}

/** What does not hold comes first. */
export function assertionsMarkup(end: CheckEnd): Markup {
  if (end.assertions.length === 0) return NOTHING
  const sorted = [...end.assertions].sort((a, b) => Number(a.ok) - Number(b.ok))
  return markup`<div class="wide"><table><thead><tr><th scope="col">Holds</th><th scope="col">Subject</th><th scope="col">Expected</th><th scope="col">Seen</th><th scope="col">Stands at</th></tr></thead><tbody>${sorted.map(
    (assertion) => {
      const outcome = assertion.ok ? 'pass' : assertion.unevaluated === undefined ? LEVELS[assertion.level] : 'error'
      const expected = `${assertion.expected}${assertion.origin === 'default' ? ' (default)' : ''}`
      return markup`<tr class="${assertion.ok ? 'holds' : 'broken'}"><td>${badge(outcome)}</td><th scope="row">${assertion.subject}</th><td><code>${expected}</code></td><td><strong>${seenText(assertion, end)}</strong></td><td class="dim">${assertion.place === undefined ? '' : placeText(assertion.place)}</td></tr>`
    },
  )}</tbody></table></div>`
}

export function subjectsMarkup(end: CheckEnd, history: PastRuns | undefined): Markup {
  const names = Object.keys(end.subjects)
  const withheld = Object.entries(end.withheld ?? {})
  const unseen = notSeen(end, new Set())
  const past = history !== undefined && names.some((name) => pastValues(history, end.id, name).length > 0)
  const row = (name: string): Markup => {
    const type = typeIn(end, name)
    const now = end.subjects[name]
    const before = lastOf(pastValues(history, end.id, name))
    const trend =
      history === undefined || !past
        ? NOTHING
        : markup`<td>${trendMarkup(history, end.id, name, end)}</td><td class="number dim">${before === undefined ? '' : seenValue(before, type)}</td>`
    return markup`<tr><th scope="row">${name}</th>${trend}<td class="number">${now === undefined ? '' : seenValue(now, type)}</td></tr>`
  }
  const head = past ? markup`<th scope="col">Over the runs</th><th scope="col" class="number">Before</th>` : NOTHING
  const table =
    names.length === 0
      ? NOTHING
      : markup`<div class="wide"><table class="subjects"><thead><tr><th scope="col">Subject</th>${head}<th scope="col" class="number">Seen</th></tr></thead><tbody>${names.map(row)}</tbody></table></div>`
  return markup`${table}${listOf([
    ...withheld.map(([name, instead]) => `${name}: not shown (${instead})`),
    ...unseen.map((words) => `not measured: ${words}`),
  ])}`
}

/** A line of the check file, what is meant marked in it. Columns count UTF-16 units of the raw line. */
export function excerptMarkup(place: Excerpt): Markup {
  const { text, line, column } = place
  const oneLine = place.endLine === undefined || place.endLine === place.line
  const last = oneLine ? place.endColumn : undefined
  const from = Math.max(0, column - 1)
  const to = last === undefined ? text.length : last - 1
  return markup`<div class="excerpt"><span class="dim">${placeText(place, true)}</span><pre><span class="dim">${line} | </span>${text.slice(0, from)}<mark>${text.slice(from, to)}</mark>${text.slice(Math.max(from, to))}</pre></div>`
}
