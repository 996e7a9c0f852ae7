/** Tries a login at an SMTP server (RFC 4954): PLAIN, or LOGIN where only that is offered. */
import { type Conversation, replyText } from './conversation.js'
import type { Features } from './features.js'

/** Whether it worked; text where that could not be told. Notes say why not. */
export interface Tried {
  readonly ok: boolean | { readonly unobserved: string }
  readonly note?: string | undefined
}

export interface Credentials {
  readonly user: string
  readonly password: string
}

export async function tryLogin(
  { say }: Conversation,
  { auth }: Features,
  { user, password }: Credentials,
): Promise<Tried> {
  if (auth.length === 0) return { ok: false, note: 'login: the server does not offer AUTH on this connection' }
  if (auth.includes('PLAIN')) {
    const token = base64(`\0${user}\0${password}`)
    return judged(await say(`AUTH PLAIN ${token}`, 'response'), 235, 'login')
  }
  if (!auth.includes('LOGIN')) {
    return { ok: { unobserved: `the server only offers ${auth.join(', ')}, which this check cannot do` } }
  }
  const asksUser = await say('AUTH LOGIN', 'response')
  if (asksUser.code !== 334) return judged(asksUser, 235, 'login')
  const asksPassword = await say(base64(user), 'response')
  if (asksPassword.code !== 334) return judged(asksPassword, 235, 'login')
  return judged(await say(base64(password), 'response'), 235, 'login')
}

/** A refusal for now (4xx: greylisting, too many connections) tells nothing of what comes later. */
export function judged(reply: Parameters<typeof replyText>[0], wanted: number, what: string): Tried {
  if (reply.code === wanted || (wanted === 250 && reply.code === 251)) return { ok: true }
  const note = `${what}: the server answers ${replyText(reply)}`
  return reply.code >= 400 && reply.code < 500 ? { ok: { unobserved: note } } : { ok: false, note }
}

function base64(text: string): string {
  return Buffer.from(text, 'utf8').toString('base64')
}
