/**
 * Opens one directory after the other. Those on the way to it stay open, so that the kernel goes on from there, and not
 * from the root of the file system each time: in a deep tree that is most of what opening costs.
 */
import { constants } from 'node:fs'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { errorCode } from './errors.js'
import { AT_FDCWD, type Libc, systemError } from './libc.js'
import { createPathMemory } from './path-memory.js'

export interface OpenDirectories {
  /**
   * `path`: absolute. To be read until another is opened. `barred`: its names may be read, and what they name not be
   * reached. Throws as Node does.
   */
  readonly open: (path: Key) => { readonly fd: number; readonly barred: boolean }
  /** To be called when none is needed any more. */
  readonly close: () => void
}

interface Open {
  /** Ends with a slash. */
  readonly path: string
  readonly fd: number
}

const FLAGS = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NONBLOCK
/** A tree may be deeper than a process may have files open. */
const MOST_OPEN = 32

export function createOpenDirectories(libc: Libc): OpenDirectories {
  const memory = createPathMemory(libc)
  const stack: Open[] = []
  const openAt = (above: Open | undefined, path: string): number => {
    const below = above === undefined ? path : path.slice(above.path.length)
    return libc.open(above?.fd ?? AT_FDCWD, memory.put(below), FLAGS)
  }
  const closeLast = (): void => {
    const last = stack.pop()
    if (last !== undefined) libc.close(last.fd)
  }
  return {
    open: (path) => {
      const whole = path.endsWith('/') ? path : `${path}/`
      let above = stack.at(-1)
      while (above !== undefined && (stack.length === MOST_OPEN || !whole.startsWith(above.path))) {
        closeLast()
        above = stack.at(-1)
      }
      // The `.` in a directory is reached only by who may enter it.
      let fd = openAt(above, keyFromLatin1(`${whole}.`))
      const entered = fd >= 0
      if (!entered) {
        const error = systemError(fd, 'open')
        if (errorCode(error) !== 'EACCES') throw error
        fd = openAt(above, path)
        if (fd < 0) throw systemError(fd, 'open')
      }
      stack.push({ path: whole, fd })
      return { fd, barred: !entered }
    },
    close: () => {
      while (stack.length > 0) closeLast()
    },
  }
}
