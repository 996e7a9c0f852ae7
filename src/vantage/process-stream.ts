/** Standard input and output of a process as one stream. When it is destroyed, the process is ended. */
import { Duplex } from 'node:stream'
import type { Process } from './vantage.js'

/** `end` ends the process. What goes wrong behind it destroys the stream with that error. */
export function processStream({ stdin, stdout, ended }: Process, end: () => void): Duplex {
  const stream = new Duplex({
    allowHalfOpen: false,
    read: () => {
      stdout.resume()
    },
    write: (chunk: Buffer, _, done) => {
      if (stdin.write(chunk)) done()
      else stdin.once('drain', done)
    },
    final: (done) => {
      stdin.end(done)
    },
    destroy: (error, done) => {
      end()
      done(error)
    },
  })
  stdout.on('data', (chunk: Buffer) => {
    if (!stream.push(chunk)) stdout.pause()
  })
  stdin.on('error', () => {})
  stdout.on('error', () => {})
  stdout.once('end', () => {
    ended.then(
      () => stream.push(null),
      (error: Error) => stream.destroy(error),
    )
  })
  stdin.once('close', () => {
    // Nobody reads any more; the end of the output tells why.
    if (!stream.writableFinished) stdout.resume()
  })
  return stream
}
