/** The page, from its first byte to its last. Findings come between `beginning` and `ending`, as the run finds them. */
import { createHash } from 'node:crypto'
import type { RunStart } from '../../engine/events.js'
import type { Finding, Presented } from '../../kinds/kind.js'
import { count, formatNumber } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import type { CheckReport, RunReport } from '../collect.js'
import { SCRIPT, STYLE } from './assets.js'
import { changedMarkup } from './changed.js'
import { PATTERNS } from './charts.js'
import { checkMarkup } from './check.js'
import { coverageMarkup } from './coverage.js'
import { dataElement } from './data.js'
import { FIRST_OF_CLASS, type FindingsOfCheck, MOST_FINDINGS } from './findings.js'
import { type Markup, markup, NOTHING } from './markup.js'
import { durationsMarkup } from './plots.js'
import type { PageIndex } from './record.js'
import { actionsMarkup, headerMarkup, outcomesMarkup } from './summary.js'

/** More of them open make a page nobody scrolls through. */
const MOST_OPEN = 3

/** Nothing is fetched, nothing runs but the one script, nothing is sent. */
function policy(): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return `default-src 'none'; script-src ${hash(SCRIPT)}; style-src ${hash(STYLE)}; base-uri 'none'; form-action 'none'`
}

export function beginning(start: RunStart): string {
  const title = ['postflight', ...(start.name === undefined ? [] : [start.name]), start.at.slice(0, 10)].join(' · ')
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${markup`${policy()}`.html}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<meta name="color-scheme" content="light dark">
<title>${markup`${title}`.html}</title>
<style>${STYLE}</style>
</head>
<body>
`
}

export interface PageOptions {
  readonly findingsOf: (check: string) => FindingsOfCheck
  readonly present: (kind: string, finding: Finding) => Presented
}

/** In pieces, for a page of many checks is long. */
export function* ending(run: RunReport, { findingsOf, present }: PageOptions): Generator<string, void, void> {
  const { start, checks } = run
  const found = checks.map(({ planned }) => findingsOf(planned.id))
  const lists = start.findings?.replace(/\/$/, '')
  yield PATTERNS.html
  yield headerMarkup(run).html
  yield '<main>\n'
  yield section('todo', 'What needs doing', markup`${outcomesMarkup(checks)}${actionsMarkup(checks)}`)
  yield section('coverage', 'What was looked at', coverageMarkup(run))
  const changed = changedMarkup(run)
  if (changed !== undefined) yield section('changed', 'Since the last run', changed)
  yield `<section id="checks"><h2>Checks <span class="dim">${formatNumber(checks.length)}</span></h2><div id="filter"></div>\n`
  const open = new Set(worst(checks).slice(0, MOST_OPEN))
  for (const [index, check] of checks.entries()) {
    const findings = found[index]
    if (findings === undefined) continue
    yield checkMarkup(check, index, { findings, present, lists, history: start.history, open: open.has(check) }).html
  }
  yield '</section>\n'
  yield section('all-findings', 'All findings', allFindings(run, found, lists))
  yield section('durations', 'Time by check', durations(checks))
  yield '</main>\n'
  yield footer(run).html
  yield dataElement('index', indexOf(checks, found))
  yield `<script>${SCRIPT}</script>\n</body>\n</html>\n`
}

function section(id: string, title: string, content: Markup): string {
  return markup`<section id="${id}"><h2>${title}</h2>${content}</section>\n`.html
}

function worst(checks: readonly CheckReport[]): readonly CheckReport[] {
  const bad = (outcome: string) => checks.filter(({ end }) => end?.outcome === outcome)
  return [...bad('fail'), ...bad('error')]
}

function allFindings({ checks }: RunReport, found: readonly FindingsOfCheck[], lists: string | undefined): Markup {
  const total = checks.reduce(
    (sum, { end }) => sum + Object.values(end?.counts ?? {}).reduce((so, number) => so + number, 0),
    0,
  )
  const listed = found.reduce((sum, one) => sum + one.listed, 0)
  if (total === 0 && listed === 0)
    return markup`<p class="empty">${
      checks.some(({ end }) => end?.outcome === 'error' || end?.outcome === 'blocked')
        ? 'None were found by the checks that could look. Those that could not tell say so above.'
        : 'None.'
    }</p>`
  const limit =
    total <= listed
      ? NOTHING
      : markup`<p class="lacking">${formatNumber(listed)} of ${count(total, 'finding')} are in this page: it takes ${formatNumber(MOST_FINDINGS)}, and of each class of each check the first ${FIRST_OF_CLASS}. The numbers above are of all. ${
          lists === undefined ? 'A run with --findings DIR writes all of them.' : `All of them are in ${lists}/.`
        }</p>`
  return markup`${limit}<div class="explorer" data-all></div><noscript><p>Searching needs the script of this page.</p></noscript>`
}

function durations(checks: readonly CheckReport[]): Markup {
  const named = checks.map(({ planned, end }, index) => ({ index, id: planned.id, value: end?.duration_ms ?? 0 }))
  return durationsMarkup(named, formatDuration)
}

function footer({ start }: RunReport): Markup {
  const from = start.files.length === 0 ? '' : ` from ${start.files.join(', ')}`
  return markup`<footer><p>Made by postflight ${start.versions.postflight}${from}. The page holds all it shows, asks nothing of the network, and can be kept or sent as it is. Times are UTC.</p></footer>\n`
}

function indexOf(checks: readonly CheckReport[], found: readonly FindingsOfCheck[]): PageIndex {
  return {
    checks: checks.map(({ planned, end }, index) => ({
      id: planned.id,
      counts: end?.counts ?? {},
      blocks: found[index]?.blocks ?? [],
      listed: found[index]?.listed ?? 0,
    })),
  }
}
