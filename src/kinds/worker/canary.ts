/** Sends a canary through the queue and waits until a worker has done it. Writes nothing itself: see `src/writes`. */
import { setTimeout as wait } from 'node:timers/promises'
import { CheckError } from '../../lib/errors.js'
import { formatDuration } from '../../lib/units.js'
import { scalarOf } from '../../postgres/scalar.js'
import type { UserQuery } from '../../postgres/source.js'
import { seeFiles } from '../../probes/file.js'
import { CLEAN_UP_MS, releaseCanary } from '../../writes/worker-canary.js'
import type { Check, Context } from '../kind.js'
import type { CanarySpec, WorkerSpec } from './fields.js'
import type { Part } from './part.js'

export async function sendCanary(
  canary: CanarySpec,
  check: Check<WorkerSpec>,
  context: Context,
  signal: AbortSignal,
): Promise<Part> {
  refuseShortTime(canary, check.timeoutMs)
  const { vantage, allowed, connections } = context
  const user = check.spec.as
  const surroundings = { allowed, vantage, user, writer: connections.writer, signal }
  const { result, left } = await releaseCanary(canary, surroundings, (token) =>
    watch(canary, token, (looking) => isDone(canary, token, context, user, looking), signal),
  )
  const notes = left === undefined ? [] : [left]
  if (result === undefined) {
    const reason = `it was not done within ${formatDuration(canary.within)}`
    return { subjects: { canary: false, canary_time: { unobserved: reason } }, notes, gaps: notes }
  }
  return { subjects: { canary: true, canary_time: result }, notes, gaps: notes }
}

/** Told before anything is written: a canary that is cut off half-way helps nobody. */
function refuseShortTime({ within }: CanarySpec, timeoutMs: number): void {
  if (within + 2 * CLEAN_UP_MS <= timeoutMs) return
  const needed = formatDuration(within + 2 * CLEAN_UP_MS)
  throw new CheckError(
    `the canary waits ${formatDuration(within)}, and the check may take ${formatDuration(timeoutMs)}`,
    {
      at: { path: ['canary', 'within'] },
      hint: `set \`timeout\` to ${needed} at least, so that there is time to enqueue and to clean up`,
    },
  )
}

/** Milliseconds it took, or undefined where it was not done in time. */
async function watch(
  { within, every }: CanarySpec,
  token: string,
  done: (signal: AbortSignal) => Promise<boolean>,
  signal: AbortSignal,
): Promise<number | undefined> {
  const began = performance.now()
  for (;;) {
    if (await done(signal)) return Math.round(performance.now() - began)
    const left = within - (performance.now() - began)
    if (left <= 0) return undefined
    await wait(Math.min(every, left), token, { signal }).catch(() => signal.throwIfAborted())
  }
}

async function isDone(
  { done }: CanarySpec,
  token: string,
  { connections, vantage }: Context,
  user: string | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  if (done.file !== undefined) {
    const path = `${await vantage.root({ signal })}${done.file.replaceAll('{token}', token)}`
    const [seen] = await seeFiles(vantage, [path], { signal, ...(user === undefined ? {} : { user }) })
    return seen?.exists === true
  }
  const query: UserQuery = { sql: done.sql ?? '', params: { token }, path: ['canary', 'done', 'sql'] }
  const { columns, rows } = await connections
    .postgres(done.connection ?? '')
    .withSession({ signal, timeoutMs: CLEAN_UP_MS }, (session) => session.select(query, { limit: 2 }))
  const [column] = columns
  if (column === undefined || columns.length > 1 || rows.length > 1) {
    throw new CheckError('the query gives more than one value; it must give one, true or false', {
      at: { path: query.path },
    })
  }
  // No row is no result yet: `select done from results where token = :token`.
  const value = rows.length === 0 ? false : scalarOf(rows[0]?.[0] ?? null, column)
  if (value !== null && typeof value !== 'boolean') {
    throw new CheckError(`the query gives ${column.type}; it must give true or false`, { at: { path: query.path } })
  }
  return value === true
}
