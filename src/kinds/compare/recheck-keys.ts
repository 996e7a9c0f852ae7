/** What holds by now of keys of one table. */
import type { Key } from '../../lib/key.js'
import type { Rechecked } from '../kind.js'
import { hashingsOf } from './hashings.js'
import { lookAgain } from './look-again.js'
import type { CompareSpec } from './schema.js'
import type { Sessions } from './sessions.js'
import { DIFFERENCES } from './side-by-side.js'
import { sortKeyOf } from './tell.js'

export interface ToldFinding {
  readonly finding: string
  /** Its key, without the name of a table. */
  readonly told: Key
}

export async function recheckKeys(
  spec: CompareSpec,
  findings: readonly ToldFinding[],
  sessions: Sessions,
): Promise<readonly Rechecked[]> {
  const hashings = await hashingsOf(spec, sessions)
  const alone = hashings.target.pairing.key.length === 0
  const keys = findings.map(({ told }) => sortKeyOf(told, alone))
  const again = await lookAgain([...new Set(keys)], hashings, sessions, () => undefined)
  return findings.map((finding, index): Rechecked => {
    const key = keys[index]
    if (key === undefined || !again.has(key)) return untold('its key is no text the server could be asked for')
    const rows = again.get(key)
    const now = DIFFERENCES.filter((one) => (rows?.[one] ?? 0) > 0)
    return { stands: now.some((one) => one === finding.finding), now, sides: [] }
  })
}

export function untold(reason: string): Rechecked {
  return { stands: undefined, now: [], sides: [], reason }
}
