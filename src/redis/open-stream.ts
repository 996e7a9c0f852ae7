/** Opens the byte stream to a Redis server, and puts TLS on one that somebody else has opened. */
import { readFile } from 'node:fs/promises'
import { createConnection, isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls } from 'node:tls'
import { networkReason } from './network-reason.js'
import type { RedisSettings } from './settings.js'
import { type ReadOptions, RedisError } from './source.js'

const KEEPALIVE_MS = 30_000

/** From where postflight runs. Errors: RedisError with the step, or the signal's reason. */
export async function openSocket(
  { host, port }: RedisSettings,
  { label, signal, onStep }: ReadOptions & { readonly label: string },
): Promise<Duplex> {
  signal.throwIfAborted()
  const named = isIP(host) === 0 && !host.startsWith('/')
  onStep?.(named ? 'name' : 'connect')
  const socket = createConnection(host.startsWith('/') ? { path: host } : { host, port })
  socket.once('lookup', (error: Error | null) => {
    if (error === null) onStep?.('connect')
  })
  await settled(socket, 'connect', signal, (error) => {
    const { code, text } = networkReason(error)
    const step = 'syscall' in error && error.syscall === 'getaddrinfo' ? 'name' : 'connect'
    return new RedisError(`${label}: ${text}`, { code, step, cause: error })
  })
  socket.setNoDelay(true)
  socket.setKeepAlive(true, KEEPALIVE_MS)
  return socket
}

/** The certificate is verified: nothing is said to a server that does not prove its name. */
export async function secured(
  stream: Duplex,
  { host, ca, caText }: RedisSettings,
  label: string,
  signal: AbortSignal,
): Promise<Duplex> {
  const given = caText ?? (ca === undefined ? undefined : await certificates(ca))
  const trusted = given === undefined ? {} : { ca: given }
  const name = isIP(host) === 0 && !host.startsWith('/') ? { servername: host } : {}
  // `host` is what the certificate has to be for, also where it is an address.
  const tls = connectTls({ socket: stream, host, ...name, ...trusted })
  await settled(tls, 'secureConnect', signal, (error) => {
    const { code, text } = networkReason(error)
    const hint = /CERT|SELF_SIGNED|ISSUER/.test(code ?? '')
      ? 'set `ca` to the file with the certificate that signed it'
      : undefined
    return new RedisError(`${label}: TLS failed: ${text}`, { code, step: 'handshake', hint, cause: error })
  })
  return tls
}

async function certificates(file: string): Promise<Buffer> {
  try {
    return await readFile(file)
  } catch (cause) {
    throw new RedisError(`cannot read the certificates in ${file}`, { cause })
  }
}

/** Waits for the event; a stream that fails, ends or is given up before is destroyed. */
function settled(stream: Duplex, event: string, signal: AbortSignal, explain: (error: Error) => Error): Promise<void> {
  return new Promise((resolve, reject) => {
    const done = (act: () => void) => {
      signal.removeEventListener('abort', stop)
      stream.off(event, succeed).off('error', fail).off('close', closed)
      act()
    }
    const succeed = () => done(resolve)
    const fail = (error: Error) => {
      stream.destroy()
      done(() => reject(explain(error)))
    }
    const closed = () => fail(Object.assign(new Error('closed'), { code: 'ECONNRESET' }))
    const stop = () => {
      done(() => reject(signal.reason))
      stream.on('error', () => {})
      stream.destroy()
    }
    signal.addEventListener('abort', stop, { once: true })
    stream.once(event, succeed).once('error', fail).once('close', closed)
  })
}
