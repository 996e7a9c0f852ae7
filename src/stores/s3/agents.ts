/**
 * Agents of node's http and https whose connections are made at a vantage. One at a time for each request: nothing is
 * held open between two, and `close` ends what is.
 */
import { Agent as HttpAgent } from 'node:http'
import { Agent as HttpsAgent } from 'node:https'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { CheckError, type CheckErrorOptions } from '../../lib/errors.js'
import type { Vantage } from '../../vantage/vantage.js'

export interface Agents {
  readonly http: HttpAgent
  readonly https: HttpsAgent
  /** What the newest connection is about: of one that never gets further, the step it is stuck in. */
  readonly step: () => 'connect' | 'handshake' | 'response'
  readonly close: () => void
}

/** Connected, but TLS was not agreed on: an expired certificate, another name, no TLS at all. */
export class HandshakeError extends CheckError {
  override readonly name = 'HandshakeError'
  readonly code: string | undefined

  constructor(message: string, options: CheckErrorOptions & { readonly code?: string | undefined } = {}) {
    super(message, options)
    this.code = options.code
  }
}

interface Wanted extends ConnectionOptions {
  readonly host?: string
  readonly port?: number
}

export function agentsAt(vantage: Pick<Vantage, 'dial'>, signal: AbortSignal, maxSockets: number): Agents {
  const open = new Set<Duplex>()
  let step: ReturnType<Agents['step']> = 'connect'
  const keep = <T extends Duplex>(stream: T): T => {
    open.add(stream)
    // A stream that is no socket may call it an error to be ended early, when nobody listens any more.
    stream.on('error', () => undefined)
    stream.once('close', () => open.delete(stream))
    return stream
  }
  const dial = async ({ host = 'localhost', port = 80 }: Wanted): Promise<Duplex> => {
    step = 'connect'
    const { stream } = await vantage.dial({ host: host.replace(/^\[|\]$/g, ''), port: Number(port) }, { signal })
    return keep(stream)
  }
  const plain = async (wanted: Wanted): Promise<Duplex> => {
    const stream = await dial(wanted)
    step = 'response'
    return stream
  }
  const secure = async (wanted: Wanted): Promise<Duplex> => {
    const stream = await dial(wanted)
    step = 'handshake'
    const socket = keep(await handshake(stream, wanted, signal))
    step = 'response'
    return socket
  }
  return {
    http: overriding(new HttpAgent({ keepAlive: false, maxSockets }), plain),
    https: overriding(new HttpsAgent({ keepAlive: false, maxSockets }), secure),
    step: () => step,
    close: () => {
      for (const stream of open) stream.destroy()
    },
  }
}

type Opened = (error: Error | null, stream?: Duplex) => void

/** An agent takes its connections from `createConnection`, and waits for the callback where nothing is returned. */
function overriding<A extends HttpAgent>(agent: A, open: (wanted: Wanted) => Promise<Duplex>): A {
  const createConnection = (wanted: Wanted, opened: Opened): undefined => {
    open(wanted).then(
      (stream) => opened(null, stream),
      (error: unknown) => opened(error instanceof Error ? error : new Error(String(error))),
    )
    return undefined
  }
  return Object.assign(agent, { createConnection })
}

function handshake(stream: Duplex, wanted: Wanted, signal: AbortSignal): Promise<Duplex> {
  const host = (wanted.host ?? '').replace(/^\[|\]$/g, '')
  return new Promise((resolve, reject) => {
    const socket = connectTls({ socket: stream, host, ...(isIP(host) === 0 ? { servername: host } : {}) })
    const end = (error: unknown): void => {
      signal.removeEventListener('abort', stop)
      socket.destroy()
      stream.destroy()
      reject(error)
    }
    const stop = (): void => end(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    socket.once('secureConnect', () => {
      signal.removeEventListener('abort', stop)
      socket.off('error', failed)
      resolve(socket)
    })
    const failed = (cause: Error & { readonly code?: unknown }): void => {
      const code = typeof cause.code === 'string' ? cause.code : undefined
      end(
        new HandshakeError(`${host}: no TLS: ${REASONS[code ?? ''] ?? code ?? 'the handshake failed'}`, {
          cause,
          code,
        }),
      )
    }
    socket.once('error', failed)
  })
}

const REASONS: Readonly<Record<string, string>> = {
  CERT_HAS_EXPIRED: 'the certificate has expired',
  CERT_NOT_YET_VALID: 'the certificate is not valid yet',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'the certificate is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'the certificate comes from an authority that is not trusted here',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'the certificate comes from an authority that is not trusted here',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'the certificate comes from an authority that is not trusted here',
  ERR_TLS_CERT_ALTNAME_INVALID: 'the certificate is for another name',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers speaks no TLS',
  ECONNRESET: 'the connection was ended',
}
