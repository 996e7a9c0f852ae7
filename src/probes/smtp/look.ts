/**
 * Talks to a mail server as far as a client does before it hands over a message: greeting, TLS, login, sender and
 * recipient. DATA is never sent, so nothing is ever delivered.
 */
import type { Duplex } from 'node:stream'
import { setTimeout } from 'node:timers/promises'
import type { Endpoint, Vantage } from '../../vantage/vantage.js'
import { describeTls, type TlsSeen } from '../certificate.js'
import { secure } from '../secure.js'
import { atStep, attempt, dialStep, type Look, StepFailed } from '../steps.js'
import { type Conversation, converse, unexpected } from './conversation.js'
import { type Features, featuresOf } from './features.js'
import { type Credentials, judged, type Tried, tryLogin } from './log-in.js'

export interface SmtpOptions {
  /** Ends the look: see `withDeadline`. */
  readonly signal: AbortSignal
  readonly tls: 'starttls' | 'implicit' | 'none'
  readonly servername: string
  readonly ca?: string | undefined
  /** Name we greet with. */
  readonly helo: string
  readonly login?: Credentials | undefined
  /** Log in where the connection is not encrypted, too. */
  readonly loginInTheClear: boolean
  readonly mailFrom?: string | undefined
  readonly rcptTo?: string | undefined
  readonly now: Date
}

export interface SmtpSeen {
  readonly method: string
  /** Milliseconds from the connection to the greeting. */
  readonly greetingMs: number
  readonly banner: string
  readonly starttls: boolean
  readonly features: Features
  readonly tls?: TlsSeen | undefined
  readonly login?: Tried | undefined
  readonly sender?: Tried | undefined
  readonly recipient?: Tried | undefined
}

/** For the answer to QUIT. */
const GOODBYE_MS = 300

export function lookSmtp(vantage: Vantage, to: Endpoint, options: SmtpOptions): Promise<Look<SmtpSeen>> {
  const { signal } = options
  return attempt(async () => {
    const { stream, method } = await dialStep(vantage, to, signal)
    // What breaks is heard of by whoever reads; a stream that breaks on the way down is nobody's concern.
    stream.on('error', () => {})
    try {
      return { ...(await talk(stream, options)), method }
    } finally {
      stream.destroy()
    }
  })
}

async function talk(stream: Duplex, options: SmtpOptions): Promise<Omit<SmtpSeen, 'method'>> {
  const { signal, tls } = options
  const began = performance.now()
  const implicit = tls === 'implicit' ? await encrypt(stream, options) : undefined
  let conversation = converse(implicit?.stream ?? stream, signal)
  const greeting = await conversation.say(undefined, 'response')
  if (greeting.code !== 220) throw unexpected(greeting, 'response', 'the connection')
  const seen = { banner: greeting.lines[0] ?? '', greetingMs: performance.now() - began }
  let features = await greet(conversation, options)
  const starttls = features.extensions.includes('STARTTLS')
  let encrypted = implicit
  if (tls === 'starttls') {
    if (!starttls) throw new StepFailed('handshake', 'the server does not offer STARTTLS')
    const agreed = await conversation.say('STARTTLS', 'handshake')
    if (agreed.code !== 220) throw unexpected(agreed, 'handshake', 'STARTTLS')
    // What is sent in the clear behind the consent would be taken for the first words inside TLS.
    if (conversation.unread() > 0)
      throw new StepFailed('handshake', 'the server went on in the clear after it agreed to TLS')
    conversation.close()
    encrypted = await encrypt(stream, options)
    conversation = converse(encrypted.stream, signal)
    features = await greet(conversation, options)
  }
  const login = options.login && (await logIn(conversation, features, encrypted?.tls, options))
  const envelope = await tryEnvelope(conversation, options)
  await goodbye(conversation)
  return { ...seen, starttls, features, tls: encrypted?.tls, login, ...envelope }
}

async function encrypt(stream: Duplex, { signal, servername, ca, now }: SmtpOptions) {
  return atStep('handshake', signal, async () => {
    const socket = await secure(stream, { servername, ca, signal })
    return { stream: socket, tls: describeTls(socket, servername, now) }
  })
}

async function greet({ say }: Conversation, { helo }: SmtpOptions): Promise<Features> {
  const reply = await say(`EHLO ${helo}`, 'response')
  if (reply.code === 250) return featuresOf(reply)
  // A server from before there were extensions.
  const old = reply.code >= 500 ? await say(`HELO ${helo}`, 'response') : reply
  if (old.code !== 250) throw unexpected(reply, 'response', 'EHLO')
  return { extensions: [], sizeLimit: undefined, auth: [] }
}

/** The password goes only to a server that proved who it is, unless the check file says otherwise. */
async function logIn(
  conversation: Conversation,
  features: Features,
  tls: TlsSeen | undefined,
  { login, loginInTheClear }: SmtpOptions,
): Promise<Tried | undefined> {
  if (login === undefined) return undefined
  if (tls === undefined && !loginInTheClear) {
    return { ok: { unobserved: 'the connection is not encrypted, so the password was not sent' } }
  }
  if (tls !== undefined && !tls.trusted) {
    return { ok: { unobserved: `the certificate is not trusted, so the password was not sent: ${tls.trustError}` } }
  }
  return tryLogin(conversation, features, login)
}

async function tryEnvelope(
  { say }: Conversation,
  { mailFrom, rcptTo }: SmtpOptions,
): Promise<{ readonly sender?: Tried; readonly recipient?: Tried }> {
  if (mailFrom === undefined) return {}
  const sender = judged(await say(`MAIL FROM:<${mailFrom}>`, 'response'), 250, 'sender')
  if (rcptTo === undefined) return { sender }
  if (sender.ok !== true) return { sender, recipient: { ok: { unobserved: 'the sender was not taken' } } }
  const recipient = judged(await say(`RCPT TO:<${rcptTo}>`, 'response'), 250, 'recipient')
  return { sender, recipient }
}

/** RSET takes the sender and the recipient back. Everything is known by now: whatever breaks here changes nothing. */
async function goodbye({ say, close }: Conversation): Promise<void> {
  const leave = async () => {
    await say('RSET', 'response')
    await say('QUIT', 'response')
  }
  const patience = new AbortController()
  await Promise.race([
    leave().catch(() => undefined),
    setTimeout(GOODBYE_MS, undefined, { signal: patience.signal }).catch(() => undefined),
  ])
  patience.abort()
  close()
}
