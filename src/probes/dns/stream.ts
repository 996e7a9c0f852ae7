/** One question over TCP (RFC 7766), on a stream that is open: two bytes of length before each message. */
import type { Duplex } from 'node:stream'
import { StepFailed } from '../steps.js'
import { type Query, type Reply, replyTo } from './message.js'

export function askByStream(query: Query, stream: Duplex, signal: AbortSignal): Promise<Reply> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0)
    const stop = () => settle(() => reject(signal.reason))
    const settle = (act: () => void) => {
      signal.removeEventListener('abort', stop)
      act()
    }
    const over = () => settle(() => reject(new StepFailed('response', 'the server closed the connection, no answer')))
    const take = (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      if (read.length < 2 || read.length < 2 + read.readUInt16BE(0)) return
      const reply = replyTo(query, read.subarray(2, 2 + read.readUInt16BE(0)))
      settle(() =>
        reply === undefined
          ? reject(new StepFailed('response', 'what came is no answer to the question'))
          : resolve(reply),
      )
    }
    signal.addEventListener('abort', stop, { once: true })
    stream.on('data', take).once('end', over).once('close', over)
    stream.once('error', (error) => settle(() => reject(error)))
    const length = Buffer.alloc(2)
    length.writeUInt16BE(query.bytes.length)
    stream.write(Buffer.concat([length, query.bytes]))
    if (signal.aborted) stop()
  })
}
