/** A terminal in memory: keys are written to it, and every byte that is written to it is kept. */
import { EventEmitter } from 'node:events'
import type { Terminal } from '../../src/tui/terminal.js'

export interface MemoryTerminal {
  readonly terminal: Terminal
  readonly press: (keys: string) => void
  readonly resize: (columns: number, rows: number) => void
  readonly written: () => readonly string[]
  /** The lines of the last frame. */
  readonly lines: () => readonly string[]
  readonly hangUp: () => void
}

export interface TerminalOptions {
  readonly columns?: number
  readonly rows?: number
  readonly color?: boolean
  readonly unicode?: boolean
}

export function memoryTerminal(options: TerminalOptions = {}): MemoryTerminal {
  const { columns = 100, rows = 30, color = false, unicode = true } = options
  const written: string[] = []
  const stdout = Object.assign(new EventEmitter(), {
    isTTY: true,
    columns,
    rows,
    write: (text: string, done?: () => void): boolean => {
      written.push(text)
      done?.()
      return true
    },
  })
  const typed: string[] = []
  const nothing = (): void => {}
  const stdin = Object.assign(new EventEmitter(), {
    isTTY: true,
    setEncoding: nothing,
    setRawMode: nothing,
    resume: nothing,
    pause: nothing,
    ref: nothing,
    unref: nothing,
    read: () => typed.shift() ?? null,
  })
  const end = new AbortController()
  return {
    terminal: {
      stdin: stdin as unknown as NodeJS.ReadStream,
      stdout: stdout as unknown as NodeJS.WriteStream,
      color,
      unicode,
      signal: end.signal,
    },
    press: (keys) => {
      typed.push(keys)
      stdin.emit('readable')
    },
    resize: (width, height) => {
      Object.assign(stdout, { columns: width, rows: height })
      stdout.emit('resize')
    },
    written: () => written,
    lines: () => frameOf(written),
    hangUp: () => end.abort(),
  }
}

function frameOf(written: readonly string[]): readonly string[] {
  return written.at(-1)?.replace(/\n$/, '').split('\n') ?? []
}
