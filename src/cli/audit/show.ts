/**
 * Sits somebody down at the desk: the screen is entered, drawn on by the views, and left again, whatever happens. Signals
 * end the audit in order; a second one, at once.
 */
import { detectColor, detectUnicode, type Env } from '../../lib/text-terminal.js'
import type { Screen } from '../../tui/screen.js'
import type { Mount } from '../../tui/terminal.js'

export interface ProcessLike {
  readonly on: (signal: Signal, listener: () => void) => unknown
  readonly off: (signal: Signal, listener: () => void) => unknown
  readonly exit: (code: number) => unknown
  readonly setUncaughtExceptionCaptureCallback: (callback: ((error: Error) => void) | null) => void
  readonly emit: (event: 'uncaughtException', error: Error) => unknown
}

type Signal = 'SIGINT' | 'SIGTERM' | 'SIGHUP'
const SIGNALS: readonly Signal[] = ['SIGINT', 'SIGTERM', 'SIGHUP']

export interface ShowOptions {
  readonly screen: Screen
  readonly proc: ProcessLike
  readonly env: Env
  /** `--no-color` makes it false. */
  readonly color: boolean
  readonly isRunning: () => boolean
  /** Stops the run; the screen stays. */
  readonly cancel: () => void
  readonly mount: () => Promise<Mount>
  /** Puts something else in the place of a terminal that has gone; does nothing while it is there. */
  readonly letGo: () => void
  /** Rejects with a bug that ends the audit. */
  readonly broken: Promise<never>
}

export interface Shown {
  /** Told to end; undefined where the user left. */
  readonly terminated: boolean
  /** From now on a signal ends the process; what it returns takes that back. */
  readonly dispose: () => void
}

/** `start` is called when the desk is drawn. Rejects with what a view threw, the screen left. */
export async function show(
  desk: Parameters<Mount>[0],
  start: () => void,
  { screen, proc, env, color, isRunning, cancel, mount, broken, letGo }: ShowOptions,
): Promise<Shown> {
  const leaving = new AbortController()
  let left = false
  let terminated = false
  let interrupts = 0
  const onSignal = (signal: Signal): void => {
    // The keys of an editor are its own.
    if (signal === 'SIGINT' && screen.isLent()) return
    if (signal === 'SIGHUP') {
      letGo()
      // Told by the kernel and by the shell: that is no impatience.
      if (left || terminated) return
    }
    if (left || terminated) {
      screen.leave()
      proc.exit(signal === 'SIGINT' ? 130 : 143)
    } else if (signal !== 'SIGINT') {
      terminated = true
      screen.leave()
      leaving.abort()
    } else if (isRunning() && interrupts++ === 0) cancel()
    else leaving.abort()
  }
  const listeners = SIGNALS.map((signal) => ({ signal, listener: () => onSignal(signal) }))
  for (const { signal, listener } of listeners) proc.on(signal, listener)
  // Where nobody sends SIGHUP, as the last line of a connection that broke.
  screen.gone.addEventListener('abort', () => {
    if (!left && !terminated) onSignal('SIGHUP')
  })
  const dispose = (): void => {
    for (const { signal, listener } of listeners) proc.off(signal, listener)
  }
  // Before all listeners: they speak to somebody who has to see it.
  proc.setUncaughtExceptionCaptureCallback((error) => {
    screen.leave()
    proc.setUncaughtExceptionCaptureCallback(null)
    proc.emit('uncaughtException', error)
  })
  const { stdin, stdout } = screen
  const aborted = new Promise<void>((resolve) => leaving.signal.addEventListener('abort', () => resolve()))
  try {
    const draw = await mount()
    screen.enter()
    const drawn = draw(desk, {
      stdin,
      stdout,
      color: detectColor(env, stdout, color),
      unicode: detectUnicode(env, process.platform),
      signal: leaving.signal,
    })
    start()
    await Promise.race([drawn, aborted, broken])
    await screen.close()
    left = true
    return { terminated, dispose }
  } catch (error) {
    dispose()
    throw error
  } finally {
    screen.leave()
    proc.setUncaughtExceptionCaptureCallback(null)
  }
}
