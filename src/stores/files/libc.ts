/**
 * Calls into the kernel through the C library, on Linux and where the optional package `koffi` is installed. A directory
 * read through Node costs six times what the kernel takes for it, and a look at a file twice as much.
 */
import { lstatSync } from 'node:fs'
import { createRequire } from 'node:module'
import { getSystemErrorName } from 'node:util'

/** Memory whose place the kernel is told; it must be off the heap of the engine (`Buffer.allocUnsafeSlow`). */
export interface Memory {
  readonly bytes: Buffer
  readonly address: number
}

/** Each gives what the kernel gives, or the negative number of an error; `what` is the path, ended by a NUL. */
export interface Libc {
  readonly memory: (size: number) => Memory
  /** `directory`: what a path that does not begin with a slash is below of. */
  readonly open: (directory: number, path: Memory, flags: number) => number
  readonly close: (fd: number) => void
  /** Bytes of whole records put behind `from`; 0 at the end of the directory. */
  readonly getdents: (fd: number, into: Memory, from: number) => number
  /** `directory`: as in `open`. Links are not followed. */
  readonly statx: (directory: number, path: Memory, into: Memory) => number
}

/** The numbers of the calls; where the machine is another, Node's own calls do. */
const NUMBERS: Readonly<Record<string, { openat: number; close: number; getdents64: number; statx: number }>> = {
  x64: { openat: 257, close: 3, getdents64: 217, statx: 332 },
  arm64: { openat: 56, close: 57, getdents64: 61, statx: 291 },
}

const EINTR = 4
/** Paths begin at the root of the file system. */
export const AT_FDCWD = -100
const AT_SYMLINK_NOFOLLOW = 0x100
const O_CLOEXEC = 0o2000000
/** Type, mode, time of change and size. */
const WANTED = 0x1 | 0x2 | 0x40 | 0x200

/** Undefined where the calls are not to be had, or do not do what they should: a sandbox may refuse them. */
export function loadLibc(): Libc | undefined {
  const numbers = process.platform === 'linux' ? NUMBERS[process.arch] : undefined
  if (numbers === undefined) return undefined
  try {
    // By `require` it loads in two thirds of the time.
    const libc = declare(createRequire(import.meta.url)('koffi'), numbers)
    return works(libc) ? libc : undefined
  } catch {
    return undefined
  }
}

function declare(koffi: typeof import('koffi').default, numbers: NonNullable<(typeof NUMBERS)[string]>): Libc {
  // What is loaded in this process already: the C library has another name on each kind of Linux.
  const library = koffi.load(null)
  const openat = library.func('long syscall(long number, int directory, uintptr_t path, int flags)')
  const close = library.func('long syscall(long number, int fd)')
  const getdents = library.func('long syscall(long number, int fd, uintptr_t into, uint32_t size)')
  const statx = library.func(
    'long syscall(long number, int directory, uintptr_t path, int flags, uint32_t wanted, uintptr_t into)',
  )
  /** Of a call that failed: the negative number of its error, or 0 where it was interrupted and is to be made again. */
  const failure = (): number => {
    const errno = koffi.errno()
    return errno === EINTR ? 0 : -errno
  }
  // No helper that takes a call: a closure for each of so many calls costs as much as some of them.
  const ours: Libc = {
    memory: (size) => {
      const bytes = Buffer.allocUnsafeSlow(size)
      return { bytes, address: Number(koffi.address(bytes)) }
    },
    open: (directory, path, flags) => {
      const fd = openat(numbers.openat, directory, path.address, flags | O_CLOEXEC)
      return fd >= 0 ? fd : failure() || ours.open(directory, path, flags)
    },
    // Closed it is, whatever the answer.
    close: (fd) => close(numbers.close, fd),
    getdents: (fd, into, from) => {
      const got = getdents(numbers.getdents64, fd, into.address + from, into.bytes.length - from)
      return got >= 0 ? got : failure() || ours.getdents(fd, into, from)
    },
    statx: (directory, path, into) => {
      const done = statx(numbers.statx, directory, path.address, AT_SYMLINK_NOFOLLOW, WANTED, into.address)
      return done >= 0 ? done : failure() || ours.statx(directory, path, into)
    },
  }
  return ours
}

/** Whether what it says of one directory is what Node says of it. */
function works(libc: Libc): boolean {
  const path = libc.memory(256)
  const into = libc.memory(4096)
  path.bytes.write('/\0', 'latin1')
  if (libc.statx(AT_FDCWD, path, into) !== 0) return false
  const { ino, mode } = lstatSync('/')
  if (into.bytes.readUInt16LE(28) !== mode || Number(into.bytes.readBigUInt64LE(32)) !== ino) return false
  const fd = libc.open(AT_FDCWD, path, 0)
  if (fd < 0) return false
  const got = libc.getdents(fd, into, 0)
  libc.close(fd)
  return got > 0
}

/** As Node would have thrown it. `errno`: negative. */
export function systemError(errno: number, syscall: string): Error {
  const code = getSystemErrorName(errno)
  return Object.assign(new Error(`${code}, ${syscall}`), { code, errno, syscall })
}
