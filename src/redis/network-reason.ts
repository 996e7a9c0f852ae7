/** Errors of Node's sockets in words. */
import { NETWORK_WORDS } from '../lib/network-words.js'

const REASONS: Readonly<Record<string, string>> = {
  ...NETWORK_WORDS,
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
}

export function networkReason(error: Error): { readonly code: string | undefined; readonly text: string } {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = 'code' in first && typeof first.code === 'string' ? first.code : undefined
  const known = code === undefined ? undefined : REASONS[code]
  return { code, text: known ?? first.message.split('\n')[0] ?? '' }
}
