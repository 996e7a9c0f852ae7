/**
 * The terminal while the audit has it: the alternate screen, raw keys, no cursor. What is left behind is the screen as it
 * was, however the audit ends: `leave` may be called from anywhere, at any time, twice.
 */
import { PassThrough, Writable } from 'node:stream'
import { setTimeout as wait } from 'node:timers/promises'
import { holdStderr } from './held-stderr.js'
import { changes, repaint, rowsOf } from './paint.js'
import type { Terminal } from './terminal.js'

export interface Screen extends Pick<Terminal, 'stdin' | 'stdout'> {
  readonly enter: () => void
  /** At once, without waiting for anything: also in an exit handler. What was said on stderr meanwhile is said then. */
  readonly leave: () => void
  /** Leaves in peace: keys that were typed too late are dropped, so that the shell does not get them. */
  readonly close: () => Promise<void>
  /** Gives the terminal to somebody else, as it was, and takes it back. */
  readonly lend: <T>(use: () => Promise<T>) => Promise<T>
  readonly isLent: () => boolean
  /** Sends something that shows nothing, as a text for the clipboard. */
  readonly send: (sequence: string) => void
  /** Aborted where the terminal has gone. */
  readonly gone: AbortSignal
}

/** Without wrapping at the right edge: a row that is taken for shorter than it is stays one row. */
const ENTER = '\x1b[?1049h\x1b[?7l\x1b[?25l\x1b[0m\x1b[2J\x1b[H'
const LEAVE = '\x1b[?2026l\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l'
/** What is on its way from the keyboard. */
const LATE_MS = 20

export interface ScreenOptions {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  /** Whether there is still a terminal; asked before anything is written to it. */
  readonly isThere: () => boolean
}

export function createScreen({ stdin, stdout, stderr, isThere }: ScreenOptions): Screen {
  let state: 'away' | 'here' | 'lent' = 'away'
  let shown: readonly string[] = []
  let release = () => {}
  const gone = new AbortController()
  // For as long as the process lives: a terminal may go at any time, and what is not listened to is thrown.
  stdin.on('error', () => gone.abort())
  stdin.on('end', () => gone.abort())

  const send = (text: string): void => {
    if (text === '' || !stdout.writable) return
    if (isThere()) stdout.write(text)
    else gone.abort()
  }
  const height = (): number => stdout.rows ?? 24
  const keys = keyStream()
  const take = (chunk: Buffer): void => void keys.write(chunk)
  const raw = (mode: boolean): void => {
    try {
      stdin.setRawMode(mode)
    } catch {
      // The terminal has gone; nobody is left to mind its mode.
    }
  }
  const grab = (): void => {
    raw(true)
    stdin.on('data', take)
    stdin.resume()
    send(ENTER)
  }
  const giveBack = (): void => {
    send(LEAVE)
    stdin.off('data', take)
    stdin.pause()
    raw(false)
  }
  const show = (rows: readonly string[]): void => {
    if (state === 'here') send(changes(shown, rows, height()))
    shown = rows
  }
  const frames = frameStream(stdout, show)
  const resized = (): void => {
    if (state === 'here') send(repaint(shown, height()))
    frames.emit('resize')
  }
  const leave = (): void => {
    if (state === 'here') giveBack()
    if (state === 'away') return
    state = 'away'
    stdout.off('resize', resized)
    release()
  }

  return {
    stdin: keys,
    stdout: frames,
    enter: () => {
      if (state !== 'away') return
      release = holdStderr(stderr)
      grab()
      state = 'here'
      stdout.on('resize', resized)
    },
    leave,
    close: async () => {
      if (state === 'here') {
        stdin.off('data', take)
        await wait(LATE_MS)
      }
      leave()
    },
    lend: async (use) => {
      if (state !== 'here') return use()
      giveBack()
      state = 'lent'
      try {
        return await use()
      } finally {
        if ((state as string) === 'lent') {
          grab()
          state = 'here'
          resized()
        }
      }
    },
    isLent: () => state === 'lent',
    gone: gone.signal,
    send: (sequence) => {
      if (state === 'here') send(sequence)
    },
  }
}

/** Ink wants a terminal to read from. Its own ways with raw mode would fight with those of `lend`. */
function keyStream(): NodeJS.ReadStream {
  const nothing = () => stream
  const stream: PassThrough = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: nothing,
    ref: nothing,
    unref: nothing,
  })
  return stream as unknown as NodeJS.ReadStream
}

function frameStream(stdout: NodeJS.WriteStream, show: (rows: readonly string[]) => void): NodeJS.WriteStream {
  const stream = new Writable({
    decodeStrings: false,
    write: (chunk: string, _, done) => {
      const rows = rowsOf(chunk)
      if (rows !== undefined) show(rows)
      done()
    },
  })
  const size = {
    isTTY: { value: true },
    columns: { get: () => stdout.columns },
    rows: { get: () => stdout.rows },
  }
  return Object.defineProperties(stream, size) as unknown as NodeJS.WriteStream
}
