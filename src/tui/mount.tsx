/** Puts the audit on a terminal: events, keys and sizes go into the model, frames come out, until the user leaves. */
import { render, useInput } from 'ink'
import { createStyle } from '../reporters/style.js'
import { createCarryOut } from './carry-out.js'
import { frame } from './frame.js'
import type { Happening } from './happening.js'
import { type InkKey, keyNames } from './key-name.js'
import { emptyModel, type Size } from './model.js'
import { nowhere } from './nowhere.js'
import { createPace } from './pace.js'
import { createStore } from './store.js'
import type { Mount } from './terminal.js'
import type { Drawing } from './views/view.js'

const FRAME_MS = 75

export const mount: Mount = async (desk, terminal) => {
  const { stdout, stdin, color, unicode, signal } = terminal
  let settle: { readonly left: () => void; readonly failed: (error: unknown) => void } | undefined
  const over = new Promise<void>((resolve, reject) => {
    settle = { left: resolve, failed: reject }
  })

  /** What throws here is a bug: the screen is left with it. */
  const guarded = <Args extends readonly unknown[]>(call: (...args: Args) => void) => {
    return (...args: Args): void => {
      try {
        call(...args)
      } catch (error) {
        settle?.failed(error)
      }
    }
  }

  const kept: Drawing['kept'] = new WeakMap()
  let shown = ''
  const draw = guarded(() => {
    const model = store.model()
    if (model.away) return
    const style = createStyle({ width: model.size.columns, color, unicode })
    const { at, incomplete } = desk.book
    const { present, trails, runner } = desk
    const queries = runner?.queries
    const { lines, extent } = frame({ model, style, now: desk.now(), at, present, incomplete, trails, queries, kept })
    const text = `${lines.join('\n')}\n`
    if (text !== shown) stdout.write(text)
    shown = text
    const before = model.extent
    if (extent.length !== before.length || String(extent.matches) !== String(before.matches) || model.seeking)
      dispatch({ type: 'drawn', extent })
  })
  const pace = createPace(FRAME_MS, draw)
  const carryOut = createCarryOut(
    desk,
    (told) => dispatch(told),
    () => settle?.left(),
  )
  const size = sizeOf(stdout)
  const store = createStore(emptyModel({ live: desk.runner !== undefined, recording: desk.recording, size }), {
    carryOut: carryOut.start,
    onChange: pace.ask,
  })
  const dispatch = guarded((happening: Happening) => store.dispatch(happening))

  const onResize = (): void => dispatch({ type: 'resized', size: sizeOf(stdout) })
  const onAbort = (): void => settle?.left()
  // ink takes a line apart into cells and puts it together again, at 200 × 50 for longer than all else that a frame
  // takes, and keeps every text it ever measured. So it reads the keys, and finished lines go past it.
  const ink = render(<Keys onKeys={(names) => dispatch({ type: 'keys', names })} />, {
    stdout: nowhere(size),
    stdin,
    exitOnCtrlC: false,
    patchConsole: false,
    isScreenReaderEnabled: false,
  })
  // An exit that is not ours: ink met an error.
  ink.waitUntilExit().then(
    () => settle?.left(),
    (error: unknown) => settle?.failed(error),
  )
  const clock = setInterval(() => {
    dispatch({ type: 'second', now: desk.now() })
    if (store.model().run.end === undefined) pace.ask()
  }, 1000)
  stdout.on('resize', onResize)
  signal.addEventListener('abort', onAbort)
  const stopListening = desk.listen((event) => dispatch({ type: 'event', event }))
  try {
    store.dispatch({ type: 'opened', events: desk.told })
    draw()
    if (!signal.aborted) await over
  } finally {
    stopListening()
    signal.removeEventListener('abort', onAbort)
    stdout.off('resize', onResize)
    clearInterval(clock)
    pace.stop()
    carryOut.end()
    ink.unmount()
  }
}

export function Keys({ onKeys }: { readonly onKeys: (names: readonly string[]) => void }): null {
  useInput((input: string, key: InkKey) => onKeys(keyNames(input, key)))
  return null
}

/** A terminal that does not know its size is taken for the usual one. */
function sizeOf({ columns, rows }: { readonly columns?: number; readonly rows?: number }): Size {
  return { columns: columns || 80, rows: rows || 24 }
}
