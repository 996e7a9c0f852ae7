/** A file that appears under its name only when it is whole. */
import { randomBytes } from 'node:crypto'
import { type FileHandle, link, lstat, open, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import type { Litter } from '../lib/litter.js'

const BUFFER = 64 * 1024

export interface PendingFile {
  /** Buffered; what it returns has to be awaited where there is something. */
  readonly write: (bytes: Buffer) => Promise<void> | undefined
  /** Writes what is left and gives the file its name, replacing an older one; or with `replace: false`, EEXIST. */
  readonly commit: () => Promise<void>
  /** As if it had never been. */
  readonly discard: () => Promise<void>
}

export interface PendingOptions {
  /** True: an older file of this name goes. */
  readonly replace?: boolean
  /** True: when it has its name, a machine that goes down does not take it along. */
  readonly durable?: boolean
}

/** Opened at the first full buffer, or at the end: a run with many checks holds few files open. */
export function pendingFile(
  path: string,
  litter?: Litter,
  { replace = true, durable = false }: PendingOptions = {},
): PendingFile {
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
        if (durable) await handle?.sync()
        await close()
        await (replace ? rename(temporary, path) : renameToFree(temporary, path))
        forget()
        if (durable) await syncDirectory(dirname(path))
      } catch (error) {
        await discard().catch(() => undefined)
        throw error
      }
    },
    discard,
  }
}

/** So that the name lasts too. Some file systems have no such thing; the file itself is safe by then. */
async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r').catch(() => undefined)
  await directory?.sync().catch(() => undefined)
  await directory?.close()
}

/** Rejects with EEXIST where the name is taken. */
async function renameToFree(from: string, to: string): Promise<void> {
  try {
    // A rename would replace what came there in the meantime.
    await link(from, to)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code !== 'EPERM' && code !== 'ENOTSUP' && code !== 'EOPNOTSUPP' && code !== 'ENOSYS' && code !== 'EMLINK')
      throw error
    // Some file systems have no links; then this is as near as one comes.
    if ((await lstat(to).catch(() => undefined)) !== undefined)
      throw Object.assign(new Error(`EEXIST: file already exists, '${to}'`), { code: 'EEXIST' })
    return rename(from, to)
  }
  await rm(from)
}
