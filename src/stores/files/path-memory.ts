/** One path at a time where the kernel reads it. */
import type { Libc, Memory } from './libc.js'

export interface PathMemory {
  /** One byte in each character, from the character `from` on. */
  readonly put: (path: string, from?: number) => Memory
  /** A path and, behind it, bytes that lie elsewhere. */
  readonly putBytes: (path: string, bytes: Uint8Array, from: number, to: number) => Memory
}

/** As long as the kernel takes a path; of a longer one it says so, when all of it is there. */
const LONGEST = 4096
/** To call the engine for so few characters takes longer than to put them here. */
const FEW = 16

export function createPathMemory(libc: Libc): PathMemory {
  let memory = libc.memory(LONGEST + 1)
  const room = (length: number): Buffer => {
    if (length >= memory.bytes.length) memory = libc.memory(2 * length)
    return memory.bytes
  }
  return {
    put: (path, from = 0) => {
      const length = path.length - from
      const bytes = room(length)
      if (length > FEW) bytes.write(from === 0 ? path : path.slice(from), 'latin1')
      else for (let at = 0; at < length; at++) bytes[at] = path.charCodeAt(from + at)
      bytes[length] = 0
      return memory
    },
    putBytes: (path, source, from, to) => {
      const bytes = room(path.length + to - from)
      let at = path === '' ? 0 : bytes.write(path, 'latin1')
      for (let byte = from; byte < to; byte++) bytes[at++] = source[byte] as number
      bytes[at] = 0
      return memory
    },
  }
}
