/**
 * What must not outlive the process: scratch directories, reports half written. Whoever makes one removes it; this
 * removes what is left at an exit that waits for nobody (a second Ctrl-C, a bug).
 */
import { rmSync } from 'node:fs'

export interface Litter {
  /** What it returns takes the path off the list again. */
  readonly add: (path: string) => () => void
}

/** `atExit` is told what to call when the process ends; it must not be asynchronous then. */
export function createLitter(atExit: (call: () => void) => void): Litter {
  const left = new Set<string>()
  atExit(() => {
    for (const path of left) removeQuietly(path)
  })
  return {
    add: (path) => {
      left.add(path)
      return () => void left.delete(path)
    },
  }
}

function removeQuietly(path: string): void {
  try {
    rmSync(path, { recursive: true, force: true })
  } catch {
    // The process is ending already, and nobody is there to be told.
  }
}
