/** Asks name servers: by datagram from this machine, over TCP where the answer is cut off or from any other vantage. */
import type { Vantage } from '../../vantage/vantage.js'
import { atStep, dialStep, StepFailed } from '../steps.js'
import { askByDatagram, type Heard } from './datagram.js'
import { type Question, queryOf, type Reply } from './message.js'
import { type NameServer, serverText } from './server.js'
import { askByStream } from './stream.js'

export interface Asked {
  readonly reply: Reply
  readonly server: string
  /** Milliseconds. */
  readonly latency: number
  readonly method: string
}

export interface AskOptions {
  readonly vantage: Vantage
  /** Whether the vantage is this machine, where a datagram can be sent. */
  readonly local: boolean
  readonly signal: AbortSignal
  /** Time there is in all. */
  readonly ms: number
}

/** Answers of a server that could not, or would not, find out: whether the name is there is not known. */
const ANSWERS = new Set(['NOERROR', 'NXDOMAIN'])

/** One after another; each gets its share of the time that is left. Throws what the last one failed with. */
export async function askServers(
  question: Question,
  servers: readonly NameServer[],
  options: AskOptions,
): Promise<Asked> {
  const until = performance.now() + options.ms
  let last: unknown = new StepFailed('name', 'there is no name server to ask')
  for (const [index, server] of servers.entries()) {
    const share = (until - performance.now()) / (servers.length - index)
    try {
      return await askServer(question, server, options, index === servers.length - 1 ? undefined : share)
    } catch (error) {
      if (options.signal.aborted || !(error instanceof StepFailed)) throw error
      last = error
    }
  }
  throw last
}

async function askServer(
  question: Question,
  server: NameServer,
  { vantage, local, signal: outer }: AskOptions,
  shareMs: number | undefined,
): Promise<Asked> {
  const where = serverText(server)
  const controller = new AbortController()
  const follow = () => controller.abort(outer.reason)
  if (outer.aborted) follow()
  outer.addEventListener('abort', follow, { once: true })
  const late = () => controller.abort(new StepFailed('response', `${where}: no answer`))
  const timer = shareMs === undefined ? undefined : setTimeout(late, shareMs)
  try {
    const { signal } = controller
    const asked = local
      ? await byDatagram(question, server, vantage, signal)
      : await overStream(question, server, vantage, signal)
    if (!ANSWERS.has(asked.reply.rcode)) {
      throw new StepFailed('response', `${where} answers ${asked.reply.rcode}${MEANINGS[asked.reply.rcode] ?? ''}`)
    }
    return { ...asked, server: where }
  } finally {
    clearTimeout(timer)
    outer.removeEventListener('abort', follow)
  }
}

const MEANINGS: Readonly<Record<string, string>> = {
  SERVFAIL: ': it could not find out',
  REFUSED: ': it does not answer this question, or not to this client',
}

type Found = Omit<Asked, 'server'>

async function byDatagram(q: Question, server: NameServer, vantage: Vantage, signal: AbortSignal): Promise<Found> {
  const heard: Heard = { rubbish: 0 }
  const query = queryOf(q)
  const began = performance.now()
  const reply = await named(server, heard, () =>
    atStep('response', signal, () => askByDatagram(query, server, signal, heard)),
  )
  const latency = since(began)
  if (!reply.truncated) return { reply, latency, method: 'udp' }
  const whole = await overStream(q, server, vantage, signal)
  return { ...whole, method: 'tcp, after an answer too long for udp' }
}

async function overStream(q: Question, server: NameServer, vantage: Vantage, signal: AbortSignal): Promise<Found> {
  const { stream, method } = await dialStep(vantage, server, signal)
  try {
    const query = queryOf(q)
    const began = performance.now()
    const reply = await named(server, { rubbish: 0 }, () =>
      atStep('response', signal, () => askByStream(query, stream, signal)),
    )
    if (reply.truncated) throw new StepFailed('response', `${serverText(server)}: its answer is cut off over TCP too`)
    return { reply, latency: since(began), method: `tcp, ${method}` }
  } finally {
    stream.on('error', () => {})
    stream.destroy()
  }
}

/** Puts the server before the reason, and what came instead of an answer behind it. */
async function named<T>(server: NameServer, heard: Heard, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (cause) {
    if (!(cause instanceof StepFailed) || cause.message.startsWith(serverText(server))) throw cause
    const instead = heard.rubbish === 0 ? '' : ' (what came was no answer to the question)'
    const refused = cause.message === 'connection refused'
    const step = refused ? 'connect' : cause.step
    throw new StepFailed(step, `${serverText(server)}: ${cause.message}${instead}`, { cause })
  }
}

function since(began: number): number {
  return Math.round((performance.now() - began) * 10) / 10
}
