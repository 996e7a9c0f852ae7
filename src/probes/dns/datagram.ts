/** One question over UDP from this machine, asked again where no answer comes; what is no answer to it is passed over. */
import { createSocket, type Socket } from 'node:dgram'
import { isIP } from 'node:net'
import { type Query, type Reply, replyTo } from './message.js'
import type { NameServer } from './server.js'

/** Pauses before it is asked again: a datagram may be lost on the way there or back. */
const AGAIN_MS = [1000, 2000, 4000, 8000]

export interface Heard {
  /** Datagrams that were no answer. */
  rubbish: number
}

/** Ends with the signal's reason where nothing came. `heard` tells what did. */
export async function askByDatagram(
  query: Query,
  server: NameServer,
  signal: AbortSignal,
  heard: Heard,
): Promise<Reply> {
  signal.throwIfAborted()
  const socket = createSocket(isIP(server.host) === 6 ? 'udp6' : 'udp4')
  const timers: NodeJS.Timeout[] = []
  let stop = () => {}
  try {
    return await new Promise<Reply>((resolve, reject) => {
      stop = () => reject(signal.reason)
      signal.addEventListener('abort', stop, { once: true })
      socket.on('error', reject)
      socket.on('message', (bytes) => {
        const reply = replyTo(query, bytes)
        if (reply === undefined) heard.rubbish += 1
        else resolve(reply)
      })
      // Connected, so that a port nobody listens on is told, and nobody else can answer.
      socket.connect(server.port, server.host, () => {
        send(socket, query)
        let after = 0
        for (const pause of AGAIN_MS) {
          after += pause
          timers.push(setTimeout(() => send(socket, query), after))
        }
      })
    })
  } finally {
    signal.removeEventListener('abort', stop)
    for (const timer of timers) clearTimeout(timer)
    socket.close()
  }
}

function send(socket: Socket, { bytes }: Query): void {
  socket.send(bytes, (error) => {
    if (error !== null) socket.emit('error', error)
  })
}
