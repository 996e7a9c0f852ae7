/**
 * Node gives a terminal its mode back when it ends, and aborts with an assertion where that terminal has gone (a closed
 * window, a lost connection). What stands in the place of its descriptors is left alone.
 */
import { closeSync, openSync } from 'node:fs'
import { isatty } from 'node:tty'

/** `descriptors`: those that were a terminal when it began. Of one that still is, nothing is changed. */
export function letGoOfTerminal(descriptors: readonly number[]): void {
  for (const descriptor of descriptors) {
    if (isatty(descriptor)) continue
    try {
      closeSync(descriptor)
      // The lowest that is free, so the same.
      openSync('/dev/null', 'r+')
    } catch {
      // It was closed already.
    }
  }
}
