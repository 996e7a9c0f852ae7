/** Hashes the files of a directory in threads, so that all cores work; what they find becomes answers of the store. */
import { availableParallelism } from 'node:os'
import { createThreads } from '../../lib/thread.js'
import { type Digested, type Digester, type DigestRequest, StoreError } from '../store.js'
import type { FileDigests } from './digest-file.js'
import { answerOfText, type Batch, batchOf } from './digest-message.js'
import { BEHIND_LINK, BEHIND_LINK_HINT, fileError, quoteKey } from './errors.js'
import { isPlain, refuse } from './keys.js'
import { assertSameRoot, type Root } from './look.js'

export interface DigestOptions {
  readonly label: string
  /** Calls under way at once, at most. */
  readonly limit: number
  readonly root: () => Promise<Root>
  /** Whether the root, and all that lies below it, answers as a local disk does: a call that hangs cannot be left. */
  readonly isLocal: () => Promise<boolean>
}

/** Hashing is faster than most disks; more threads only cost memory. */
const MOST_THREADS = 16
const BATCH_KEYS = 128
const BATCH_BYTES = 16 * 1024 * 1024

export interface FilesDigester extends Digester {
  readonly close: () => Promise<void>
}

export function createFilesDigester({ label, limit, root, isLocal }: DigestOptions): FilesDigester {
  const width = Math.min(limit, availableParallelism(), MOST_THREADS)
  const module = new URL('./digest-thread.js', import.meta.url)
  const threads = createThreads<Batch, string>({ module, width })

  const ask = async (from: Root, requests: readonly DigestRequest[], signal: AbortSignal) => {
    if (requests.length === 0) return []
    const stop = new Int32Array(new SharedArrayBuffer(4))
    const end = () => Atomics.store(stop, 0, 1)
    signal.addEventListener('abort', end, { once: true })
    try {
      const { path, real, symlinks } = from
      const text = await threads.ask(batchOf({ path, real, symlinks }, requests, stop), { signal })
      return text.split('\0').map((answer, index) => answerOfText(answer, requests[index]?.algorithms ?? []))
    } finally {
      signal.removeEventListener('abort', end)
    }
  }
  return {
    prepare: threads.prepare,
    // One batch on its way for each that is worked at.
    parallel: width * 2,
    keys: BATCH_KEYS,
    bytes: BATCH_BYTES,
    digest: async (requests, { signal }) => {
      if (!(await isLocal())) return requests.map(() => undefined)
      const from = await root()
      const sound = requests.filter(isSound)
      const files = await ask(from, sound, signal)
      if (files.some((file) => 'problem' in file && file.problem === 'absent')) await assertSameRoot(from)
      let next = 0
      return requests.map((request) => answerOf(label, request, isSound(request) ? files[next++] : undefined))
    },
    close: threads.close,
  }
}

function isSound({ key }: DigestRequest): boolean {
  return refuse(key) === undefined && isPlain(key)
}

function answerOf(label: string, { key }: DigestRequest, file: FileDigests | undefined): Digested {
  if (file !== undefined && 'bytes' in file) return file
  const where = `${label} ${quoteKey(key)}`
  if (file === undefined) {
    const refused = refuse(key)
    return refused === undefined ? absent(where) : new StoreError('forbidden', `${where}: ${refused}`)
  }
  if ('entry' in file) return new StoreError('unreadable', `${where} is ${file.entry}`)
  if ('error' in file) return fileError(where, systemError(file.error))
  switch (file.problem) {
    case 'absent':
      return absent(where)
    case 'behind':
      return new StoreError('unreadable', `${where} ${BEHIND_LINK}`, { hint: BEHIND_LINK_HINT })
    case 'changed':
      return new StoreError('unavailable', `${where} was changed while it was read`)
  }
}

function absent(where: string): StoreError {
  return new StoreError('absent', `${where} does not exist`)
}

/** As the file system gave it in the thread. */
function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(code), { code, errno: 0, syscall: 'read' })
}
