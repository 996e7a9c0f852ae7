/** What doctor found as text: a table of all connections, then each with what is to be said of it. */
import { count, listWords, wrapText } from '../../lib/text.js'
import { escapeText } from '../../lib/text-escape.js'
import { displayWidth, padEnd, truncateEnd } from '../../lib/text-width.js'
import { formatDuration } from '../../lib/units.js'
import { vantageText } from '../../vantage/schema.js'
import type { Problem } from '../estimate/result.js'
import type { Examined, Exit, Right, Seen } from './result.js'

export interface TextOptions {
  readonly width: number
  /** Hides secrets. Asked before lines are broken: half a secret is not known for one. */
  readonly redact: (text: string) => string
}

const HEAD = ['CONNECTION', 'TYPE', 'OPENED', 'LATENCY', 'TLS', 'CLOCK', 'RIGHTS']
const MAX_NAME = 24
/** Less than that is nothing to speak of, and often no more than the way there and back. */
const IN_STEP_MS = 100

export function doctorText(all: readonly Examined[], exit: Exit, { width, redact }: TextOptions): string {
  const plain = (text: string) => escapeText(redact(text))
  const block = (indent: number, text: string) =>
    wrapText(plain(text), width - indent).map((line) => ' '.repeat(indent) + line)
  const rows = all.map((one) => cellsOf(one).map((cell, at) => (at === 0 ? truncateEnd(plain(cell), MAX_NAME) : cell)))
  const lines = [
    ...table([HEAD, ...rows], width),
    ...all.flatMap((one) => ['', ...aboutOne(one, block)]),
    '',
    ...block(0, summary(all, exit)),
  ]
  return lines.map((line) => `${line}\n`).join('')
}

function table(rows: readonly (readonly string[])[], width: number): readonly string[] {
  const widths = HEAD.map((_, at) => Math.max(...rows.map((row) => displayWidth(row[at] ?? ''))))
  return rows.map((row) =>
    truncateEnd(row.map((cell, at) => padEnd(cell, widths[at] ?? 0)).join('  '), width).trimEnd(),
  )
}

function cellsOf({ name, type, outcome }: Examined): readonly string[] {
  if ('problem' in outcome) return [name, type, 'no', '-', '-', '-', '-']
  const { latencyMs, tls, skewMs } = outcome.seen
  const secure = tls === undefined ? '-' : tls ? 'yes' : 'no'
  return [name, type, 'yes', formatDuration(latencyMs), secure, clockOf(skewMs), rightsOf(outcome.seen)]
}

function clockOf(skewMs: number | undefined): string {
  if (skewMs === undefined) return '-'
  if (Math.abs(skewMs) < IN_STEP_MS) return 'in step'
  return `${formatDuration(Math.abs(skewMs))} ${skewMs > 0 ? 'ahead' : 'behind'}`
}

function rightsOf({ tooFew, tooMany, untold }: Seen): string {
  const parts = [
    ...(tooFew.length > 0 ? [`${tooFew.length} too few`] : []),
    ...(tooMany.length > 0 ? [`${tooMany.length} too many`] : []),
    ...(untold.length > 0 ? [`${untold.length} not told`] : []),
  ]
  return parts.length === 0 ? 'fit' : parts.join(', ')
}

type Block = (indent: number, text: string) => readonly string[]

function aboutOne(one: Examined, block: Block): readonly string[] {
  const { name, type, from, label, outcome } = one
  const place = from === 'local' ? '' : `, from ${vantageText(from)}`
  if ('problem' in outcome) return block(0, `${name}${place}: could not be opened: ${problemText(outcome.problem)}`)
  const { seen } = outcome
  const { tooFew, tooMany, untold, notes } = seen
  return [
    ...block(0, `${label}${place}`),
    ...block(2, listing(seen) ?? type),
    ...notes.flatMap((note) => block(2, note)),
    ...(tooFew.length === 0 ? [] : ['  too few rights:', ...tooFew.flatMap((right) => rightLines(right, block))]),
    ...(tooMany.length === 0 ? [] : ['  too many rights:', ...tooMany.flatMap((right) => rightLines(right, block))]),
    ...(untold.length === 0 ? [] : ['  not told:']),
    ...untold.flatMap(({ check, problem }) => block(4, `check ${check}: ${problemText(problem)}`)),
    ...(type === 'postgres' && tooFew.length + tooMany.length > 0
      ? block(2, `a role of its own: postflight doctor --create-role postflight --connection ${name}`)
      : []),
  ]
}

function listing({ server, standing, database, role }: Seen): string | undefined {
  const parts = [
    server,
    standing,
    database === undefined ? undefined : `database ${database}`,
    role === undefined ? undefined : `as ${role}`,
  ].filter((part) => part !== undefined && part !== '')
  return parts.length === 0 ? undefined : parts.join(', ')
}

function rightLines({ what, fix, checks }: Right, block: Block): readonly string[] {
  const shown = checks.slice(0, 5)
  const more = checks.length > shown.length ? [`${checks.length - shown.length} more`] : []
  const whose =
    checks.length === 0 ? '' : ` (${checks.length === 1 ? 'check' : 'checks'} ${listWords([...shown, ...more])})`
  return [...block(4, `${what}${whose}`), ...(fix === undefined ? [] : block(6, fix))]
}

function problemText({ message, hint, place }: Problem): string {
  const where = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `
  return `${where}${message}${hint === undefined ? '' : ` (${hint})`}`
}

function summary(all: readonly Examined[], { code, reason }: Exit): string {
  const seen = all.flatMap(({ outcome }) => ('seen' in outcome ? [outcome.seen] : []))
  const sum = (list: 'tooFew' | 'tooMany') => seen.reduce((total, one) => total + one[list].length, 0)
  const closed = all.length - seen.length
  const parts = [
    count(all.length, 'connection'),
    ...(closed > 0 ? [`${closed} not opened`] : []),
    `${count(sum('tooFew'), 'right')} too few`,
    `${sum('tooMany')} too many`,
  ]
  return `${parts.join(', ')}: ${reason}${code === 0 ? '' : ` (exit ${code})`}. Nothing was checked.`
}
