/** What ssh says when it did not get there, in words that say what to do. */
import { lastLine } from './last-line.js'
import { VantageError } from './vantage.js'

interface Reason {
  readonly said: RegExp
  readonly message: string
  readonly hint: string
}

const REASONS: readonly Reason[] = [
  {
    said: /REMOTE HOST IDENTIFICATION HAS CHANGED/,
    message: 'the key of the host has changed',
    hint: 'find out why before trusting it: a rebuilt host, or somebody in between; then ssh-keygen -R HOST',
  },
  {
    said: /Host key verification failed|host key is known/,
    message: 'the key of the host is not known',
    hint: 'log in once by hand, or name a file with its key as known_hosts of the connection',
  },
  {
    said: /no such identity|Load key|UNPROTECTED PRIVATE KEY/i,
    message: 'the private key cannot be used',
    hint: 'see to identity_file of the connection and its permissions',
  },
  {
    said: /Permission denied/,
    message: 'no key was accepted',
    hint: 'load it into the agent or name it as identity_file; ssh -v HOST tells which keys were offered',
  },
  {
    said: /Could not resolve hostname/,
    message: 'the host name does not resolve',
    hint: 'see to host of the connection, or to the name server',
  },
  {
    said: /Connection refused/,
    message: 'connection refused',
    hint: 'nothing listens there: see to host and port of the connection, and to sshd',
  },
  {
    said: /timed out|Timeout, server/,
    message: 'no answer',
    hint: 'see to the network and firewalls in between, or raise connect_timeout of the connection',
  },
  { said: /No route to host|unreachable/, message: 'no route to the host', hint: 'see to the network in between' },
]

export function explainSsh(label: string, said: string, code: number | NodeJS.Signals): VantageError {
  const found = REASONS.find((reason) => reason.said.test(said))
  if (found !== undefined) return new VantageError(`${label}: ${found.message}`, { hint: found.hint })
  if (code === 127 || code === 126) {
    return new VantageError(`${label}: there is no POSIX shell (sh) there`, { hint: 'log in as a user who has one' })
  }
  const line = lastLine(said)
  return new VantageError(`${label}: ${line === '' ? `cut off (ssh ended with ${code})` : line}`, {
    hint: 'see what ssh -v HOST says',
  })
}
