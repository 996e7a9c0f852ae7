/** Lines to and from a stream, a bounded number of them; afterwards somebody else can read on where it stopped. */
import type { Duplex } from 'node:stream'
import { StepFailed } from './steps.js'

export interface Dialogue {
  readonly write: (data: string | Buffer) => void
  /** Without its end. */
  readonly line: () => Promise<string>
  readonly byte: () => Promise<number>
  /** Bytes that came and were not asked for. */
  readonly unread: () => number
  /** Lets go of the stream, which stays open. */
  readonly close: () => void
}

/** More than any greeting has. */
const LIMIT = 65_536

export function openDialogue(stream: Duplex, signal: AbortSignal): Dialogue {
  let buffer = Buffer.alloc(0)
  let total = 0
  let broken: unknown
  let wake = () => {}
  const take = (chunk: Buffer) => {
    total += chunk.length
    if (total > LIMIT) broken ??= new StepFailed('handshake', 'the server talks on and on')
    else buffer = Buffer.concat([buffer, chunk])
    wake()
  }
  const fail = (error: unknown) => {
    broken ??= error
    wake()
  }
  const end = () => fail(new StepFailed('handshake', 'the other side closed the connection'))
  const stop = () => fail(signal.reason)
  stream.on('data', take).on('end', end).on('close', end).on('error', fail)
  signal.addEventListener('abort', stop, { once: true })

  const until = async <T>(found: () => T | undefined): Promise<T> => {
    for (;;) {
      signal.throwIfAborted()
      const got = found()
      if (got !== undefined) return got
      if (broken !== undefined) throw broken
      await new Promise<void>((resolve) => {
        wake = resolve
      })
    }
  }
  const shift = (bytes: number): Buffer => {
    const taken = buffer.subarray(0, bytes)
    buffer = buffer.subarray(bytes)
    return taken
  }
  return {
    write: (data) => stream.write(data),
    line: () =>
      until(() => {
        const at = buffer.indexOf(0x0a)
        return at < 0
          ? undefined
          : shift(at + 1)
              .toString('latin1')
              .replace(/\r?\n$/, '')
      }),
    byte: () => until(() => (buffer.length === 0 ? undefined : shift(1)[0])),
    unread: () => buffer.length,
    close: () => {
      signal.removeEventListener('abort', stop)
      stream.off('data', take).off('end', end).off('close', end).off('error', fail)
      stream.pause()
    },
  }
}
