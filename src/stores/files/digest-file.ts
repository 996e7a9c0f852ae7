/**
 * Hashes the content of one file with synchronous calls, for a thread of its own: without streams and promises a small
 * file costs a fifth. Looks at the path as `files.ts` does: no link of a directory is followed, no key leads out.
 */
import { hash } from 'node:crypto'
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readSync,
  realpathSync,
  type Stats,
  statSync,
} from 'node:fs'
import { createHasher } from '../../compare/digest.js'
import type { Algorithm, ContentDigests } from '../store.js'
import { errorCode, explain, isAbsent } from './errors.js'
import { typeName } from './look.js'

export interface DigestRoot {
  /** One byte in each character, as all paths here. */
  readonly path: string
  readonly real: string
  readonly symlinks: 'inside' | 'ignore'
}

export interface FileRequest {
  readonly key: string
  readonly algorithms: readonly Algorithm[]
}

/** `behind`: a link to a directory stands in the way. `entry`: what it is instead of a file that can be read. */
export type FileDigests =
  | ContentDigests
  | { readonly problem: 'absent' | 'behind' | 'changed' }
  | { readonly entry: string }
  /** Code of the file system. */
  | { readonly error: string }

export interface Reader {
  readonly buffer: Buffer
  /** Asked between two pieces of a content. */
  readonly stopped: () => boolean
  /** Whether the directory, relative to the root, is reached without links. */
  readonly isDirect: (root: DigestRoot, directory: string) => boolean
}

/** A file that somebody writes all the time never gives one content. */
const ATTEMPTS = 3

export function digestFile(root: DigestRoot, request: FileRequest, reader: Reader): FileDigests {
  try {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const found = target(root, request.key, reader)
      if (!('stats' in found)) return found
      const digests = digestOnce(found, request.algorithms, reader)
      if (digests !== undefined) return digests
    }
    return { problem: 'changed' }
  } catch (cause) {
    if (isAbsent(cause)) return { problem: 'absent' }
    explain(cause)
    return { error: errorCode(cause) }
  }
}

/** The last directory is remembered, for keys mostly come in their order. */
export function createDirectCheck(): Reader['isDirect'] {
  let last = ''
  let direct = true
  return (root, directory) => {
    if (directory === last) return direct
    const real = realpathSync.native(bytes(`${root.path}/${directory}`), { encoding: 'latin1' })
    direct = real === `${root.real === '/' ? '' : root.real}/${directory}`
    last = directory
    return direct
  }
}

/** A file by a path that is no link. */
interface Found {
  readonly path: string
  readonly stats: Stats
}

/** What there is to open, or why there is nothing. */
function target(root: DigestRoot, key: string, { isDirect }: Reader): Found | FileDigests {
  const path = `${root.path}/${key}`
  const stats = lstatSync(bytes(path))
  const slash = key.lastIndexOf('/')
  if (slash > 0 && !isDirect(root, key.slice(0, slash))) {
    return { problem: root.symlinks === 'ignore' ? 'absent' : 'behind' }
  }
  if (stats.isDirectory()) return { problem: 'absent' }
  if (stats.isSymbolicLink()) return root.symlinks === 'ignore' ? { problem: 'absent' } : throughLink(root, path)
  // Not opened to find out: a pipe or a device may take notice.
  return stats.isFile() ? { path, stats } : { entry: typeName(stats) }
}

function throughLink(root: DigestRoot, path: string): Found | FileDigests {
  try {
    const real = realpathSync.native(bytes(path), { encoding: 'latin1' })
    if (!real.startsWith(root.real === '/' ? '/' : `${root.real}/`)) return { entry: 'a link that leaves the root' }
    const stats = statSync(bytes(real))
    if (stats.isDirectory()) return { entry: 'a link to a directory' }
    return stats.isFile() ? { path: real, stats } : { entry: typeName(stats) }
  } catch (cause) {
    if (isAbsent(cause)) return { entry: 'a broken link' }
    return { entry: `a link: ${explain(cause).reason}` }
  }
}

/** Undefined: it was changed or replaced meanwhile, so the digests are of nothing that ever was. */
function digestOnce({ path, stats }: Found, algorithms: readonly Algorithm[], reader: Reader): FileDigests | undefined {
  let file: number | undefined
  try {
    // Without O_NONBLOCK a pipe put in the file's place would wait for a writer for ever.
    file = openSync(bytes(path), constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW)
    const digests = read(file, stats.size, algorithms, reader)
    return isSame(stats, fstatSync(file)) && digests.bytes === stats.size ? digests : undefined
  } catch (cause) {
    if (ANOTHER.includes(errorCode(cause))) return undefined
    throw cause
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** A link, an empty pipe or a directory in the place of the file. */
const ANOTHER = ['ELOOP', 'EAGAIN', 'EISDIR']

function isSame(before: Stats, after: Stats): boolean {
  const sameFile = before.ino === after.ino && before.dev === after.dev && after.nlink > 0
  return sameFile && before.size === after.size && before.mtimeMs === after.mtimeMs
}

function read(file: number, size: number, algorithms: readonly Algorithm[], reader: Reader): ContentDigests {
  const { buffer, stopped } = reader
  let count = readSync(file, buffer, 0, buffer.length, null)
  const first = buffer.subarray(0, count)
  if (count === size && count < buffer.length) return { bytes: count, digests: digestsOf(first, algorithms) }
  const hashers = algorithms.map((algorithm) => [algorithm, createHasher(algorithm)] as const)
  let total = 0
  // Longer than it was is changed already; a log that grows all the time would never end.
  while (count > 0 && total <= size && !stopped()) {
    total += count
    for (const [, hasher] of hashers) hasher.update(buffer.subarray(0, count))
    count = readSync(file, buffer, 0, buffer.length, null)
  }
  return { bytes: total, digests: Object.fromEntries(hashers.map(([name, hasher]) => [name, hasher.hex()])) }
}

function digestsOf(content: Buffer, algorithms: readonly Algorithm[]): ContentDigests['digests'] {
  return Object.fromEntries(algorithms.map((algorithm) => [algorithm, digestOf(content, algorithm)]))
}

/** In one call where Node has it: half the cost of a small file is the hash object. */
function digestOf(content: Buffer, algorithm: Algorithm): string {
  if (algorithm !== 'crc32c' && algorithm !== 'crc64nvme') return hash(algorithm, content, 'hex')
  const hasher = createHasher(algorithm)
  hasher.update(content)
  return hasher.hex()
}

function bytes(path: string): Buffer {
  return Buffer.from(path, 'latin1')
}
