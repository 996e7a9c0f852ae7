/** The file the lines of findings lie in. */
import { readSync } from 'node:fs'
import type { FileHandle } from 'node:fs/promises'

export interface Source {
  readonly readSync: (offset: number, length: number) => Buffer
  /** Fills `bytes` with what lies at `offset`. */
  readonly read: (bytes: Buffer, offset: number) => Promise<void>
}

/** Throws where the file has become shorter than it was. */
export function fileSource(file: FileHandle): Source {
  return {
    readSync: (offset, length) => {
      const bytes = Buffer.allocUnsafe(length)
      for (let filled = 0; filled < length; ) {
        const taken = readSync(file.fd, bytes, filled, length - filled, offset + filled)
        if (taken === 0) throw shorter()
        filled += taken
      }
      return bytes
    },
    read: async (bytes, offset) => {
      for (let filled = 0; filled < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, filled, bytes.length - filled, offset + filled)
        if (bytesRead === 0) throw shorter()
        filled += bytesRead
      }
    },
  }
}

function shorter(): Error {
  return new Error('the file has become shorter since it was read')
}
