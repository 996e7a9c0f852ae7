/** Runs that no reporter may stumble over: hostile text in every field, and more findings than anybody reads. */
import type { RunEvent } from '../../src/engine/events.js'
import { recorded } from './support.js'

/**
 * What moves the cursor, sets a title, breaks lines, commands a CI runner, turns the direction, hides; and what ends a
 * cell, a comment, a section, a label, a directive, or is no character at all.
 */
export const HOSTILE =
  'x\x1b[31m\x1b]0;owned\x07\x9b2J\0\r\n::error::owned\n  ##[add-mask]owned\u202e\u200b\u2028\u{e0041}\ud800' +
  '@team ![i](http://evil.example) www.evil.example |#]]>--><script>alert(1)</script>&amp;"\'\\`${x}%0A[[ATTACHMENT|/etc/passwd]] # TODO\n...\n---\nBail out! no\nnot ok 9\ufffe'

/** Words of the event language itself, which only postflight writes. */
const OWN = new Set(['type', 'at', 'outcome', 'severity', 'level', 'failOn', 'status', 'origin', 'interrupted'])

function poison(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return OWN.has(key) || key === 'warnings' ? value : value + HOSTILE
  if (Array.isArray(value)) return value.map((item) => poison(item, key === 'warnings' ? '' : key))
  if (typeof value !== 'object' || value === null) return value
  const names = ['subjects', 'unobserved', 'counts', 'expected', 'actual', 'row'].includes(key)
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [names ? name + HOSTILE : name, poison(item, name)]),
  )
}

export const hostileRun: readonly RunEvent[] = recorded('mixed').map((event) => poison(event) as RunEvent)

/** The run with every outcome, one check of which finds ever so much. */
export function floodedRun(findings: number): readonly RunEvent[] {
  const [start, ...rest] = recorded('mixed')
  const at = rest.findIndex((event) => event.type === 'check:start' && event.id === 'uploads-on-disk') + 1
  const flood = Array.from({ length: findings }, (_, index) => ({
    v: 1 as const,
    type: 'check:finding' as const,
    id: 'uploads-on-disk',
    finding: { finding: 'missing', key: `flood/${index}` },
  }))
  const told = rest.map((event) =>
    event.type === 'check:end' && event.id === 'uploads-on-disk' ? { ...event, counts: { missing: findings } } : event,
  )
  return [start as RunEvent, ...told.slice(0, at), ...flood, ...told.slice(at)]
}

/** A run of ever so many checks, each of which fails and has much to say. */
export function widenedRun(checks: number, notes: number): readonly RunEvent[] {
  const events = recorded('mixed')
  const start = events.find((event) => event.type === 'run:start')
  const failed = events.find((event) => event.type === 'check:end' && event.id === 'orders-without-customer')
  const end = events.find((event) => event.type === 'run:end')
  const planned =
    start?.type === 'run:start' ? start.checks.find(({ id }) => id === 'orders-without-customer') : undefined
  const ids = Array.from({ length: checks }, (_, index) => `check-${index}`)
  return [
    { ...start, checks: ids.map((id) => ({ ...planned, id })) },
    ...ids.map((id) => ({ ...failed, id, notes: Array.from({ length: notes }, () => 'y'.repeat(480)) })),
    end,
  ] as RunEvent[]
}
