/** Many things of a database looked at by several sessions at once, all of which see it as it was at one moment. */
import { CheckError } from '../lib/errors.js'
import type { SqlSession } from '../sql/source.js'
import { guarded } from './guarded.js'
import { widened } from './reporting.js'

/** More would be a load that a server in use is not asked for. */
const MOST_LANES = 4
/** How long one waits for a session beyond the first. */
const PATIENCE_MS = 1000

export interface Opening<Shared> {
  readonly signal: AbortSignal
  /** What the first lane shares with the others; undefined for the first. */
  readonly shared?: Shared | undefined
}

/** `Lane`: a session, or those of several databases that are used together. */
export interface Lanes<Lane, Thing, Shared> {
  readonly signal: AbortSignal
  /** Of the connections used, how many sessions each may have open. */
  readonly limits: readonly number[]
  readonly open: (how: Opening<Shared>, use: (lane: Lane) => Promise<void>) => Promise<void>
  readonly sessionsOf: (lane: Lane) => readonly Pick<SqlSession, 'query'>[]
  /** What makes the others see what this one sees. */
  readonly share: (lane: Lane) => Promise<Shared>
  /** What there is to do, asked for in the first lane. */
  readonly prepare: (lane: Lane) => Promise<readonly Thing[]>
  readonly work: (lane: Lane, thing: Thing) => Promise<void>
  /** Told of what could not be looked at; any other error ends all, and so does each where nobody is told. */
  readonly failed?: (thing: Thing, error: Error) => void
}

/** One session of each connection is left to other checks; where that leaves no second one, all is done in the first. */
export async function inLanes<Lane, Thing, Shared>(lanes: Lanes<Lane, Thing, Shared>): Promise<void> {
  const { open, sessionsOf, share, prepare, work, failed } = lanes
  const ending = new AbortController()
  const signal = widened([lanes.signal, ending.signal])
  let broken: { readonly first: unknown } | undefined
  const untilBroken = async (lane: Promise<void>): Promise<void> => {
    try {
      await lane
    } catch (error) {
      broken ??= { first: error }
      ending.abort(error)
    }
  }
  const first = open({ signal }, async (lane) => {
    const things = [...(await prepare(lane))]
    const run = async (own: Lane): Promise<void> => {
      for (let thing = things.shift(); thing !== undefined; thing = things.shift()) {
        const one = thing
        if (failed === undefined) {
          await work(own, one)
          continue
        }
        const error = await guarded(sessionsOf(own), () => work(own, one))
        if (error !== undefined) failed(one, error)
      }
    }
    const count = Math.min(lanesFor(lanes.limits), things.length)
    const shared = count > 1 ? await share(lane) : undefined
    const others = Array.from({ length: count - 1 }, () => another(open, { signal, shared }, run))
    await Promise.all([run(lane), ...others].map(untilBroken))
  })
  await untilBroken(first)
  if (broken !== undefined) throw broken.first
}

/** How many there can be. */
export function lanesFor(limits: readonly number[]): number {
  return Math.max(1, Math.min(MOST_LANES, ...limits.map((limit) => limit - 1)))
}

/** Where there is no session to be had at once, or none that sees the same, the others do what there is to do. */
async function another<Lane, Shared>(
  open: Lanes<Lane, unknown, Shared>['open'],
  { signal, shared }: Opening<Shared>,
  run: (lane: Lane) => Promise<void>,
): Promise<void> {
  const waiting = new AbortController()
  const timer = setTimeout(() => waiting.abort(), PATIENCE_MS)
  let began = false
  try {
    await open({ signal: widened([signal, waiting.signal]), shared }, (lane) => {
      clearTimeout(timer)
      began = true
      return run(lane)
    })
  } catch (error) {
    if (began || signal.aborted || !(error instanceof CheckError)) throw error
  } finally {
    clearTimeout(timer)
  }
}

/** Name of what the session sees, for others of its database to see the same while it lasts. */
export async function exportedBy(session: Pick<SqlSession, 'query'>): Promise<string> {
  const { rows } = await session.query({ text: 'SELECT pg_catalog.pg_export_snapshot()' })
  return rows[0]?.[0] ?? ''
}
