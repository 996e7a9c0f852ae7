/** Opens a TCP connection from this machine, one address after another, and tells which step failed. */
import { type LookupAddress, lookup } from 'node:dns'
import { createConnection, isIP, type Socket } from 'node:net'
import { DialError, type Dialled, type Endpoint } from './vantage.js'

export async function dialSocket(to: Endpoint, { signal }: { readonly signal: AbortSignal }): Promise<Dialled> {
  signal.throwIfAborted()
  const began = performance.now()
  const addresses = await resolveName(to, signal)
  const named = performance.now()
  let last: unknown
  for (const { address, family } of addresses) {
    try {
      const stream = await connectTo(address, to.port, signal)
      return {
        stream,
        address,
        family: family === 6 ? 6 : 4,
        method: 'socket',
        nameMs: named - began,
        connectMs: performance.now() - named,
      }
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      last = cause
    }
  }
  const code = codeOf(last)
  const tried = addresses.map(({ address }) => address).join(', ')
  throw new DialError('connect', `${to.host}:${to.port} (${tried}): ${REASONS[code] ?? code}`, { cause: last, code })
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'connection refused',
  EHOSTUNREACH: 'no route to the host',
  ENETUNREACH: 'the network is unreachable',
  ECONNRESET: 'connection reset',
  ETIMEDOUT: 'no answer',
  EACCES: 'not permitted',
  EPERM: 'not permitted',
}

const NAME_REASONS: Readonly<Record<string, string>> = {
  ENOTFOUND: 'the name does not resolve',
  EAI_AGAIN: 'the resolver does not answer',
  ENODATA: 'the name has no address of that family',
}

/** The resolver cannot be cancelled; after an abort its answer is dropped. */
function resolveName({ host, family }: Endpoint, signal: AbortSignal): Promise<readonly LookupAddress[]> {
  const literal = isIP(host)
  if (literal !== 0) {
    if (family === undefined || family === literal) return Promise.resolve([{ address: host, family: literal }])
    return Promise.reject(new DialError('name', `${host} is not an IPv${family} address`, { code: 'ENODATA' }))
  }
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    lookup(host, { all: true, family: family ?? 0, order: 'verbatim' }, (error, addresses) => {
      signal.removeEventListener('abort', stop)
      if (error === null) return resolve(addresses)
      const code = error.code ?? 'ENOTFOUND'
      reject(new DialError('name', `${host}: ${NAME_REASONS[code] ?? code}`, { cause: error, code }))
    })
  })
}

function connectTo(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ host: address, port })
    const stop = () => {
      socket.destroy()
      reject(signal.reason)
    }
    const settle = (act: () => void) => () => {
      signal.removeEventListener('abort', stop)
      act()
    }
    signal.addEventListener('abort', stop, { once: true })
    socket.once(
      'connect',
      settle(() => resolve(socket)),
    )
    socket.once('error', (error) => settle(() => reject(error))())
  })
}

function codeOf(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : 'no connection'
}
