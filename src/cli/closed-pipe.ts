import type { Writable } from 'node:stream'
import type { TerminalStream } from '../lib/text-terminal.js'

/** A reader that has gone (`| head`, a closed terminal) is not a fault: nothing more is written, nothing is said. */
export function ignoreClosedPipe(stream: Writable & TerminalStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // Of a file it would be the disk.
    const isGone = error.code === 'EPIPE' || (error.code === 'EIO' && stream.isTTY === true)
    if (!isGone) throw error
  })
}
