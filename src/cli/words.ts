/** Problems as the one line a report gives them. Plain text, escaped where it is written. */
import { escapeLines, inertLine } from '../lib/text-escape.js'
import type { Issue } from '../spec/issue.js'

export function issueWords({ message, place, hint }: Issue): string {
  const at = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `
  return `${at}${message}${hint === undefined ? '' : ` (${hint})`}`
}

/** For stderr, escaped: the check is told of in the report, but a bug must be found. */
export function bugText(
  check: string,
  error: unknown,
  { debug, hide }: { readonly debug: boolean; readonly hide: (text: string) => string },
): string {
  const told = error instanceof Error ? (debug ? (error.stack ?? error.message) : error.message) : String(error)
  const [first = '', ...rest] = escapeLines(hide(`unexpected error in check ${check}, a bug in postflight: ${told}`))
  const lines = [first, ...rest.map((line) => `  ${line}`), ...(debug ? [] : ['  --debug shows where'])]
  return lines.map((line) => `${inertLine(line)}\n`).join('')
}
