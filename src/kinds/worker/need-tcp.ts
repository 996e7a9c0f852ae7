/** Hosts and ports that take a connection from where the worker is. */
import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { DialError, type Endpoint, type Vantage, VantageError } from '../../vantage/vantage.js'
import type { NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'

export interface Looking {
  readonly vantage: Vantage
  readonly signal: AbortSignal
  /** One that stays silent is given up early enough for the others to be told. */
  readonly patienceMs: number
  readonly now: () => Date
}

export async function needTcp(asked: NonNullable<NeedsSpec['tcp']>, looking: Looking): Promise<NeedsAnswer> {
  const needs = asked.map(async ({ host, port, family }): Promise<Need> => {
    const key = `tcp ${host.includes(':') ? `[${host}]` : host}:${port}`
    const to: Endpoint = { host, port, ...(family === undefined ? {} : { family: family === 'ipv4' ? 4 : 6 }) }
    return { key, ...(await reach(to, looking)) }
  })
  return { needs: await Promise.all(needs) }
}

export type Reached = Pick<Need, 'is' | 'reason'>

/** `named`: whether the reason may say where to, as a message of the resolver does. */
export async function reach(
  to: Endpoint,
  { vantage, signal, patienceMs }: Looking,
  { named = true }: { readonly named?: boolean } = {},
): Promise<Reached> {
  try {
    await withDeadline(signal, patienceMs, async (inner) => {
      const { stream } = await vantage.dial(to, { signal: inner })
      stream.on('error', () => {})
      stream.destroy()
    })
    return { is: 'met' }
  } catch (error) {
    if (signal.aborted) throw signal.reason
    if (error instanceof DialError) {
      return { is: 'missing', reason: fromThere(`${error.step}: ${named ? error.message : plain(error)}`, vantage) }
    }
    if (error instanceof TimeUp) return { is: 'missing', reason: fromThere(`connect: ${error.message}`, vantage) }
    if (error instanceof VantageError) return { is: 'untold', reason: error.message }
    throw error
  }
}

/** Some reasons say already where it was seen from, and here nobody needs to be told. */
export function fromThere(reason: string, { label }: Vantage): string {
  return label === 'local' || reason.includes(`seen from ${label}`) ? reason : `${reason}, seen from ${label}`
}

/** Without host and address, which come from a value of the environment. */
function plain({ step, code }: DialError): string {
  return CODES[code ?? ''] ?? (step === 'name' ? 'its host does not resolve' : 'no connection')
}

const CODES: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'no answer',
  EAI_AGAIN: 'the resolver does not answer',
}
