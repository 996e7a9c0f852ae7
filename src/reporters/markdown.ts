/** GitHub-flavoured Markdown, for a summary page, a comment or a ticket. */
import { checkWords, outcomeOf, placeAndTime, reasonOf } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext, runName } from './document.js'
import { heldAgainstWhole } from './held-against.js'
import { circumstanceLine, headLine, isTrouble, safeLine, wordLines, worstFirst } from './lay-out.js'
import { codeSpan, fence, prose } from './markdown-text.js'
import type { Reporter, ReporterOptions } from './reporter.js'
import { outcomeWords, verdictOf, verdictText } from './verdict.js'
import { within } from './within.js'

/** What GitHub takes for the summary of a step. */
export const MOST_BYTES = 1024 * 1024

const MARKS = { pass: '✔', warn: '⚠', fail: '✖', error: '❓', blocked: '⊘', skip: '○', waived: '~' } as const

export function createMarkdown(options: ReporterOptions): Reporter {
  return createDocument(options, (run, context) => markdownText(run, context))
}

/** At most so many bytes; what does not fit is said. */
export function markdownText(run: RunReport, context: DocumentContext, bytes = MOST_BYTES): string {
  const head = headText(run)
  const blocks = worstFirst(run.checks.filter((check) => isTrouble(check) || outcomeOf(check) === 'waived'))
  const shown = blocks.map((check) => ({ whole: blockText(check, context), short: '' }))
  const rows = worstFirst(run.checks).map((check) => ({ whole: rowText(check), short: '' }))
  const room = Math.max(0, bytes - Buffer.byteLength(head) - 1000)
  // Half for the table at most, so that there is room for what is to be done.
  const table = within(rows, Math.floor(room / 2))
  const rest = room - Buffer.byteLength(table.texts.join(''))
  const told = within(shown, rest)
  const cut = [
    ...(table.shortened === 0
      ? []
      : [`${table.shortened} checks are left out of the table: a summary has ${bytes} bytes.`]),
    ...(told.shortened === 0
      ? []
      : [`Of ${told.shortened} checks the details are left out: a summary has ${bytes} bytes.`]),
  ]
  const heads =
    '| outcome | check | severity | owner | where, from where, how long | why |\n| --- | --- | --- | --- | --- | --- |\n'
  const text = [
    head,
    ...(rows.length === 0 ? [] : [`${heads}${table.texts.join('')}`]),
    ...told.texts.filter((one) => one !== ''),
    ...(cut.length === 0 ? [] : [`${cut.join(' ')}\n`]),
  ].join('\n')
  if (Buffer.byteLength(text) <= bytes) return text
  const short = `**${prose(safeLine(verdictText(verdictOf(run.start, run.end))))}**\n`
  return Buffer.byteLength(short) <= bytes ? short : ''
}

function headText(run: RunReport): string {
  const { start, end } = run
  const verdict = verdictOf(start, end)
  const mark = verdict.outcome === undefined ? '' : `${MARKS[verdict.outcome]} `
  const facts = [
    ...(end === undefined ? [] : [outcomeWords(end).join(', ')]),
    `run ${codeSpan(safeLine(start.run))}`,
    `on ${codeSpan(safeLine(start.host))}`,
    `at ${start.at}`,
    ...start.selection.map((words) => codeSpan(safeLine(words))),
  ]
  const warnings = [...start.warnings, ...(end?.warnings ?? [])].slice(0, 50)
  return [
    `## ${mark}${prose(safeLine(runName(run)))}`,
    '',
    `**${prose(safeLine(verdictText(verdict), 2000))}**`,
    '',
    `${facts.join(' · ')}`,
    '',
    ...(start.baseline === undefined ? [] : [prose(safeLine(heldAgainstWhole(start.baseline))), '']),
    ...warnings.map((warning) => `- warning: ${prose(safeLine(warning))}`),
    ...(warnings.length === 0 ? [] : ['']),
  ].join('\n')
}

function rowText(check: CheckReport): string {
  const { planned } = check
  const outcome = outcomeOf(check)
  const why = safeLine(reasonOf(check), 200)
  const cells = [
    `${MARKS[outcome]} ${outcome}`,
    codeSpan(safeLine(planned.id)),
    planned.severity,
    prose(safeLine(planned.owner, 100)),
    codeSpan(safeLine(placeAndTime(check).join(', '), 200)),
    why === '' ? '' : codeSpan(why),
  ]
  // A bar ends a cell wherever it stands, in code as well.
  return `| ${cells.map((cell) => cell.replaceAll('\\|', '|').replaceAll('|', '\\|')).join(' | ')} |\n`
}

function blockText(check: CheckReport, context: DocumentContext): string {
  const { planned } = check
  const words = checkWords(check, context)
  const lines = wordLines(words.filter(({ label }) => label !== 'fix' && label !== 'runbook'))
  return [
    `### ${MARKS[outcomeOf(check)]} ${codeSpan(safeLine(planned.id))}`,
    '',
    ...(planned.title === undefined ? [] : [prose(safeLine(planned.title)), '']),
    `${prose(circumstanceLine(check))}`,
    '',
    fence([headLine(check), ...lines]),
    '',
    `**Fix:** ${wordLines([{ label: '', texts: [planned.remediation] }])
      .map((line) => prose(line.replace(/^(?:: | {2})/, '')))
      .join('  \n')}`,
    '',
    ...(planned.runbook === undefined ? [] : [`**Runbook:** ${link(planned.runbook)}`, '']),
  ].join('\n')
}

/** Only what is plainly a web address. */
function link(text: string): string {
  return /^https?:\/\/[\w.~:/?#@!$&'*+,;=%-]{1,400}$/.test(text) ? `<${text}>` : prose(safeLine(text))
}
