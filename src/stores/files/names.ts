/** Reads one directory. Only names are held, so a flat directory of a million files costs some 60 MB, not its entries. */
import { lstat, opendir, readdir } from 'node:fs/promises'
import { type Key, keyToBytes } from '../../lib/key.js'
import { errorCode, isAbsent } from './errors.js'

const BATCH = 1024

/**
 * The names in a directory, one byte in each character, ascending as the keys below it do: a directory carries its
 * slash, for `a-b/` and `a.txt` come before `a/`. Links are not directories. Errors are those of the file system.
 */
export async function readNames(path: Key, signal: AbortSignal): Promise<string[]> {
  const names = await streamNames(path, signal).catch((cause: unknown) => {
    if (errorCode(cause) === 'ERR_INVALID_ARG_TYPE') return namesWithoutTypes(path, signal)
    throw cause
  })
  return names.sort()
}

async function streamNames(path: Key, signal: AbortSignal): Promise<string[]> {
  const names: string[] = []
  // The types of Node know no `latin1` here; Node does.
  const encoding = 'latin1' as BufferEncoding
  const directory = await opendir(keyToBytes(path) as unknown as string, { encoding, bufferSize: BATCH })
  for await (const entry of directory) {
    names.push(entry.isDirectory() ? `${entry.name}/` : entry.name)
    if (names.length % BATCH === 0) signal.throwIfAborted()
  }
  return names
}

/** File systems that do not say types while listing (ext4 without `filetype`, some network ones) need a look at each. */
async function namesWithoutTypes(path: Key, signal: AbortSignal): Promise<string[]> {
  const names = await readdir(keyToBytes(path), { encoding: 'latin1' })
  for (const [index, name] of names.entries()) {
    signal.throwIfAborted()
    const stats = await lstat(Buffer.from(`${path}/${name}`, 'latin1')).catch((cause: unknown) => {
      if (isAbsent(cause) || errorCode(cause) === 'EACCES') return undefined
      throw cause
    })
    if (stats?.isDirectory()) names[index] = `${name}/`
  }
  return names
}
