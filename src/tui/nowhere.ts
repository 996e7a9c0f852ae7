/** A terminal to write to that shows nothing. */
import { Writable } from 'node:stream'
import type { Size } from './model.js'

export function nowhere(size: Size): NodeJS.WriteStream {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() })
  return Object.assign(stream, { isTTY: true, ...size }) as unknown as NodeJS.WriteStream
}
