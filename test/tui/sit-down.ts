/**
 * The whole audit under ink-testing-library: its `stdin.write` types the keys, through ink's own reading of them, and the
 * desk writes its frames to its stdout, whose last frame is what a test reads. Nothing of the desk is stood in for but the
 * world outside.
 */
import { render } from 'ink-testing-library'
import { createElement, Fragment } from 'react'
import { expect, onTestFinished, vi } from 'vitest'
import type { RunEvent } from '../../src/engine/events.js'
import { mount } from '../../src/tui/mount.js'
import { recorded } from '../reporters/support.js'
import { type MemoryDesk, memoryDesk } from '../support/audit-desk.js'

export const KEYS = {
  enter: '\r',
  escape: '\x1b',
  up: '\x1b[A',
  down: '\x1b[B',
  tab: '\t',
  pageDown: '\x1b[6~',
  backspace: '\x7f',
} as const

export interface Sitting {
  readonly desk: MemoryDesk
  readonly type: (keys: string) => void
  readonly lines: () => readonly string[]
  /** Waits until the frame has this text, or fits. */
  readonly shows: (what: string | RegExp) => Promise<void>
  readonly resize: (columns: number, rows: number) => void
  /** Resolves when the desk is left. */
  readonly over: Promise<void>
}

export interface SittingOptions {
  readonly columns?: number
  readonly rows?: number
  readonly color?: boolean
  readonly unicode?: boolean
  readonly desk?: MemoryDesk
}

export const mixed: readonly RunEvent[] = recorded('mixed')

export async function sitDown(options: SittingOptions = {}): Promise<Sitting> {
  const { columns = 100, rows = 24, color = false, unicode = true, desk = memoryDesk(mixed) } = options
  const { stdin, stdout, unmount } = render(createElement(Fragment))
  unmount()
  const size = { columns, rows }
  Object.defineProperties(stdout, { columns: { get: () => size.columns }, rows: { get: () => size.rows } })
  const end = new AbortController()
  const over = mount(desk, {
    stdin: stdin as unknown as NodeJS.ReadStream,
    stdout: stdout as unknown as NodeJS.WriteStream,
    color,
    unicode,
    signal: end.signal,
  })
  onTestFinished(async () => {
    end.abort()
    await over.catch(() => {})
  })
  const lines = (): readonly string[] => stdout.lastFrame()?.replace(/\n$/, '').split('\n') ?? []
  const sitting: Sitting = {
    desk,
    type: (keys) => stdin.write(keys),
    lines,
    shows: (what) =>
      vi.waitFor(
        () => {
          const text = lines().join('\n')
          if (typeof what === 'string') expect(text).toContain(what)
          else expect(text).toMatch(what)
        },
        { timeout: 5000, interval: 10 },
      ),
    resize: (width, height) => {
      Object.assign(size, { columns: width, rows: height })
      stdout.emit('resize')
    },
    over,
  }
  await sitting.shows(/exit 1|STARTING|RUNNING|needs/)
  return sitting
}
