/** A file that appears under its name only when it is whole. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Litter } from '../lib/litter.js'

const BUFFER = 64 * 1024

export interface PendingFile {
  /** Buffered; what it returns has to be awaited where there is something. */
  readonly write: (bytes: Buffer) => Promise<void> | undefined
  /** Writes what is left and gives the file its name, replacing an older one. */
  readonly commit: () => Promise<void>
  /** As if it had never been. */
  readonly discard: () => Promise<void>
}

/** Opened at the first full buffer, or at the end: a run with many checks holds few files open. */
export function pendingFile(path: string, litter?: Litter): PendingFile {
  const temporary = join(dirname(path), `.${basename(path)}.${randomBytes(4).toString('hex')}.partial`)
  let handle: FileHandle | undefined
  let chunks: Buffer[] = []
  let size = 0
  let forget = () => {}

  const flush = async () => {
    const bytes = Buffer.concat(chunks)
    chunks = []
    size = 0
    if (handle === undefined) {
      // Never through what somebody else has put in its place.
      handle = await open(temporary, 'wx')
      forget = litter?.add(temporary) ?? forget
    }
    for (let at = 0; at < bytes.length; ) at += (await handle.write(bytes, at)).bytesWritten
  }
  const close = async () => {
    const open = handle
    handle = undefined
    await open?.close()
  }
  const discard = async () => {
    chunks = []
    await close()
    await rm(temporary, { force: true })
    forget()
  }
  return {
    write: (bytes) => {
      chunks.push(bytes)
      size += bytes.length
      return size >= BUFFER ? flush() : undefined
    },
    commit: async () => {
      try {
        await flush()
        await close()
        await rename(temporary, path)
        forget()
      } catch (error) {
        await discard().catch(() => undefined)
        throw error
      }
    },
    discard,
  }
}
