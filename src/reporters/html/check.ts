/** All that is known of one check. Closed it is one line of a list; what does not pass is open where there are few. */

import type { PastRuns } from '../../engine/events.js'
import { fileName, isScripted, recoverName } from '../../engine/list-names.js'
import { count } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import { waiverText } from '../check-words.js'
import type { CheckReport } from '../collect.js'
import { seenSubjects } from '../seen.js'
import { type FindingsContext, findingsMarkup } from './check-findings.js'
import { assertionsMarkup, excerptMarkup, subjectsMarkup } from './check-tables.js'
import { lines, type Markup, markup, NOTHING } from './markup.js'
import { badge, copyable, fact, link, listOf, time } from './words.js'

export interface CheckContext extends FindingsContext {
  readonly history: PastRuns | undefined
  /** Where the lists of all findings are. */
  readonly lists: string | undefined
  readonly open: boolean
}

export function checkMarkup(check: CheckReport, index: number, context: CheckContext): Markup {
  const { planned, end } = check
  const seen = end === undefined ? '' : seenSubjects(end, new Set()).slice(0, 4).join(' · ')
  return markup`<details class="check" id="check-${index}" data-outcome="${end?.outcome ?? 'none'}" data-severity="${planned.severity}" data-owner="${planned.owner}"${context.open ? markup` open` : NOTHING}>
<summary>${badge(end?.outcome)}<h3 class="id">${planned.id}</h3><span class="about">${planned.title ?? seen}</span><span class="who">${planned.severity} · ${planned.owner}</span><span class="took">${end === undefined || end.attempts.length === 0 ? '' : formatDuration(end.duration_ms)}</span></summary>
<div class="body">
${end?.message === undefined ? NOTHING : markup`<p class="message ${end.outcome}">${end.message}</p>`}${end?.at_place === undefined ? NOTHING : excerptMarkup(end.at_place)}${end?.hint === undefined ? NOTHING : markup`<p>${end.hint}</p>`}
${section('Cause', causes(check))}
${section('Expected and seen', end === undefined ? NOTHING : assertionsMarkup(end))}
${findingsMarkup(check, index, context)}
${section('Put back', putBack(check, context.lists))}
${section('What to do', whatToDo(check))}
${section('Could not be seen', listOf(end?.gaps ?? []))}
${section('Notes', listOf(end?.notes ?? []))}
${section('Accepted', end?.waiver === undefined ? NOTHING : markup`<p>${waiverText(end.waiver)}: ${end.waiver.reason}</p>`)}
${section('Measured', end === undefined ? NOTHING : subjectsMarkup(end, context.history))}
${section('Attempts', attempts(check))}
${section('Where it stands', whereItStands(check))}
</div></details>
`
}

function section(title: string, content: Markup): Markup {
  return content.html === '' ? NOTHING : markup`<section><h4>${title}</h4>${content}</section>`
}

function causes({ end }: CheckReport): Markup {
  return markup`${(end?.diagnoses ?? []).map(
    ({ summary, suggestion }) =>
      markup`<p class="cause">${summary}</p>${suggestion === undefined ? NOTHING : copyable(suggestion, 'what to paste')}`,
  )}`
}

function putBack({ planned, end }: CheckReport, lists: string | undefined): Markup {
  const ways = (end?.recovery ?? []).map((way) => {
    const { source, target, several } = way
    const which = several === true ? `${source} into ${target}` : source
    if (lists === undefined)
      return markup`<p>From ${which}: <code>--findings DIR</code> writes the list and what to run.</p>`
    const path = `${lists}/${fileName(planned.id)}.${recoverName(way)}`
    return markup`<p>From ${which}:</p>${copyable(isScripted(way) ? `sh ${path}.sh` : `${path}.txt`, 'what to run')}`
  })
  return markup`${ways}`
}

function whatToDo({ planned }: CheckReport): Markup {
  const runbook = planned.runbook === undefined ? NOTHING : markup`<p>Runbook: ${link(planned.runbook)}</p>`
  return markup`${copyable(planned.remediation, 'what to do')}${runbook}`
}

function attempts({ end }: CheckReport): Markup {
  if (end === undefined || end.attempts.length < 2) return NOTHING
  return markup`<table><thead><tr><th scope="col">Outcome</th><th scope="col">Ended</th><th scope="col" class="number">Took</th><th scope="col">Message</th></tr></thead><tbody>${end.attempts.map(
    ({ outcome, at, duration_ms, message }) =>
      markup`<tr><td>${badge(outcome)}</td><td>${time(at)}</td><td class="number">${formatDuration(duration_ms)}</td><td>${message}</td></tr>`,
  )}</tbody></table>`
}

function whereItStands({ planned, end }: CheckReport): Markup {
  const { place } = planned
  const vantage = end?.vantage ?? planned.vantage
  const reads = planned.plan.map(({ what, connection, cost }) =>
    [what, connection === undefined ? undefined : `connection ${connection}`, cost]
      .filter((text) => text !== undefined)
      .join(' · '),
  )
  return markup`<dl class="facts">${fact('Kind', planned.kind)}${fact('Severity', planned.severity)}${fact('Owner', planned.owner)}${fact('Looked from', vantage)}${fact('How', end?.method)}${fact('Ended', end === undefined ? undefined : time(end.at))}${fact('Took', end === undefined || end.attempts.length === 0 ? undefined : `${formatDuration(end.duration_ms)}, ${count(end.attempts.length, 'attempt')}`)}${fact('Migration', planned.migration)}${fact('Tags', planned.tags.length === 0 ? undefined : planned.tags.join(', '))}${fact('Requires', planned.requires.length === 0 ? undefined : planned.requires.join(', '))}</dl>${excerptMarkup(place)}${reads.length === 0 ? NOTHING : markup`<p class="dim">Reads:</p>${listOf(reads.map((text) => markup`${lines(text)}`))}`}`
}
