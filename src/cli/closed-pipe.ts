import type { Writable } from 'node:stream'

/** A reader that has gone (`| head`) is not a fault: nothing more is written, nothing is said. */
export function ignoreClosedPipe(stream: Writable): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
}
