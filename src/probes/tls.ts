/** Looks at the certificate and the protocol of a TLS server. Nothing is sent over the connection. */
import type { Endpoint, Vantage } from '../vantage/vantage.js'
import { describeTls, type TlsSeen } from './certificate.js'
import { secure } from './secure.js'
import { startTls } from './starttls.js'
import type { StartTls } from './starttls-names.js'
import { atStep, attempt, dialStep, type Look } from './steps.js'

export interface TlsOptions {
  /** Ends the look: see `withDeadline`. */
  readonly signal: AbortSignal
  /** The host where nothing is said. */
  readonly servername?: string | undefined
  readonly starttls?: StartTls | undefined
  readonly ca?: string | undefined
  readonly alpn?: readonly string[] | undefined
  readonly now: Date
}

export interface TlsLook extends TlsSeen {
  readonly address?: string | undefined
  /** Milliseconds of connecting, where the vantage can tell, and of the handshake with what goes before it. */
  readonly connectMs?: number | undefined
  readonly handshakeMs: number
  readonly method: string
}

export function lookTls(vantage: Vantage, to: Endpoint, options: TlsOptions): Promise<Look<TlsLook>> {
  const { signal, servername = to.host, starttls, ca, alpn, now } = options
  return attempt(async () => {
    const { stream, address, connectMs, method } = await dialStep(vantage, to, signal)
    // What breaks is heard of by whoever reads; a stream that breaks on the way down is nobody's concern.
    stream.on('error', () => {})
    try {
      return await atStep('handshake', signal, async () => {
        const began = performance.now()
        if (starttls !== undefined) await startTls(stream, starttls, signal)
        const socket = await secure(stream, { servername, ca, alpn, signal })
        const handshakeMs = performance.now() - began
        try {
          return { ...describeTls(socket, servername, now), address, connectMs, handshakeMs, method }
        } finally {
          socket.destroy()
        }
      })
    } finally {
      stream.destroy()
    }
  })
}
