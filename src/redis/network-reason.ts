/** Errors of Node's sockets in words. */

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused: nothing listens there',
  ENOTFOUND: 'the host name is not known',
  EAI_AGAIN: 'the name could not be looked up (DNS does not answer)',
  ETIMEDOUT: 'no answer',
  EHOSTUNREACH: 'the host cannot be reached',
  ENETUNREACH: 'the network cannot be reached',
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ENOENT: 'there is no such Unix socket',
  EACCES: 'the Unix socket may not be opened',
}

export function networkReason(error: Error): { readonly code: string | undefined; readonly text: string } {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = 'code' in first && typeof first.code === 'string' ? first.code : undefined
  const known = code === undefined ? undefined : REASONS[code]
  return { code, text: known ?? first.message.split('\n')[0] ?? '' }
}
