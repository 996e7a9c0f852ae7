/** Tables, or parts of them, compared by several pairs of sessions at once, all of which see each side as it was at one moment. */
import { CheckError } from '../../lib/errors.js'
import { widened } from '../reporting.js'
import type { Side } from './expression.js'
import { guarded } from './guarded.js'
import { type Looking, onBoth, type Sessions, withBoth } from './sessions.js'

/** More would be a load that a server in use is not asked for. */
const MOST_LANES = 4
/** How long one waits for a session beyond the first. */
const PATIENCE_MS = 1000

export interface Lanes<T> {
  /** What there is to do, asked for in the first pair of sessions. */
  readonly prepare: (sessions: Sessions) => Promise<readonly T[]>
  readonly work: (sessions: Sessions, thing: T) => Promise<void>
  /** Told of what could not be looked at; any other error ends all, and so does each where nobody is told. */
  readonly failed?: (thing: T, error: Error) => void
}

/** One session of each connection is left to other checks; where that leaves no second one, all is done in the first. */
export async function inLanes<T>(looking: Looking, { prepare, work, failed }: Lanes<T>): Promise<void> {
  const ending = new AbortController()
  const bounded = { ...looking, lasting: failed !== undefined, signal: widened([looking.signal, ending.signal]) }
  let broken: { readonly first: unknown } | undefined
  const untilBroken = async (lane: Promise<void>): Promise<void> => {
    try {
      await lane
    } catch (error) {
      broken ??= { first: error }
      ending.abort(error)
    }
  }
  const first = withBoth(bounded, async (sessions) => {
    const things = [...(await prepare(sessions))]
    const run = async (own: Sessions): Promise<void> => {
      for (let thing = things.shift(); thing !== undefined; thing = things.shift()) {
        if (failed === undefined) await work(own, thing)
        else {
          const error = await guarded(own, work, thing)
          if (error !== undefined) failed(thing, error)
        }
      }
    }
    const count = Math.min(lanesOf(looking), things.length)
    const snapshots = count > 1 ? await exported(sessions) : undefined
    const others = Array.from({ length: count - 1 }, () => another({ ...bounded, snapshots }, run))
    await Promise.all([run(sessions), ...others].map(untilBroken))
  })
  await untilBroken(first)
  if (broken !== undefined) throw broken.first
}

/** How many there can be. */
export function lanesOf({ spec, connections }: Looking): number {
  const limits = [spec.source, spec.target].map(({ connection }) => connections.postgres(connection).access.spec.limit)
  return Math.max(1, Math.min(MOST_LANES, ...limits.map((limit) => limit - 1)))
}

async function exported(sessions: Sessions): Promise<Readonly<Record<Side, string>>> {
  const [source, target] = await onBoth(sessions, async (session) => {
    const { rows } = await session.query({ text: 'SELECT pg_catalog.pg_export_snapshot()' })
    return rows[0]?.[0] ?? ''
  })
  return { source, target }
}

/** Where there is no session to be had at once, the others do what there is to do. */
async function another(looking: Looking, run: (sessions: Sessions) => Promise<void>): Promise<void> {
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), PATIENCE_MS)
  let began = false
  try {
    await withBoth({ ...looking, signal: widened([looking.signal, waiting.signal]) }, (sessions) => {
      clearTimeout(timer)
      began = true
      return run(sessions)
    })
  } catch (error) {
    if (began || looking.signal.aborted || !(error instanceof CheckError)) throw error
  } finally {
    clearTimeout(timer)
  }
}
