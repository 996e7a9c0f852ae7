/** The top of the page: the verdict and why, in words that need no other, and what is to be done first. */
import { OUTCOMES, type Outcome } from '../../engine/events.js'
import { SEVERITIES } from '../../kinds/kind.js'
import { count, formatNumber } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import type { CheckReport, RunReport } from '../collect.js'
import { recordWords } from '../held-against.js'
import { MARKS } from '../style.js'
import { verdictOf, WORDS } from '../verdict.js'
import { brokenWords } from './broken-words.js'
import { sharesBar } from './charts.js'
import { type Markup, markup, NOTHING } from './markup.js'
import { badge, fact, listOf, time } from './words.js'

export function headerMarkup({ start, end }: RunReport): Markup {
  const { outcome, head, reason } = verdictOf(start, end)
  const mark = outcome === undefined ? '·' : MARKS[outcome][0]
  const why = end === undefined ? 'The run broke off before it was over: what is in this page is all there is.' : reason
  const part = start.shard === undefined ? undefined : `part ${start.shard.number} of ${start.shard.of}`
  const parts = start.parts === undefined ? undefined : `${count(start.parts.length, 'part')} put together`
  const title = ['postflight', start.name, part, parts].filter((text) => text !== undefined).join(' · ')
  return markup`<header class="verdict ${outcome ?? 'none'}">
<div class="topline"><p class="eyebrow">${title}</p><button type="button" id="theme" hidden>Theme: automatic</button></div>
<h1><span class="mark" aria-hidden="true">${mark}</span> ${head.slice(0, 1).toUpperCase()}${head.slice(1)}</h1>
<p class="why">${why}</p>
<dl class="facts">${fact('Began', time(start.at))}${fact('Took', end === undefined ? 'broke off' : formatDuration(end.duration_ms))}${fact('Seen from', start.host)}${fact('Exit code', end === undefined ? 'none' : `${end.exit.code}`)}${fact('Held against', start.baseline === undefined ? undefined : recordWords(start.baseline))}${fact('Its SHA-256', start.baseline?.sha256)}${fact('Run', start.run)}${fact('postflight', start.versions.postflight)}</dl>
</header>
`
}

/** How the checks ended, in one bar and in words. */
export function outcomesMarkup(checks: readonly CheckReport[]): Markup {
  const counted = OUTCOMES.map((outcome) => ({
    name: outcome,
    count: checks.filter(({ end }) => end?.outcome === outcome).length,
  })).filter(({ count: number }) => number > 0)
  const open = checks.filter(({ end }) => end === undefined).length
  const parts = [...counted, ...(open === 0 ? [] : [{ name: 'none', count: open }])]
  const label = parts.map(({ name, count: number }) => `${number} ${name}`).join(', ')
  return markup`${sharesBar(parts, label)}<ul class="legend">${counted.map(
    ({ name, count: number }) => markup`<li><strong>${formatNumber(number)}</strong> ${badge(name, WORDS[name])}</li>`,
  )}${open === 0 ? NOTHING : markup`<li><strong>${open}</strong> ${badge(undefined)}</li>`}</ul>`
}

const ATTENTION: readonly Outcome[] = ['fail', 'error', 'blocked', 'warn']

/** Worst first: what holds the gate shut before what does not, by severity. */
export function actionsMarkup(checks: readonly CheckReport[]): Markup {
  const rank = ({ planned, end }: CheckReport): number =>
    ATTENTION.indexOf(end?.outcome ?? 'warn') * 10 + SEVERITIES.indexOf(planned.severity)
  const open = checks
    .map((check, index) => ({ check, index }))
    .filter(({ check: { end } }) => end !== undefined && ATTENTION.includes(end.outcome))
    .sort((a, b) => rank(a.check) - rank(b.check))
  if (open.length === 0) {
    const none =
      checks.length === 0 ? 'No check was run, so nothing is known.' : 'No check asks for anything to be done.'
    return markup`<p class="empty">${none}</p>`
  }
  return markup`<div class="wide"><table class="actions"><thead><tr><th scope="col">Outcome</th><th scope="col">Check</th><th scope="col">What is wrong</th><th scope="col">What to do</th></tr></thead><tbody>${open.map(
    ({ check, index }) =>
      markup`<tr><td>${badge(check.end?.outcome)}</td><th scope="row"><a href="#check-${index}">${check.planned.id}</a><span class="dim">${check.planned.severity} · ${check.planned.owner}</span></th><td>${wrong(check)}</td><td>${firstLine(check.planned.remediation)}</td></tr>`,
  )}</tbody></table></div>`
}

function wrong({ end }: CheckReport): Markup {
  if (end === undefined) return NOTHING
  const told = brokenWords(end)
  const message = end.message === undefined ? [] : [end.message]
  const causes = end.diagnoses.map(({ summary }) => summary)
  return listOf([...(told.length === 0 ? message : told), ...causes].slice(0, 4))
}

function firstLine(text: string): string {
  const [first = '', ...rest] = text.trim().split('\n')
  return rest.length === 0 ? first : `${first} …`
}
