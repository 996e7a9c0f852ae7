/** What programs that connect say when they do not, as step and code. Their words are those of LC_ALL=C. */
import { DialError, type Endpoint } from './vantage.js'

interface Reason {
  readonly said: RegExp
  readonly step: DialError['step']
  readonly code: string
  readonly words: string
}

const REASONS: readonly Reason[] = [
  { said: /refused/i, step: 'connect', code: 'ECONNREFUSED', words: 'connection refused' },
  { said: /no route to host/i, step: 'connect', code: 'EHOSTUNREACH', words: 'no route to the host' },
  { said: /network is unreachable/i, step: 'connect', code: 'ENETUNREACH', words: 'the network is unreachable' },
  { said: /timed out|timeout/i, step: 'connect', code: 'ETIMEDOUT', words: 'no answer' },
  { said: /reset by peer/i, step: 'connect', code: 'ECONNRESET', words: 'connection reset' },
  {
    said: /temporary failure|try again/i,
    step: 'name',
    code: 'EAI_AGAIN',
    words: 'the resolver does not answer',
  },
  {
    said: /no address associated|address family for hostname/i,
    step: 'name',
    code: 'ENODATA',
    words: 'the name has no address of that family',
  },
  {
    said: /bad address|not known|unknown host|could not resolve|lookup failed|name does not resolve|nodename nor servname/i,
    step: 'name',
    code: 'ENOTFOUND',
    words: 'the name does not resolve',
  },
  { said: /not permitted|permission denied/i, step: 'connect', code: 'EACCES', words: 'not permitted' },
]

/** `seenFrom` names the vantage. */
export function dialErrorFrom(said: string, { host, port }: Endpoint, seenFrom: string): DialError {
  const found = REASONS.find((reason) => reason.said.test(said))
  if (found === undefined) return new DialError('connect', `${host}:${port}, seen from ${seenFrom}: no connection`)
  const where = found.step === 'name' ? host : `${host}:${port}`
  return new DialError(found.step, `${where}, seen from ${seenFrom}: ${found.words}`, { code: found.code })
}
