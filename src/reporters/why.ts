/** In one line, why a check came to what it came to. */
import type { CheckEnd } from '../engine/events.js'
import { formatNumber } from '../lib/text.js'
import { seenValue, typeIn } from './seen.js'

/** `12 missing, 3 orphaned; every key lies one directory deeper`. Plain text, not escaped; empty where all is said. */
export function whyText(end: CheckEnd): string {
  const findings = Object.entries(end.counts)
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${formatNumber(number)} ${name}`)
  const { told, because } = broken(end)
  return [[...findings, ...told].join(', '), ...because].filter((part) => part !== '').join('; ')
}

/** What did not hold and no finding says, and why: what kept it from being judged, a cause, or what was not measured. */
function broken(end: CheckEnd): { readonly told: readonly string[]; readonly because: readonly string[] } {
  if (end.message !== undefined) return { told: [], because: [end.message] }
  if (end.outcome !== 'fail' && end.outcome !== 'warn') return { told: [], because: [] }
  const open = end.assertions.filter(({ ok, subject, unevaluated, withheld }) => {
    return !ok && unevaluated === undefined && withheld === undefined && !Object.hasOwn(end.counts, subject)
  })
  const told = new Set(open.map(({ subject, actual }) => `${subject} ${seenValue(actual, typeIn(end, subject))}`))
  const reasons = new Set(Object.values(end.unobserved))
  const why = end.diagnoses[0]?.summary ?? end.notes.find((note) => reasons.has(note))
  return { told: [...told], because: why === undefined ? [] : [why] }
}
