/**
 * TLS over a stream that is already connected. Nobody is refused here: what the certificate is worth is described by
 * `certificate.ts`, and until that was read nothing of ours may be sent.
 */

import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect, rootCertificates, type TLSSocket } from 'node:tls'
import { CheckError } from '../lib/errors.js'
import { StepFailed } from './steps.js'

export interface SecureOptions {
  /** Name the certificate has to be for. An address is not sent along (SNI), as there are only names in it. */
  readonly servername: string
  /** PEM of authorities that are trusted besides those Node brings. */
  readonly ca?: string | undefined
  readonly alpn?: readonly string[] | undefined
  readonly signal: AbortSignal
}

/** The socket owns the stream only while it lives: whoever made the stream destroys it too. Errors are Node's. */
export function secure(stream: Duplex, { servername, ca, alpn, signal }: SecureOptions): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = open(stream, servername, ca, alpn)
    const settle = (act: () => void) => () => {
      signal.removeEventListener('abort', stop)
      act()
    }
    const stop = () => {
      socket.destroy()
      reject(signal.reason)
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.once(
      'secureConnect',
      settle(() => resolve(socket)),
    )
    socket.once(
      'close',
      settle(() => reject(new StepFailed('handshake', 'the other side closed the connection'))),
    )
    // For good: after the handshake whoever reads hears of it by the end of the stream.
    socket.on('error', (error) => settle(() => reject(error))())
    if (signal.aborted) stop()
  })
}

function open(
  stream: Duplex,
  servername: string,
  ca: string | undefined,
  alpn: readonly string[] | undefined,
): TLSSocket {
  try {
    return connect({
      socket: stream,
      host: servername,
      ...(isIP(servername) === 0 ? { servername } : {}),
      ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      ...(alpn === undefined ? {} : { ALPNProtocols: [...alpn] }),
      rejectUnauthorized: false,
    })
  } catch (cause) {
    throw new CheckError('the certificates of `ca` cannot be read', { cause, hint: 'it has to be a PEM file' })
  }
}
