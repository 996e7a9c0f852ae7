/** Codes of errors of Node's sockets, in words. A protocol that knows more puts its own words over these. */
export const NETWORK_WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the name could not be looked up (DNS does not answer)',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was lost',
  ENOENT: 'there is no such Unix socket',
  EACCES: 'the Unix socket may not be opened',
}
