/** What was expected beside what was there: numbers as people read them, and how far they are from each other. */
import type { Facts } from '../../kinds/kind.js'
import { formatNumber } from '../../lib/text.js'
import { formatDuration, formatSize } from '../../lib/units.js'
import type { Json } from '../../lib/value.js'
import { paragraph } from '../../reporters/paragraph.js'
import type { Style } from '../../reporters/style.js'
import { comparison } from './evidence-names.js'

export function factLines(expected: Facts = {}, actual: Facts = {}, style: Style): string[] {
  return namesOf(expected, actual).flatMap((name) => [
    ...nameLine(name, style),
    ...twoFacts(name, own(expected, name), own(actual, name), ['expected', 'actual'], style),
  ])
}

export function namesOf(...all: readonly Facts[]): readonly string[] {
  return [...new Set(all.flatMap(Object.keys))]
}

export function nameLine(name: string, style: Style): string[] {
  return paragraph(style, '', [style.text(name)]).map(style.paint.bold)
}

const MOST = 20_000

/** A fact may be called `constructor`. */
export function own(facts: Facts, name: string): Json | undefined {
  return Object.hasOwn(facts, name) ? facts[name] : undefined
}

/** Two values of a fact beneath each other, and in words how far they are apart. */
export function twoFacts(
  name: string,
  left: Json | undefined,
  right: Json | undefined,
  labels: readonly [string, string],
  style: Style,
): string[] {
  const line = (label: string, value: Json | undefined): string[] =>
    value === undefined ? [] : paragraph(style, label, [style.text(factText(name, value).slice(0, MOST))])
  const said = (apart: string | undefined): string[] =>
    apart === undefined ? [] : paragraph(style, '', [apart], { paint: style.paint.warn })
  if (typeof left === 'string' && typeof right === 'string' && !isDigits(left))
    return [...comparison(style, labels, [Buffer.from(left), Buffer.from(right)]), ...said(timeApart(left, right))]
  return [...line(labels[0], left), ...line(labels[1], right), ...said(numberApart(name, left, right))]
}

export function factText(name: string, value: Json): string {
  if (Array.isArray(value)) return value.map((one: Json) => factText(name, one)).join(' or ')
  if (typeof value === 'string' && !isDigits(value)) return value
  if (typeof value !== 'number' && typeof value !== 'string') return JSON.stringify(value)
  if (isSize(name)) return sizeText(value)
  if (typeof value === 'number' && /(?:^|_)ms$/.test(name)) return formatDuration(value)
  return formatNumber(value)
}

function isSize(name: string): boolean {
  return /(?:^|_)(?:size|bytes)$/.test(name)
}

/** Exact, and beside it as people say it. */
function sizeText(bytes: number | string): string {
  const exact = `${formatNumber(bytes)} ${String(bytes) === '1' ? 'byte' : 'bytes'}`
  return Number(bytes) < 1024 ? exact : `${exact} (${formatSize(Number(bytes))})`
}

function isDigits(text: string): boolean {
  return /^\d{1,40}$/.test(text)
}

function numberApart(name: string, expected: Json | undefined, actual: Json | undefined): string | undefined {
  const [from, to] = [exact(expected), exact(actual)]
  if (from === undefined || to === undefined || from === to) return undefined
  const apart = to > from ? to - from : from - to
  const text = factText(name, apart > BigInt(Number.MAX_SAFE_INTEGER) ? String(apart) : Number(apart))
  return `${text} ${to > from ? 'more' : 'less'}`
}

function exact(value: Json | undefined): bigint | undefined {
  if (typeof value === 'number') return Number.isSafeInteger(value) ? BigInt(value) : undefined
  return typeof value === 'string' && isDigits(value) ? BigInt(value) : undefined
}

const TIME = /^\d{4}-\d\d-\d\dT[\d:.]+Z$/

function timeApart(expected: string, actual: string): string | undefined {
  if (!TIME.test(expected) || !TIME.test(actual)) return undefined
  const apart = Date.parse(actual) - Date.parse(expected)
  if (Number.isNaN(apart) || apart === 0) return undefined
  return `${formatDuration(Math.abs(apart))} ${apart > 0 ? 'later' : 'earlier'}`
}
