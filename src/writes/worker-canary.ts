/**
 * A canary: one job of our own is put into a queue, by a statement or a command of the check file, and whatever came of it
 * is removed again by another. What it writes is what those two say, no more; both name a token that only this canary has.
 */
import { randomBytes } from 'node:crypto'
import { CheckError } from '../lib/errors.js'
import type { UserQuery } from '../postgres/source.js'
import type { PostgresWriter } from '../postgres/writer.js'
import { run } from '../vantage/run.js'
import { type Vantage, VantageError } from '../vantage/vantage.js'
import { type Allowed, assertAllowed, withRemoval } from './allowed.js'

export interface CanaryAct {
  readonly connection?: string | undefined
  readonly sql?: string | undefined
  readonly command?: readonly string[] | undefined
}

export interface CanaryPlan {
  readonly enqueue: CanaryAct
  readonly clean_up: CanaryAct
}

export interface CanarySurroundings {
  readonly allowed: Allowed
  readonly vantage: Vantage
  readonly user: string | undefined
  readonly writer: (name: string) => PostgresWriter
  readonly signal: AbortSignal
}

/** Cleaning up has its own time: it is done after an abort as well. */
export const CLEAN_UP_MS = 5000

/** Text that only this canary has; it begins with a word that tells whoever finds it where it came from. */
export function canaryToken(): string {
  return `postflight-canary-${randomBytes(8).toString('hex')}`
}

/** What could not be removed again, in words that name the token. */
export interface Released<T> {
  readonly result: T
  readonly left: string | undefined
}

/**
 * Enqueues, waits with `watch`, and cleans up in any case. Throws before anything is written where a flag is missing;
 * errors of cleaning up are told beside the result, and in the message where there is none.
 */
export async function releaseCanary<T>(
  plan: CanaryPlan,
  surroundings: CanarySurroundings,
  watch: (token: string) => Promise<T>,
): Promise<Released<T>> {
  const { allowed, signal } = surroundings
  assertAllowed(allowed, 'writes', 'a canary')
  if ([plan.enqueue, plan.clean_up].some(({ command }) => command !== undefined)) {
    assertAllowed(allowed, 'commands', 'a canary that runs a command')
  }
  signal.throwIfAborted()
  const token = canaryToken()
  return withRemoval(allowed, `the canary ${token}`, (left) =>
    sendAndRemove(plan, surroundings, { token, left }, watch),
  )
}

async function sendAndRemove<T>(
  plan: CanaryPlan,
  surroundings: CanarySurroundings,
  { token, left: tellLeft }: { readonly token: string; readonly left: (words: string) => void },
  watch: (token: string) => Promise<T>,
): Promise<Released<T>> {
  const { signal } = surroundings
  let failure: { readonly error: unknown } | undefined
  let result: T | undefined
  try {
    await act(plan.enqueue, 'enqueue', token, surroundings, signal)
    result = await watch(token)
  } catch (error) {
    failure = { error }
  }
  const left = await cleanUp(plan.clean_up, token, surroundings)
  if (left !== undefined) tellLeft(left)
  if (failure === undefined) return { result: result as T, left }
  if (left !== undefined && failure.error instanceof CheckError) {
    throw new CheckError(`${failure.error.message}; ${left}`, { cause: failure.error, hint: failure.error.hint })
  }
  throw failure.error
}

async function cleanUp(plan: CanaryAct, token: string, surroundings: CanarySurroundings): Promise<string | undefined> {
  try {
    await act(plan, 'clean_up', token, surroundings, AbortSignal.timeout(CLEAN_UP_MS))
    return undefined
  } catch (error) {
    if (!(error instanceof Error)) throw error
    return `the canary ${token} could not be cleaned up: ${error.message}`
  }
}

async function act(
  plan: CanaryAct,
  step: 'enqueue' | 'clean_up',
  token: string,
  { vantage, user, writer }: CanarySurroundings,
  signal: AbortSignal,
): Promise<void> {
  const path = ['canary', step]
  if (plan.command !== undefined) {
    const argv = plan.command.map((argument) => argument.replaceAll('{token}', token))
    const { code } = await run(vantage, argv, { signal, ...(user === undefined ? {} : { user }) })
    if (code === 0) return
    // What it printed may hold anything.
    throw new VantageError(`${step}: ${argv[0]} ended with ${code} at ${vantage.label}`, {
      at: { path: [...path, 'command'] },
    })
  }
  const query: UserQuery = { sql: plan.sql ?? '', params: { token }, path: [...path, 'sql'] }
  await writer(plan.connection ?? '').write(query, { signal, timeoutMs: CLEAN_UP_MS })
}
