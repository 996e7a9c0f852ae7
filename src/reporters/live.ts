/**
 * Progress on a terminal: a window at its bottom that is drawn again at most ten times a second; everything else is
 * written above it, through `above`. Gone without a trace when closed.
 */
import type { Writable } from 'node:stream'
import type { RunEvent } from '../engine/events.js'
import { displayWidth } from '../lib/text-width.js'
import { windowLines } from './live-window.js'
import { endText } from './plain.js'
import { foldProgress, NO_PROGRESS } from './progress.js'
import type { Reporter } from './reporter.js'
import { createStyle, joinLines } from './style.js'
import type { Timer } from './timer.js'

export interface LiveOptions {
  readonly out: Writable
  /** Asked at every drawing: terminals change size. */
  readonly columns: () => number
  readonly color: boolean
  readonly unicode: boolean
  readonly timer: Timer
}

export interface Live extends Reporter {
  /** Lets `write` put something on the same terminal, the window taken away meanwhile. */
  readonly above: (write: () => void) => void
  /** Takes the window away at once; safe to call from an exit handler, and twice. */
  readonly erase: () => void
}

// Synchronised output (DEC 2026): a terminal that knows it shows the frame at once, others ignore it.
const BEGIN = '\x1b[?2026h'
const END = '\x1b[?2026l'
const FRAME_MS = 100
const IDLE_MS = 1000

export function createLive({ out, columns, color, unicode, timer }: LiveOptions): Live {
  let state = NO_PROGRESS
  let drawn: readonly string[] = []
  let drawnAt = Number.NEGATIVE_INFINITY
  let changed = false
  let open = true

  /** A narrowed terminal has wrapped what was drawn: a line may take several rows by now. */
  const eraser = (): string => {
    const rows = drawn.reduce((sum, line) => sum + Math.max(1, Math.ceil(displayWidth(line) / columns())), 0)
    return rows === 0 ? '' : `\x1b[${rows}A\r\x1b[J`
  }
  const put = (text: string): void => {
    if (!out.destroyed && text !== '') out.write(text)
  }
  const draw = (before = ''): void => {
    const style = createStyle({ width: columns() - 1, color, unicode })
    const window = windowLines(state, timer.now(), style)
    put(`${BEGIN}${eraser()}${before}${joinLines(window.map((line) => line.painted))}${END}`)
    drawn = window.map((line) => line.text)
    drawnAt = timer.now()
    changed = false
  }
  const erase = (): void => {
    put(eraser())
    drawn = []
  }
  const tick = (): void => {
    if (state.total > 0 && (changed || timer.now() - drawnAt >= IDLE_MS)) draw()
  }
  const stop = timer.every(FRAME_MS, tick)

  const onEvent = (event: RunEvent): void => {
    state = foldProgress(state, event)
    changed = true
    if (event.type !== 'check:end' || event.outcome === 'pass' || !open) return
    draw(joinLines([endText(event, createStyle({ width: columns() - 1, color, unicode }))]))
  }
  const close = async (): Promise<void> => {
    open = false
    stop()
    erase()
  }
  const above = (write: () => void): void => {
    erase()
    write()
    if (open && state.total > 0) draw()
  }
  return { onEvent, close, above, erase }
}
