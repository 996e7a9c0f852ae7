/** Estimates as text for people, at most `width` columns wide. Everything goes through one `Block`. */
import type { Excerpt } from '../../lib/position.js'
import { count, formatNumber, wrapText } from '../../lib/text.js'
import { escapeText } from '../../lib/text-escape.js'
import { formatDuration, formatSize } from '../../lib/units.js'
import {
  closedConnections,
  type Estimate,
  type EstimatedCheck,
  type EstimatedConnection,
  type Estimates,
  estimatedSteps,
  type Problem,
  unknownSteps,
} from './result.js'
import { type Totals, totalsOf } from './totals.js'

/** The text in lines, every one of them indented. */
type Block = (indent: number, text: string) => readonly string[]
type TypeOf = (connection: string) => EstimatedConnection['type'] | undefined

export interface TextOptions {
  readonly width: number
  /** Hides secrets. Asked before lines are broken: half a secret is not known for one. */
  readonly redact: (text: string) => string
}

export function estimatesText(estimates: Estimates, { width, redact }: TextOptions): string {
  const { checks, connections } = estimates
  const block: Block = (indent, text) =>
    wrapText(escapeText(redact(text)), width - indent).map((line) => ' '.repeat(indent) + line)
  const typeOf: TypeOf = (name) => connections.find((one) => one.name === name)?.type
  const lines = checks.flatMap((check) => [...checkLines(check, typeOf, block), ''])
  const closed = connections.filter(({ problem }) => problem !== undefined)
  if (closed.length > 0) {
    lines.push('Could not be opened:')
    for (const { name, problem } of closed) {
      if (problem === undefined) continue
      const text = problemText(problem)
      lines.push(...block(2, text.includes(name) ? text : `${name}: ${text}`))
    }
    lines.push('')
  }
  const [first, ...rest] = totalLines(totalsOf(estimates))
  if (first !== undefined) lines.push(...block(0, first), ...rest.flatMap((line) => block(2, line)), '')
  lines.push(...block(0, lastLine(estimates)))
  return lines.map((line) => `${line}\n`).join('')
}

function totalLines(totals: Totals): readonly string[] {
  const { rows, entries, atLeast, requests, objects, objectBytes, unsized, contentBytes, cost, seconds } = totals
  const read = [
    ...(rows > 0 ? [count(rows, 'row')] : []),
    ...(entries > 0 ? [`${atLeast ? 'at least ' : ''}${count(entries, 'entry', 'entries')}`] : []),
    ...(objects > 0
      ? [`${unsized > 0 ? 'at least ' : ''}${formatSize(objectBytes)} of ${count(objects, 'object')} to look into`]
      : []),
    ...(contentBytes > 0 ? [`at most ${formatSize(contentBytes)} of content`] : []),
  ]
  const asked = Object.entries(requests).flatMap(([type, number]) =>
    number === 0 ? [] : [`${type === 'get' ? 'at most ' : ''}${formatNumber(number)} ${type.toUpperCase()}`],
  )
  if (read.length === 0 && asked.length === 0) return []
  const least = atLeast ? 'at least ' : 'about '
  const price =
    cost === 0
      ? ''
      : `, on AWS ${least}$${cost < 0.01 ? cost.toPrecision(1) : cost.toFixed(2)} at the list price of us-east-1`
  return [
    `In all ${read.join(', ')}`,
    ...(asked.length === 0 ? [] : [`requests: ${asked.join(', ')}${price}`]),
    `time: ${unsized > 0 ? 'at least ' : least}${formatDuration(Math.max(1, Math.ceil(seconds)) * 1000)}, by rule of thumb, one read after the other`,
  ]
}

function lastLine(estimates: Estimates): string {
  const [steps, unknown] = [estimatedSteps(estimates), unknownSteps(estimates)]
  const checks = count(estimates.checks.length, 'check')
  const closed = closedConnections(estimates)
  if (unknown === 0) {
    const rest = closed === 0 ? '' : `; ${count(closed, 'connection')} could not be opened (exit 3)`
    return `${checks}, ${count(steps, 'read')} estimated${rest}. Nothing was checked.`
  }
  return `${checks}, ${steps - unknown} of ${count(steps, 'read')} estimated; ${unknown} could not be (exit 3). Nothing was checked.`
}

