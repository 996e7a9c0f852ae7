/** Connections as the estimate asks them: every question with an end, no connection tried twice, no part counted twice. */
import { setMaxListeners } from 'node:events'
import type { Connections } from '../../connections/connections.js'
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Check } from '../../kinds/kind.js'
import { CheckError, UsageError } from '../../lib/errors.js'
import { keyFromText } from '../../lib/key.js'
import { formatDuration } from '../../lib/units.js'
import type { SqlSession } from '../../sql/source.js'
import type { Extent } from '../../stores/store.js'
import { runScript } from '../../vantage/run.js'
import { type VantageSpec, vantageText } from '../../vantage/schema.js'
import type { Problem } from './result.js'

export interface Asking {
  readonly type: (connection: string) => ConnectionSpec['type']
  /** Of a database, where the check file says one. */
  readonly searchPathOf: (connection: string) => string | undefined
  /** Where the connection lies for a check that looks from there: for files there, unless they say themselves where. */
  readonly placeOf: (connection: string, from: VantageSpec) => VantageSpec
  /** Why the connection cannot be used from there; undefined where it can. */
  readonly problemOf: (connection: string, from: VantageSpec) => Promise<Problem | undefined>
  readonly inSession: <T>(connection: string, use: (session: SqlSession) => Promise<T>) => Promise<T>
  /** Undefined where the store cannot list. */
  readonly extent: (connection: string, from: VantageSpec, prefix: string) => Promise<Extent | undefined>
}

/** Opening, asking and retries of one question. */
const ANSWER_MS = 30_000

export function createAsking(
  specs: Readonly<Record<string, ConnectionSpec>>,
  connections: Pick<Connections, 'seenFrom'>,
): Asking {
  const specOf = (name: string): ConnectionSpec => {
    const spec = specs[name]
    if (spec === undefined) throw new UsageError(`there is no connection "${name}"`)
    return spec
  }
  const type = (name: string): ConnectionSpec['type'] => specOf(name).type
  const placeOf: Asking['placeOf'] = (name, from) => {
    const spec = specOf(name)
    return spec.type === 'files' ? (spec.from ?? from) : 'local'
  }
  const storeOf = (name: string, from: VantageSpec) => connections.seenFrom(from).connections.store(name)
  const inSession: Asking['inSession'] = (name, use) =>
    inTime((signal) =>
      connections.seenFrom('local').connections.sql(name).withSession({ signal, timeoutMs: ANSWER_MS }, use),
    )
  const reach = (name: string, from: VantageSpec): Promise<unknown> => {
    switch (type(name)) {
      case 'postgres':
      case 'mysql':
        return inSession(name, async () => undefined)
      case 'redis':
        return inTime((signal) =>
          connections
            .seenFrom('local')
            .connections.redis(name)
            .read({ signal }, (redis) => redis.call('PING')),
        )
      case 'ssh':
        return inTime((signal) => runScript(connections.seenFrom({ ssh: name }).vantage, ':', [], { signal }))
      default:
        return inTime((signal) => storeOf(name, from).probe({ signal }))
    }
  }
  const problems = new Map<string, Promise<Problem | undefined>>()
  const extents = new Map<string, Promise<Extent | undefined>>()
  return {
    type,
    searchPathOf: (name) => {
      const spec = specOf(name)
      return spec.type === 'postgres' ? spec.search_path : undefined
    },
    inSession,
    placeOf,
    problemOf: (name, from) => {
      const place = placeOf(name, from)
      return once(problems, `${name}\0${vantageText(place)}`, () => problemIn(() => reach(name, place)))
    },
    extent: (name, from, prefix) => {
      const place = placeOf(name, from)
      return once(extents, `${name}\0${vantageText(place)}\0${prefix}`, async () =>
        inTime(async (signal) => storeOf(name, place).extent?.({ prefix: keyFromText(prefix), signal })),
      )
    },
  }
}

/** The problem of what is asked, or undefined. A bug is thrown. */
async function problemIn(ask: () => Promise<unknown>): Promise<Problem | undefined> {
  try {
    await ask()
    return undefined
  } catch (error) {
    return problemFrom(error)
  }
}

export function problemFrom(error: unknown, check?: Check): Problem {
  if (error instanceof UsageError) return { message: error.message, hint: error.suggestions[0] }
  if (!(error instanceof CheckError)) throw error
  const place = error.at === undefined ? undefined : check?.locate(error.at)
  return { message: error.message, hint: error.hint, place }
}

export async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>, limitMs = ANSWER_MS): Promise<T> {
  const controller = new AbortController()
  // Any number of questions may wait for their turn with it.
  setMaxListeners(0, controller.signal)
  const late = () => controller.abort(new CheckError(`no answer within ${formatDuration(limitMs)}`))
  const timer = setTimeout(late, limitMs)
  try {
    return await ask(controller.signal)
  } finally {
    clearTimeout(timer)
  }
}

function once<T>(known: Map<string, Promise<T>>, name: string, ask: () => Promise<T>): Promise<T> {
  const found = known.get(name)
  if (found !== undefined) return found
  const asked = ask()
  known.set(name, asked)
  return asked
}
