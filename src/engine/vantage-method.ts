/** How a check got to where it looked from, for the record of its result. */
import type { Surroundings } from '../kinds/kind.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { Ending } from './check-end.js'

/** It was found out when the check looked; where that failed nobody waits for a second try. */
const PATIENCE_MS = 200

/** Undefined where there is no way to go, or it cannot be told. */
export async function vantageMethod(from: VantageSpec, vantage: Surroundings['vantage']): Promise<string | undefined> {
  if (from === 'local') return undefined
  const late = new AbortController()
  const timer = setTimeout(() => late.abort(), PATIENCE_MS)
  try {
    return await vantage.method({ signal: late.signal })
  } catch {
    return undefined
  } finally {
    clearTimeout(timer)
  }
}

/** Beside the kind's own method, unless that says it already. */
export function withMethod(ending: Ending, via: string | undefined): Ending {
  const { method } = ending
  if (via === undefined || method?.includes(via) === true) return ending
  return { ...ending, method: method === undefined ? via : `${method}, ${via}` }
}
