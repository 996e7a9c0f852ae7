/** What was expected and was not seen, in words. */
import type { CheckEnd } from '../../engine/events.js'
import { seenText } from '../check-words.js'

/** One line for each assertion that does not hold. */
export function brokenWords(end: CheckEnd): readonly string[] {
  return end.assertions
    .filter(({ ok }) => !ok)
    .map((assertion) => {
      const warns = assertion.level === 'warn' ? 'warning: ' : ''
      return `${warns}${assertion.subject}: expected ${assertion.expected}, ${assertion.unevaluated === undefined ? 'seen ' : ''}${seenText(assertion, end)}`
    })
}
