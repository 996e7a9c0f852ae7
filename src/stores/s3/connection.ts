/**
 * GET over connections that are kept, each answer read into one room and looked at there. Node's own client costs three
 * times as much for the pages of a listing. No retries: whoever asks knows what to do.
 */
import { connect } from 'node:net'
import { connect as connectTls } from 'node:tls'
import { StoreError } from '../store.js'
import { type Answer, createAnswerReader, createRoom } from './answer-reader.js'

export interface Place {
  readonly secure: boolean
  /** As in a URL. */
  readonly hostname: string
  readonly port: number
}

export interface Get {
  /** With its query, encoded. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
}

export interface Connections {
  /** `use` gets the answer while its body is still there, and must not keep that. */
  readonly get: <T>(request: Get, use: (answer: Answer) => T) => Promise<T>
  readonly close: () => void
}

interface Connection {
  readonly get: Connections['get']
  readonly destroy: () => void
  readonly isOpen: () => boolean
}

const CONNECT_MS = 10_000
const ANSWER_MS = 60_000

/** As many connections as there are requests at once. */
export function openConnections(place: Place): Connections {
  const idle: Connection[] = []
  const busy = new Set<Connection>()
  const room = createRoom()
  let closed = false
  return {
    get: async (request, use) => {
      if (closed) throw unavailable('the listing has ended')
      let connection = idle.pop()
      while (connection !== undefined && !connection.isOpen()) connection = idle.pop()
      connection ??= openConnection(place, room)
      busy.add(connection)
      try {
        return await connection.get(request, use)
      } finally {
        busy.delete(connection)
        if (closed) connection.destroy()
        else if (connection.isOpen()) idle.push(connection)
      }
    },
    close: () => {
      closed = true
      for (const connection of [...idle, ...busy]) connection.destroy()
    },
  }
}

interface Waiting {
  readonly answered: (answer: Answer) => void
  readonly failed: (error: Error) => void
}

function openConnection({ secure, hostname, port }: Place, room: Buffer): Connection {
  const reader = createAnswerReader(room)
  const host = hostname.replace(/^\[|\]$/g, '')
  let open = true
  let waiting: Waiting | undefined
  const end = (error: Error): void => {
    open = false
    clearTimeout(connecting)
    socket.destroy()
    const whole = reader.ended()
    const { answered, failed } = waiting ?? {}
    waiting = undefined
    if (whole !== undefined && answered !== undefined) answered(whole)
    else failed?.(error)
  }
  const took = (length: number): boolean => {
    try {
      const answer = reader.filled(length)
      if (answer === undefined) return true
      const { answered } = waiting ?? {}
      waiting = undefined
      if (!answer.reusable || answered === undefined) {
        open = false
        socket.destroy()
      }
      answered?.(answer)
    } catch (error) {
      end(error instanceof Error ? error : new Error(String(error)))
    }
    return true
  }
  const options = { host, port, noDelay: true, onread: { buffer: reader.room, callback: took } }
  const socket = secure ? connectTls({ ...options, ALPNProtocols: ['http/1.1'] }) : connect(options)
  const connecting = setTimeout(() => end(unavailable('ETIMEDOUT: no connection')), CONNECT_MS)
  socket.once(secure ? 'secureConnect' : 'connect', () => clearTimeout(connecting))
  // Begins anew with all that is sent or comes.
  socket.setTimeout(ANSWER_MS, () => {
    if (waiting !== undefined) end(unavailable('ETIMEDOUT: no answer'))
  })
  socket.on('error', end)
  socket.on('close', () => end(unavailable('the connection ended within an answer')))
  return {
    get: ({ path, headers }, use) =>
      new Promise((resolve, reject) => {
        if (!open) return reject(unavailable('the connection has ended'))
        waiting = {
          answered: (answer) => {
            try {
              resolve(use(answer))
            } catch (error) {
              reject(error)
            }
          },
          failed: reject,
        }
        let text = `GET ${path} HTTP/1.1\r\n`
        for (const name in headers) text += `${name}: ${headers[name]}\r\n`
        socket.write(`${text}connection: keep-alive\r\n\r\n`, 'latin1')
      }),
    destroy: () => end(unavailable('the listing has ended')),
    isOpen: () => open,
  }
}

function unavailable(what: string): StoreError {
  return new StoreError('unavailable', what)
}
