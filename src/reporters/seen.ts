/** What a check measured, in words. Numbers are shown as they came: exact; durations and sizes as people read them. */
import type { CheckEnd } from '../engine/events.js'
import { formatNumber } from '../lib/text.js'
import { formatDuration, formatSize } from '../lib/units.js'
import type { Json } from '../lib/value.js'

const LONGEST = 200

/** A measured value as plain text, not yet escaped. */
export function seenValue(value: Json, type?: 'duration' | 'size'): string {
  if (typeof value === 'number' && type === 'duration') return formatDuration(value)
  if (typeof value === 'number' && type === 'size') return formatSize(value)
  if (typeof value === 'number') return formatNumber(value)
  // An empty text would look as if the report had lost something.
  if (value === '') return '""'
  if (typeof value === 'string') return isExactNumber(value) ? formatNumber(value) : cut(value)
  // With blanks, at which a line can be broken.
  return cut(Array.isArray(value) ? `[${value.map((one) => JSON.stringify(one)).join(', ')}]` : JSON.stringify(value))
}

/** A number comes as text only where a double would not hold it; other digits are text: a mode, a version. */
function isExactNumber(text: string): boolean {
  return /^-?\d+(\.\d+)?$/.test(text) && String(Number(text)) !== text && !/^-?0\d/.test(text)
}

/** `rows 523`, `matched 508` …: what was measured, zeros left out unless there is nothing else. */
export function seenSubjects(end: CheckEnd, without: ReadonlySet<string>): string[] {
  const shown = Object.entries(end.subjects).filter(([name]) => !without.has(name))
  const telling = shown.filter(([, value]) => value !== 0)
  const withheld = Object.entries(end.withheld ?? {}).filter(([name]) => !without.has(name))
  return [
    ...(telling.length > 0 ? telling : shown).map(([name, value]) => `${name} ${seenValue(value, typeIn(end, name))}`),
    ...withheld.map(([name, instead]) => `${name} not shown (${instead})`),
  ]
}

/** Subjects that were to be measured and were not, those with one reason together: `missing, orphaned: the bucket …`. */
export function notSeen(end: CheckEnd, without: ReadonlySet<string>): string[] {
  const byReason = new Map<string, string[]>()
  // Where nothing at all was seen, the message or a note of the check has said why.
  for (const [name, reason] of Object.entries(end.unobserved))
    if (
      !without.has(name) &&
      end.unasked?.includes(name) !== true &&
      reason !== end.message &&
      !end.notes.includes(reason)
    )
      byReason.set(reason, [...(byReason.get(reason) ?? []), name])
  return [...byReason].map(([reason, names]) => `${names.join(', ')}: ${reason}`)
}

/** A subject may be called `constructor`. */
export function typeIn({ types = {} }: Pick<CheckEnd, 'types'>, name: string): 'duration' | 'size' | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined
}

function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text
}
