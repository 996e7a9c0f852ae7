/**
 * Asks the server to cancel what a session is running, on a connection of its own:
 * https://www.postgresql.org/docs/current/protocol-flow.html#PROTOCOL-FLOW-CANCELING-REQUESTS. The server never answers.
 */
import { connect as connectSocket, type Socket } from 'node:net'
import type { TlsAttempt } from './tls.js'

const CANCEL_REQUEST = 80877102
const SSL_REQUEST = 80877103

export interface CancelTarget {
  readonly host: string
  readonly port: number
  readonly tls: TlsAttempt
  /** TLS from the first byte, without asking. */
  readonly direct: boolean
  readonly processId: number
  readonly secretKey: number
}

/** Resolves once the request is delivered, or could not be within `timeoutMs`. Never rejects: it is the second line. */
export function requestCancel(target: CancelTarget, timeoutMs: number): Promise<void> {
  return new Promise((resolve) => {
    const socket = target.host.startsWith('/')
      ? connectSocket({ path: `${target.host}/.s.PGSQL.${target.port}` })
      : connectSocket({ host: target.host, port: target.port })
    const timer = setTimeout(() => socket.destroy(), timeoutMs)
    socket.on('error', () => {})
    socket.once('close', () => {
      clearTimeout(timer)
      resolve()
    })
    socket.once('connect', () => {
      if (target.tls === undefined) deliver(socket, target)
      else if (target.direct) secure(socket, target)
      else {
        socket.once('data', (answer) => (answer.toString() === 'S' ? secure(socket, target) : socket.destroy()))
        socket.write(words(8, SSL_REQUEST))
      }
    })
  })
}

function secure(socket: Socket, target: CancelTarget): void {
  // Loaded here, for it takes a while and most runs never cancel anything.
  const tls = process
    .getBuiltinModule('node:tls')
    .connect({ ...target.tls, socket, ...(target.direct ? { ALPNProtocols: ['postgresql'] } : {}) })
  tls.on('error', () => socket.destroy())
  tls.once('secureConnect', () => deliver(tls, target))
}

/** The server closes the connection when it has passed the signal on. */
function deliver(socket: Socket, target: CancelTarget): void {
  socket.resume()
  socket.end(words(16, CANCEL_REQUEST, target.processId, target.secretKey))
}

function words(...values: readonly number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4)
  for (const [index, value] of values.entries()) buffer.writeInt32BE(value | 0, index * 4)
  return buffer
}
