/** A notice in plain text, line by line, escaped: for mails, the body of a ping, and the summaries of the others. */
import { count, formatNumber, listWords } from '../lib/text.js'
import { escapeLines, escapeText } from '../lib/text-escape.js'
import type { Notice, NoticeCheck } from './notice.js'

const TROUBLES = [
  ['fail', 'failed'],
  ['error', 'could not be told'],
  ['blocked', 'blocked'],
  ['warn', 'warned'],
] as const

/** Others have something to do. */
const CLEAR_OF_OTHERS = 'nothing that concerns this route'

/** `shop after the move: 2 failed, 1 could not be told (orders-rows, uploads-on-disk and 1 more)`. One line. */
export function summaryOf(notice: Notice): string {
  const { run, status, troubles, more_troubles: more, resolved, more_resolved: moreResolved, of_run: ofRun } = notice
  const head = run.name === undefined ? 'postflight' : run.name
  if (status === 'clear') {
    const { code } = notice.exit
    const words = code === 0 ? `all is well, ${count(notice.counts.checks, 'check')} looked at` : CLEAR_OF_OTHERS
    return escapeText(`${head}: ${words}${code === 0 ? '' : ` (exit ${code})`}`)
  }
  if (status === 'resolved') return escapeText(`${head}: resolved: ${named(resolved, moreResolved)}`)
  const parts = TROUBLES.flatMap(([outcome, words]) => {
    const found = troubles.filter((check) => check.outcome === outcome).length
    return found === 0 ? [] : [`${formatNumber(found)} ${words}`]
  })
  const told = [
    ...parts,
    ...(more === 0 ? [] : [`${formatNumber(more)} more`]),
    ...(ofRun === undefined ? [] : [ofRun]),
  ]
  return escapeText(`${head}: ${told.join(', ')}${troubles.length === 0 ? '' : ` (${named(troubles, more)})`}`)
}

function named(checks: readonly { readonly id: string }[], more: number): string {
  const first = checks.slice(0, 3).map(({ id }) => id)
  const rest = checks.length - first.length + more
  return listWords(rest === 0 ? first : [...first, `${formatNumber(rest)} more`])
}

/** The whole of it. */
export function linesOf(notice: Notice): readonly string[] {
  const { resolved, more_resolved: moreResolved, of_run: ofRun, more_troubles: more } = notice
  return [
    summaryOf(notice),
    ...circumstances(notice),
    ...(ofRun === undefined ? [] : ['', escapeText(`The run itself: ${ofRun}`)]),
    ...notice.troubles.flatMap((check) => ['', ...checkLines(check)]),
    ...(more === 0 ? [] : ['', `And ${count(more, 'more check')}: the report of the run has them.`]),
    ...(resolved.length === 0
      ? []
      : [
          '',
          'Resolved:',
          ...resolved.map(({ id, owner, was, now }) => escapeText(`  ${id} (${owner}): ${was}, now ${now}`)),
        ]),
    ...(moreResolved === 0 ? [] : [`  and ${formatNumber(moreResolved)} more`]),
  ]
}

export function circumstances({ run, exit, counts }: Notice): readonly string[] {
  const outcomes = Object.entries(counts).filter(([name, number]) => name !== 'checks' && number > 0)
  const told = outcomes.map(([name, number]) => `${formatNumber(number)} ${name}`)
  return [
    escapeText(`exit ${exit.code}: ${exit.reason}`),
    escapeText(`${count(counts.checks, 'check')}${told.length === 0 ? '' : `: ${told.join(', ')}`}`),
    escapeText(`run ${run.id} on ${run.host}, ended ${run.finished_at}, took ${run.duration}`),
    ...(run.selection.length === 0 ? [] : [escapeText(`only ${run.selection.join(' ')}`)]),
  ]
}

const CHANGES = { new: '', changed: ', changed', standing: ', as before' } as const

export function headOf({ id, outcome, severity, owner, change }: NoticeCheck): string {
  return escapeText(`${outcome}  ${id}  (${severity}, ${owner}${CHANGES[change]})`)
}

/** What it came to, without its head and what to do. */
export function whyOf({
  title,
  message,
  hint,
  broken,
  notes,
  counts,
  findings,
  cause,
}: NoticeCheck): readonly string[] {
  const classes = Object.entries(counts).map(([name, number]) => `${formatNumber(number)} ${name}`)
  const all = Object.values(counts).reduce((sum, number) => sum + number, 0)
  return [
    ...(title === undefined ? [] : [escapeText(title)]),
    ...(message === undefined ? [] : escapeLines(message)),
    ...(hint === undefined ? [] : escapeLines(`hint: ${hint}`)),
    ...broken.map(({ subject, expected, seen }) =>
      escapeText(`${subject}: expected ${expected}${seen === undefined ? '' : `, seen ${seen}`}`),
    ),
    ...notes.map((note) => escapeText(`note: ${note}`)),
    ...(classes.length === 0 ? [] : [escapeText(`${count(all, 'finding')}: ${classes.join(', ')}`)]),
    ...findings.map((finding) => `- ${escapeText(finding)}`),
    ...(cause === undefined ? [] : escapeLines(`cause: ${cause}`)),
  ]
}

function checkLines(check: NoticeCheck): readonly string[] {
  const { remediation, runbook, place } = check
  return [
    headOf(check),
    ...whyOf(check).map((line) => `  ${line}`),
    ...escapeLines(`fix: ${remediation}`).map((line) => `  ${line}`),
    ...(runbook === undefined ? [] : [escapeText(`  runbook: ${runbook}`)]),
    escapeText(`  ${place}`),
  ]
}
