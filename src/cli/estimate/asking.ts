/** Connections as the estimate asks them: every question with an end, no connection tried twice, no part counted twice. */
import type { Connections } from '../../connections/connections.js'
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Check } from '../../kinds/kind.js'
import { CheckError, UsageError } from '../../lib/errors.js'
import { keyFromText } from '../../lib/key.js'
import { formatDuration } from '../../lib/units.js'
import type { Session } from '../../postgres/source.js'
import type { Extent } from '../../stores/store.js'
import type { Problem } from './result.js'

export interface Asking {
  readonly type: (connection: string) => ConnectionSpec['type']
  /** Why the connection cannot be used; undefined where it can. */
  readonly problemOf: (connection: string) => Promise<Problem | undefined>
  readonly inSession: <T>(connection: string, use: (session: Session) => Promise<T>) => Promise<T>
  /** Undefined where the store cannot list. */
  readonly extent: (connection: string, prefix: string) => Promise<Extent | undefined>
}

/** Opening, asking and retries of one question. */
const ANSWER_MS = 30_000

export function createAsking(
  specs: Readonly<Record<string, ConnectionSpec>>,
  connections: Pick<Connections, 'postgres' | 'store'>,
): Asking {
  const type = (name: string): ConnectionSpec['type'] => {
    const spec = specs[name]
    if (spec === undefined) throw new UsageError(`there is no connection "${name}"`)
    return spec.type
  }
  const inSession: Asking['inSession'] = (name, use) =>
    inTime((signal) => connections.postgres(name).withSession({ signal, timeoutMs: ANSWER_MS }, use))
  const reach = (name: string): Promise<void> =>
    type(name) === 'postgres'
      ? inSession(name, async () => undefined)
      : inTime((signal) => connections.store(name).probe({ signal }))
  const problems = new Map<string, Promise<Problem | undefined>>()
  const extents = new Map<string, Promise<Extent | undefined>>()
  return {
    type,
    inSession,
    problemOf: (name) => once(problems, name, () => problemIn(() => reach(name))),
    extent: (name, prefix) =>
      once(extents, `${name}\0${prefix}`, async () =>
        inTime(async (signal) => connections.store(name).extent?.({ prefix: keyFromText(prefix), signal })),
      ),
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

async function inTime<T>(ask: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController()
  const late = () => controller.abort(new CheckError(`no answer within ${formatDuration(ANSWER_MS)}`))
  const timer = setTimeout(late, ANSWER_MS)
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
