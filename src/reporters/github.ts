/**
 * For a job of GitHub Actions: annotations, within the ten errors and ten warnings that a step shows, the summary of the
 * step, and its outputs. A line that begins with `::` is a command to the runner, so nothing from elsewhere begins one.
 */
import { checkWords, outcomeOf } from './check-words.js'
import type { CheckReport, RunReport } from './collect.js'
import { createDocument, type DocumentContext } from './document.js'
import { circumstanceLine, headLine, isTrouble, safeLine, wordLines, worstFirst } from './lay-out.js'
import { MOST_BYTES, markdownText } from './markdown.js'
import type { GithubFiles, Reporter, ReporterOptions } from './reporter.js'
import { verdictOf, verdictText } from './verdict.js'

/** Of each level in one step; what is beyond them vanishes without a word. */
const MOST_EACH = 10
const LONGEST_TITLE = 200
const LINES = 25

type Level = 'error' | 'warning' | 'notice'

export function createGithub(options: ReporterOptions): Reporter {
  const render = async (run: RunReport, context: DocumentContext): Promise<string> => {
    await summarise(run, context, options.github)
    return annotations(run, context)
  }
  return createDocument(options, render, { commands: true })
}

export function annotations(run: RunReport, context: DocumentContext): string {
  const troubled = worstFirst(run.checks.filter(isTrouble))
  const of = (level: Level) => troubled.filter((check) => levelOf(check, run) === level)
  const gate = closedByNone(run) ? [gateLine(run)] : []
  const lines = (['error', 'warning', 'notice'] as const).flatMap((level) => {
    const all = of(level)
    // One place is kept for the gate, and among the notices one for what is not shown.
    const room = MOST_EACH - (level === 'error' ? gate.length : level === 'notice' ? 1 : 0)
    const shown = all.slice(0, room).map((check) => annotation(level, check, context))
    return [{ level, shown, rest: all.length - shown.length }]
  })
  const rest = lines
    .filter((line) => line.rest > 0)
    .map(({ level, rest }) => `${rest} ${level}${rest === 1 ? '' : 's'}`)
  const more =
    rest.length === 0
      ? []
      : [`::notice title=postflight::${data(`and ${rest.join(', ')} more, see the summary of this step`)}`]
  return [...gate, ...lines.flatMap(({ shown }) => shown), ...more].map((line) => `${line}\n`).join('')
}

/** What holds the gate shut is an error, whatever it is called; what does not is none. */
function levelOf(check: CheckReport, { start, end }: RunReport): Level {
  const { id, severity } = check.planned
  if (end === undefined) return 'error'
  const { failed, unevaluated, warned } = end.gate
  const shut =
    failed.includes(id) ||
    (start.gate.unevaluated === 'block' && unevaluated.includes(id)) ||
    (start.gate.warnings === 'block' && warned.includes(id))
  return shut ? 'error' : severity === 'info' ? 'notice' : 'warning'
}

/** Nothing to run, for one, or an interruption. */
function closedByNone(run: RunReport): boolean {
  return run.end?.exit.code !== 0 && !run.checks.some((check) => isTrouble(check) && levelOf(check, run) === 'error')
}

function gateLine({ start, end }: RunReport): string {
  return `::error title=postflight::${data(safeLine(verdictText(verdictOf(start, end))))}`
}

function annotation(level: Level, check: CheckReport, context: DocumentContext): string {
  const { planned } = check
  const { file, line, column, endLine, endColumn } = planned.place
  const properties = {
    file: safeLine(file),
    line,
    endLine: endLine ?? line,
    col: column,
    ...(endColumn === undefined ? {} : { endColumn }),
    title: safeLine(`${planned.id}: ${outcomeOf(check)} (${planned.severity}, ${planned.owner})`, LONGEST_TITLE),
  }
  const told = Object.entries(properties).map(([name, value]) => `${name}=${property(String(value))}`)
  const lines = [headLine(check), ...wordLines(checkWords(check, context), LINES), circumstanceLine(check)]
  return `::${level} ${told.join(',')}::${data(lines.join('\n'))}`
}

function data(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A')
}

function property(text: string): string {
  return data(text).replaceAll(':', '%3A').replaceAll(',', '%2C')
}

/** The files are those of the step: what stands there already stays. */
async function summarise(run: RunReport, context: DocumentContext, files: GithubFiles | undefined): Promise<void> {
  const { end, checks } = run
  if (files?.summary !== undefined)
    await files.summary.append(markdownText(run, context, MOST_BYTES - (await files.summary.size())))
  const failed = checks.filter((check) => outcomeOf(check) === 'fail').length
  const outputs = {
    // A run without a verdict has not passed.
    status: end?.exit.code === 0 ? 'passed' : 'failed',
    exit_code: end?.exit.code ?? '',
    failed,
    ...(files?.reports[0] === undefined ? {} : { report: safeLine(files.reports[0], 4000) }),
  }
  await files?.output?.append(
    Object.entries(outputs)
      .map(([name, value]) => `${name}=${value}\n`)
      .join(''),
  )
}
