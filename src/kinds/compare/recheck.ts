/** Looks at findings of an earlier run again: what holds of each by now, and how many rows both sides have for its key. */
import type { Recheck, Rechecked } from '../kind.js'
import { hashingsOf } from './hashings.js'
import { lookAgain } from './look-again.js'
import type { CompareSpec } from './schema.js'
import { lookingOf, withBoth } from './sessions.js'
import { DIFFERENCES } from './side-by-side.js'
import { toKey } from './tell.js'

export const recheck: Recheck<CompareSpec> = (check, findings, context) =>
  withBoth(lookingOf(check, context, context.signal), async (sessions) => {
    const hashings = await hashingsOf(check.spec, sessions)
    const alone = hashings.target.pairing.key.length === 0
    const keys = findings.map((finding) => toKey(finding, alone))
    const again = await lookAgain([...new Set(keys)], hashings, sessions, () => undefined)
    return findings.map((finding, index): Rechecked => {
      const key = keys[index]
      if (key === undefined || !again.has(key)) {
        return { stands: undefined, now: [], sides: [], reason: 'its key is no text the server could be asked for' }
      }
      const rows = again.get(key)
      const now = DIFFERENCES.filter((one) => (rows?.[one] ?? 0) > 0)
      return { stands: now.some((one) => one === finding.finding), now, sides: [] }
    })
  })
