/** What an error that ended a command means: its exit code and the words for it. Prints nothing. */
import pc from 'picocolors'
import { nearest } from '../lib/did-you-mean.js'
import { UsageError } from '../lib/errors.js'
import { mapTexts } from '../lib/redact-deep.js'
import { escapeJson, escapeLines, escapeText, inertLine } from '../lib/text-escape.js'
import { type Issue, SpecError } from '../spec/issue.js'
import { issueToJson, renderIssues } from '../spec/render.js'

export interface Failure {
  readonly code: 'usage' | 'check_file' | 'bug'
  readonly exitCode: number
  readonly message: string
  readonly suggestions: readonly string[]
  readonly issues: readonly Issue[]
  readonly stack?: string | undefined
}

/** oclif marks its own errors (flags, arguments, unknown commands) with an exit code; it prints and exits for those. */
interface OclifError extends Error {
  readonly oclif?: { readonly exit?: number | false }
  readonly suggestions?: readonly string[]
  /** Of NonExistentFlagsError. */
  readonly flags?: readonly string[]
}

export function toFailure(thrown: unknown, context: { readonly flags: readonly string[] }): Failure {
  const error: OclifError = thrown instanceof Error ? thrown : new Error(String(thrown))
  const base = { issues: [], suggestions: [], stack: error.stack }
  if (error instanceof SpecError)
    return { ...base, code: 'check_file', exitCode: 2, message: error.message, issues: error.issues }
  if (error instanceof UsageError)
    return { ...base, code: 'usage', exitCode: 2, message: error.message, suggestions: error.suggestions }
  const exit = error.oclif?.exit
  if (typeof exit === 'number') {
    // oclif's note on greedy flags does not hold here: ours take one value each.
    const message = error.message.replace(/\nSee more help with --help$/, '').replace(/\n\nNote: .*$/s, '')
    const suggestions = [...(error.suggestions ?? []), ...didYouMean(error.flags ?? [], context.flags)]
    return { ...base, code: 'usage', exitCode: exit, message, suggestions }
  }
  return { ...base, code: 'bug', exitCode: 70, message: error.message || error.name }
}

function didYouMean(wrong: readonly string[], known: readonly string[]): string[] {
  return wrong.flatMap((given) => {
    const name = given.replace(/^-+/, '').replace(/=.*$/s, '')
    const near = name.length < 3 ? undefined : nearest(name, known)
    return near === undefined ? [] : [`did you mean --${near}?`]
  })
}

/** With every text as `hide` leaves it. Before it is rendered: no escape may stand in the middle of a secret then. */
export function hideIn(failure: Failure, hide: (text: string) => string): Failure {
  return {
    ...failure,
    message: hide(failure.message),
    suggestions: failure.suggestions.map(hide),
    issues: mapTexts(failure.issues, hide),
    stack: failure.stack === undefined ? undefined : hide(failure.stack),
  }
}

export interface FailureStyle {
  readonly color: boolean
  readonly debug: boolean
  readonly version: string
  /** Columns. */
  readonly width?: number | undefined
}

export function failureText(failure: Failure, style: FailureStyle): string {
  const paint = pc.createColors(style.color)
  const lines: string[] = []
  if (failure.issues.length > 0) lines.push(renderIssues(failure.issues, style.width).trimEnd(), '')
  const [first = '', ...rest] = escapeLines(failure.message)
  const head = failure.code === 'bug' ? 'unexpected error' : 'error'
  lines.push(`${paint.red(paint.bold(`${head}:`))} ${first}`, ...rest.map((line) => `  ${line}`))
  for (const suggestion of failure.suggestions) lines.push(`  ${paint.dim('→')} ${escapeText(suggestion)}`)
  if (failure.code === 'bug')
    lines.push(
      `  This is a bug in postflight ${style.version}, not a finding about your data: nothing it says is a verdict.`,
      style.debug
        ? '  Please report it with the stack below.'
        : '  Please report it; run the same again with --debug to see where it happened.',
    )
  if (style.debug && failure.stack !== undefined) lines.push('', ...escapeLines(failure.stack))
  return lines.map((line) => `${inertLine(line)}\n`).join('')
}

/** The document `--json` prints instead of a report. */
export function failureJson(failure: Failure): string {
  const { code, message, suggestions, issues, exitCode } = failure
  const document = {
    schema_version: 1,
    error: { code, message, suggestions, issues: issues.map(issueToJson) },
    exit: { code: exitCode },
  }
  return `${escapeJson(JSON.stringify(document, null, 2))}\n`
}

/** Whether `--reporter nagios` stands on standard output, where the command line could not even be read. */
export function isForNagios(argv: readonly string[]): boolean {
  return argv.some((argument, index) =>
    argument === '--reporter' ? /^nagios(:-)?$/.test(argv[index + 1] ?? '') : /^--reporter=nagios(:-)?$/.test(argument),
  )
}

/** The line with the state: nothing ran, so it is not known. */
export function nagiosFailure({ message }: Failure): string {
  const text = escapeText(message.replace(/\s*\n\s*/g, ' ').slice(0, 1000)).replaceAll('|', '\\x7c')
  return `POSTFLIGHT UNKNOWN: ${text}\n`
}
