/** Opens a connection and, where asked, waits for what the server says first. Nothing is sent. */
import type { Duplex } from 'node:stream'
import type { Endpoint, Vantage } from '../vantage/vantage.js'
import { atStep, attempt, dialStep, type Look, StepFailed } from './steps.js'

export interface TcpSeen {
  /** Undefined where the vantage cannot tell. */
  readonly address?: string | undefined
  /** Milliseconds until it was connected, the name resolved before; undefined where the vantage cannot tell. */
  readonly connectMs?: number | undefined
  /** Its first line, or its first 1,024 bytes; undefined where none was waited for. */
  readonly banner?: string | undefined
  readonly method: string
}

export interface TcpOptions {
  /** Ends the look: see `withDeadline`. */
  readonly signal: AbortSignal
  readonly banner?: boolean | undefined
}

const LONGEST = 1024
/** After the first bytes; a banner need not end in a newline. */
const QUIET_MS = 250

export function lookTcp(vantage: Vantage, to: Endpoint, { signal, banner }: TcpOptions): Promise<Look<TcpSeen>> {
  return attempt(async () => {
    const { stream, address, connectMs, method } = await dialStep(vantage, to, signal)
    try {
      const seen = { address, connectMs, method }
      return banner === true
        ? { ...seen, banner: await atStep('response', signal, () => readBanner(stream, signal)) }
        : seen
    } finally {
      // What breaks on the way down is nobody's concern.
      stream.on('error', () => {})
      stream.destroy()
    }
  })
}

function readBanner(stream: Duplex, signal: AbortSignal): Promise<string> {
  return new Promise((resolve, reject) => {
    let read = Buffer.alloc(0)
    let quiet: NodeJS.Timeout | undefined
    const settle = (act: () => void) => {
      clearTimeout(quiet)
      signal.removeEventListener('abort', stop)
      act()
    }
    const done = () => settle(() => resolve(firstLine(read)))
    const over = () =>
      read.length > 0
        ? done()
        : settle(() => reject(new StepFailed('response', 'it closed the connection without a word')))
    const stop = () => (read.length > 0 ? done() : settle(() => reject(signal.reason)))
    signal.addEventListener('abort', stop, { once: true })
    stream.on('data', (chunk: Buffer) => {
      read = Buffer.concat([read, chunk])
      clearTimeout(quiet)
      if (read.length >= LONGEST || read.includes(0x0a)) return done()
      quiet = setTimeout(done, QUIET_MS)
    })
    stream.once('end', over)
    stream.once('close', over)
    stream.once('error', (error) => settle(() => reject(error)))
    if (signal.aborted) stop()
  })
}

function firstLine(read: Buffer): string {
  const end = read.indexOf(0x0a)
  return read
    .subarray(0, Math.min(LONGEST, end < 0 ? read.length : end))
    .toString('utf8')
    .replace(/\r$/, '')
}
