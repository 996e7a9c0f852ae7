/** A run whose every text tries to become markup or a script. */
import type { RunEvent } from '../../src/engine/events.js'
import { recorded } from './support.js'

/** If any of it ran, `window.owned` would be there, or a dialog, or a request. */
export const HOSTILE = [
  '</script><script>window.owned=1</script>',
  '<img src=http://127.0.0.1:1/x onerror="window.owned=1">',
  '"><svg onload=window.owned=1>',
  "' onmouseover='window.owned=1' autofocus onfocus=alert(1) '",
  '<!--<script>',
  ']]>',
  '</style><style>*{background:url(http://127.0.0.1:1/y)}</style>',
  '${alert(1)}{{7*7}}&lt;&#x3C;b&#x3E;',
  'javascript:alert(1)',
  '\u2028\u202e\u0000\u001b]0;owned\u0007\ud800',
].join('')

/** Words of the event language itself, which only postflight writes. */
const OWN = new Set([
  'type',
  'at',
  'outcome',
  'severity',
  'level',
  'failOn',
  'status',
  'origin',
  'interrupted',
  'warnings',
])
const NAMES = new Set(['subjects', 'unobserved', 'counts', 'expected', 'actual', 'row', 'withheld', 'types'])

export function hostileRun(name = 'mixed'): RunEvent[] {
  return recorded(name).map((event) => hostile(event) as RunEvent)
}

function hostile(value: unknown, key = ''): unknown {
  if (typeof value === 'string') return OWN.has(key) ? value : value + HOSTILE
  if (Array.isArray(value)) return value.map((item) => hostile(item))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, item]) => [NAMES.has(key) ? name + HOSTILE : name, hostile(item, name)]),
  )
}