function checkLines({ check, steps }: EstimatedCheck, typeOf: TypeOf, block: Block): readonly string[] {
  const { file, line } = check.place
  const head = block(0, `${check.id} (kind ${check.kind})  ${file}:${line}`)
  if (check.skip !== undefined) return [...head, ...block(2, `skipped: ${check.skip}`)]
  return [
    ...head,
    ...steps.flatMap(({ step: { what, connection }, estimate }) => [
      ...block(2, connection === undefined ? what : `${connection}: ${what}`),
      ...(estimate === undefined
        ? []
        : block(4, estimateText(estimate, connection === undefined ? undefined : typeOf(connection)))),
    ]),
  ]
}

function estimateText(estimate: Estimate, type: EstimatedConnection['type'] | undefined): string {
  switch (estimate.type) {
    case 'query':
      return queryText(estimate)
    case 'listing':
      return listingText(estimate, type)
    case 'look-ups': {
      const keys = count(estimate.keys, type === 'files' ? 'look-up' : 'request')
      return `${estimate.shared ? 'at most ' : ''}about ${keys}, one a row`
    }
    case 'objects':
      return objectsText(estimate)
    case 'content':
      return contentText(estimate, type)
    case 'reachable':
      return 'can be opened'
    case 'unknown':
      return `not estimated: ${problemText(estimate.problem)}`
  }
}

function queryText({ rows, cost, tableBytes, analysed }: Extract<Estimate, { type: 'query' }>): string {
  const table = tableBytes === undefined ? '' : `, a table of ${formatSize(tableBytes)}`
  const guess = analysed === false ? '; never analysed, so the planner guesses' : ''
  const told = cost === undefined ? '' : `, planner cost ${formatNumber(Math.round(cost))}`
  return `about ${count(rows, 'row')}${told}${table}${guess}`
}

function listingText(
  { entries, bytes, more, inodes }: Extract<Estimate, { type: 'listing' }>,
  type: EstimatedConnection['type'] | undefined,
): string {
  const counted = type === 's3' ? count(entries, 'key') : count(entries, 'file')
  if (!more) return `${counted}, ${formatSize(bytes)}`
  if (type === 's3') return `more than ${counted}; listing costs one request per 1,000`
  const bound =
    inodes === undefined
      ? 'its file system does not say how many inodes are in use'
      : `its file system has ${formatNumber(inodes)} inodes in use, of whatever directory`
  return `more than ${counted}; ${bound}`
}

function objectsText({ objects, bytes, unsized, leftOut }: Extract<Estimate, { type: 'objects' }>): string {
  const size = objects > 0 && unsized === objects ? 'of unknown size' : formatSize(bytes)
  const unknown = unsized > 0 && unsized < objects ? `; the size of ${formatNumber(unsized)} is not known` : ''
  const rest = leftOut === 0 ? '' : `; ${formatNumber(leftOut)} more are left out, as too large or not to be probed`
  return `${count(objects, 'object')}, ${size}${unknown}${rest}`
}

function contentText(
  { keys, shared, more, bytes, budget }: Extract<Estimate, { type: 'content' }>,
  type: EstimatedConnection['type'] | undefined,
): string {
  const most = budget === undefined || (bytes !== undefined && bytes < budget) ? '' : ` (at most ${formatSize(budget)})`
  const requests = type === 'files' ? '' : ', a request each'
  const size = bytes === undefined ? 'content of unknown size' : `about ${formatSize(bytes)}, by the sizes listed`
  const where = type === 'files' ? '' : ', where no checksum is known'
  const bound = shared ? 'at most about' : more ? 'more than' : 'about'
  return `${bound} ${count(keys, 'key')}${requests}; ${size}${most}${where}`
}

function problemText({ message, hint, place }: Problem): string {
  return `${place === undefined ? '' : `${placeText(place)}: `}${message}${hint === undefined ? '' : ` (${hint})`}`
}

function placeText({ file, line, column }: Excerpt): string {
  return `${file}:${line}:${column}`
}
