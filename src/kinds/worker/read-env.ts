/** Reads what is asked of the worker's environment: of its processes, else of the vantage where that is the same. */
import { type EnvState, seeEnv } from '../../probes/env.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Surrounding } from './surrounding.js'

export interface ReadEnv {
  /** The directories that could be read. */
  readonly dirs: readonly string[]
  /** By name, one state for each directory. */
  readonly states: Readonly<Record<string, readonly EnvState[]>>
  readonly whose: string
  /** Why others of its processes could not be read, where that is so. */
  readonly unread: string | undefined
}

/** A reason where no environment of the worker can be read. */
export async function readEnv(
  vantage: Vantage,
  names: readonly string[],
  surrounding: Surrounding,
  signal: AbortSignal,
): Promise<ReadEnv | string> {
  const { dirs, spare, whose, lacking } = surrounding
  if (lacking !== undefined) return lacking
  const read = await statesIn(vantage, dirs, names, signal)
  if (read.dirs.length > 0) return { ...read, whose, unread: read.reason }
  const reason = `${whose}: ${read.reason ?? 'it could not be read'}`
  if (spare === undefined || dirs.includes(spare)) return reason
  const instead = await statesIn(vantage, [spare], names, signal)
  if (instead.dirs.length === 0) return reason
  return { ...instead, whose: `that of the container (${reason})`, unread: undefined }
}

async function statesIn(vantage: Vantage, dirs: readonly string[], names: readonly string[], signal: AbortSignal) {
  const seen = await seeEnv(vantage, { dirs, names }, { signal })
  const readable = dirs.flatMap((dir, index) => {
    const one = seen[index]
    return one !== undefined && 'states' in one ? [{ dir, states: one.states }] : []
  })
  const refused = seen.find((one) => 'unreadable' in one)
  return {
    dirs: readable.map(({ dir }) => dir),
    states: Object.fromEntries(names.map((name) => [name, readable.map(({ states }) => states[name] ?? 'not set')])),
    reason: refused !== undefined && 'unreadable' in refused ? refused.unreadable : undefined,
  }
}
