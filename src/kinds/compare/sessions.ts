/** The two databases of a comparison, each seen at one moment from its beginning to its end. */
import type { SqlSession } from '../../sql/source.js'
import { isOfOneTable } from '../guarded.js'
import type { Check, Context } from '../kind.js'
import { widened } from '../reporting.js'
import { enginesOf } from './engine.js'
import type { Side } from './expression.js'
import type { CheckSpec } from './schema.js'

export interface Sessions {
  readonly source: SqlSession
  readonly target: SqlSession
  /** Ends what runs on either side; neither can be used any more. */
  readonly giveUp: (reason: unknown) => void
}

export interface Looking {
  readonly spec: CheckSpec
  readonly connections: Context['connections']
  readonly signal: AbortSignal
  readonly timeoutMs: number
  /** Of each side, what a session exported; without, its sessions have moments of their own. */
  readonly snapshots?: Readonly<Record<Side, string | undefined>> | undefined
  /** Whether sessions outlive a statement that failed, for other tables are to be compared in them. */
  readonly lasting?: boolean
}

export function lookingOf(check: Check<CheckSpec>, context: Context, signal: AbortSignal): Looking {
  return { spec: check.spec, connections: context.connections, signal, timeoutMs: check.timeoutMs }
}

/** One session where both tables are in one database: it sees them at the same moment. */
export async function withBoth<T>(looking: Looking, use: (sessions: Sessions) => Promise<T>): Promise<T> {
  const { spec, connections, signal, timeoutMs, snapshots, lasting = false } = looking
  const names = [spec.source.connection, spec.target.connection] as const
  const ending = new AbortController()
  const options = { signal: widened([signal, ending.signal]), timeoutMs }
  const giveUp = (reason: unknown): void => {
    if (!lasting || !isOfOneTable(reason)) ending.abort(reason)
  }
  const open = (name: string) => connections.sql(name)
  const seeing = (name: string) => {
    const side = name === names[0] ? 'source' : 'target'
    return { ...options, snapshot: snapshots?.[side] }
  }
  if (names[0] === names[1]) {
    return open(names[0]).withSession(seeing(names[0]), (session) => use({ source: session, target: session, giveUp }))
  }
  // In one order for all comparisons: two that wait for what the other holds would wait for ever.
  const [first, second] = names.toSorted() as [string, string]
  return open(first).withSession(seeing(first), (one) =>
    open(second).withSession(seeing(second), (other) =>
      use(first === names[0] ? { source: one, target: other, giveUp } : { source: other, target: one, giveUp }),
    ),
  )
}

/** Each once, where a statement that failed ends the transaction: in MySQL it does not. */
export function sessionsIn({ source, target }: Sessions): readonly SqlSession[] {
  return [...new Set([source, target])].filter((session) => enginesOf(session).postgres !== undefined)
}

/** Well below what a server may have set as the longest it lets a transaction idle. */
const AWAKE_MS = 20_000

/**
 * Both at once, where they are two; who has done first is kept awake until the other has. Where one fails the other is
 * ended, for a server would go on for hours with what nobody waits for.
 */
export async function onBoth<T>(
  { source, target, giveUp }: Sessions,
  work: (session: SqlSession, side: 'source' | 'target') => Promise<T>,
): Promise<readonly [T, T]> {
  if (source === target) return [await work(source, 'source'), await work(target, 'target')]
  const busy = new Set([source, target])
  let failed: { readonly first: unknown } | undefined
  const kept = async (session: SqlSession, side: 'source' | 'target'): Promise<T | undefined> => {
    try {
      return await work(session, side)
    } catch (error) {
      failed ??= { first: error }
      giveUp(error)
      return undefined
    } finally {
      busy.delete(session)
    }
  }
  const all = Promise.all([kept(source, 'source'), kept(target, 'target')])
  let asked: Promise<unknown> = Promise.resolve()
  const timer = setInterval(() => {
    if (busy.size !== 1) return
    const idle = busy.has(source) ? target : source
    // What is wrong with it is told when it is next asked something that matters.
    asked = idle.query({ text: 'SELECT 1' }).catch(() => undefined)
  }, AWAKE_MS)
  try {
    const both = await all
    if (failed !== undefined) throw failed.first
    return both as [T, T]
  } finally {
    clearInterval(timer)
    // A session runs one statement at a time, and the next may be asked for at once.
    await asked
  }
}

/** Connections to servers that replay what others write. */
export function standbys({ source, target }: CheckSpec, sessions: Sessions): readonly string[] {
  const names = [
    ...(sessions.source.server.inRecovery ? [source.connection] : []),
    ...(sessions.target.server.inRecovery ? [target.connection] : []),
  ]
  return [...new Set(names)]
}
