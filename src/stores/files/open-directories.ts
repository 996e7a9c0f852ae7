/**
 * Opens one directory after the other. Those on the way to it stay open, so that the kernel goes on from there, and not
 * from the root of the file system each time: in a deep tree that is most of what opening costs.
 */
import { constants } from 'node:fs'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { errorCode } from './errors.js'
import { AT_FDCWD, type Libc, systemError } from './libc.js'
import { pathOf, type Root } from './look.js'
import { createPathMemory } from './path-memory.js'

export interface OpenDirectories {
  /**
   * `directory`: with its slash; empty for the root. To be read until another is opened. `barred`: its names may be read,
   * and what they name not be reached. Throws as Node does.
   */
  readonly open: (directory: Key) => { readonly fd: number; readonly barred: boolean }
  /** What is still open of this directory; to be used until another is opened. */
  readonly opened: (directory: Key) => number | undefined
  /** To be called when none is needed any more. */
  readonly close: () => void
}

interface Open {
  readonly directory: Key
  readonly fd: number
}

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK
/** A tree may be deeper than a process may have files open. */
const MOST_OPEN = 32

export function createOpenDirectories(libc: Libc, root: Root): OpenDirectories {
  const memory = createPathMemory(libc)
  const stack: Open[] = []
  /** `at`: where in the root; from the one above where that is open. */
  const openAt = (above: Open | undefined, at: Key): number =>
    above === undefined
      ? libc.open(AT_FDCWD, memory.put(pathOf(root, at)), FLAGS)
      : libc.open(above.fd, memory.put(at, above.directory.length), FLAGS)
  const closeLast = (): void => {
    const last = stack.pop()
    if (last !== undefined) libc.close(last.fd)
  }
  return {
    open: (directory) => {
      let above = stack.at(-1)
      while (above !== undefined && (stack.length === MOST_OPEN || !isBelow(directory, above.directory))) {
        closeLast()
        above = stack.at(-1)
      }
      // The `.` in a directory is reached only by who may enter it.
      let fd = openAt(above, keyFromLatin1(`${directory}.`))
      const entered = fd >= 0
      if (!entered) {
        const error = systemError(fd, 'open')
        if (errorCode(error) !== 'EACCES') throw error
        fd = openAt(above, keyFromLatin1(directory.slice(0, -1)))
        if (fd < 0) throw systemError(fd, 'open')
      }
      stack.push({ directory, fd })
      return { fd, barred: !entered }
    },
    opened: (directory) => {
      // They lie one in the other, so the length tells them apart.
      for (let at = stack.length - 1; at >= 0; at--) {
        const one = stack[at] as Open
        if (one.directory.length <= directory.length) return one.directory === directory ? one.fd : undefined
      }
      return undefined
    },
    close: () => {
      while (stack.length > 0) closeLast()
    },
  }
}

/** A directory that is read twice is not below itself. */
function isBelow(directory: Key, above: Key): boolean {
  return directory.length > above.length && directory.startsWith(above)
}
