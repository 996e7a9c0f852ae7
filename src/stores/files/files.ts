/** A directory as a store. Links to directories are never followed, and no key leads out of the root. */
import { randomUUID } from 'node:crypto'
import { constants, type Stats } from 'node:fs'
import { open, opendir, rm } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join, resolve } from 'node:path'
import { addAbortSignal } from 'node:stream'
import type { FilesSpec } from '../../connections/schema.js'
import { type Key, keyFromLatin1, keyFromText, keyToBytes } from '../../lib/key.js'
import { orAborted } from '../abort.js'
import { countFirst } from '../extent.js'
import { pageOf } from '../packed.js'
import { keyRange } from '../range.js'
import { type ByteRange, type Entry, type Store, StoreError, type Want } from '../store.js'
import { createFilesDigester } from './digest.js'
import { BEHIND_LINK, BEHIND_LINK_HINT, fileError, isAbsent, quoteKey } from './errors.js'
import { inodesInUse } from './inodes.js'
import { isPlain, refuse } from './keys.js'
import { isLocal } from './local.js'
import { assertSameRoot, factsOf, look, lstatOf, openRoot, pathOf, type Root, realpathOf } from './look.js'
import { MOUNT_TABLES, type MountTables, mountProblem, readTables } from './mounts.js'
import { walk } from './walk.js'

const ALL: Want = { size: true, modified: true }
/** More of them would wait for each other in the kernel, and each takes some ten megabytes. */
const MOST_THREADS = 4

/** As far as a listing is counted to tell its extent. */
const COUNTED = 10_000
const COUNTING_MS = 5000

export interface FilesOptions {
  readonly tables?: MountTables
  /** A directory with room for the names of very large directories; without it they are held in memory. */
  readonly scratch?: string | undefined
  /** How it walks: threads for a disk of this machine, calls where each may take long. */
  readonly by?: 'threads' | 'calls'
  /** False: only with Node's own calls. */
  readonly libc?: boolean | undefined
}

export type FilesStore = Store & Required<Pick<Store, 'extent' | 'digester'>>

/** Calls into the file system are made in this process: one that hangs keeps it from ending. */
export function createFilesStore(name: string, spec: FilesSpec, options: FilesOptions = {}): FilesStore {
  const { tables = MOUNT_TABLES, scratch, by = 'threads', libc } = options
  const directory = resolve(spec.root)
  const label = `${name} (${directory})`
  const path = keyFromText(directory === '/' ? '' : directory)
  let resolving: Promise<Root> | undefined
  let locating: Promise<boolean> | undefined

  const root = (): Promise<Root> => {
    resolving ??= openRoot({ path, label, symlinks: spec.symlinks }).catch((cause: unknown) => {
      resolving = undefined
      throw fileError(label, cause)
    })
    return resolving
  }
  const local = async (): Promise<boolean> => {
    const { real } = await root()
    locating ??= isLocal(real, tables.mountinfo)
    return locating
  }
  const digester = createFilesDigester({ label, limit: spec.limit, root, isLocal: local })
  /** The entry under a key that a listing would give, too. */
  const entryAt = async (key: Key, facts = false): Promise<Entry | undefined> => {
    if (refuse(key) !== undefined || !isPlain(key)) return undefined
    const from = await root()
    const where = `${label} ${quoteKey(key)}`
    let stats: Stats
    try {
      stats = await lstatOf(pathOf(from, key))
      if (!(await isDirect(from, key))) {
        if (spec.symlinks === 'ignore') return undefined
        throw new StoreError('unreadable', `${where} ${BEHIND_LINK}`, { hint: BEHIND_LINK_HINT })
      }
    } catch (cause) {
      if (!isAbsent(cause)) throw fileError(where, cause)
      await assertSameRoot(from)
      return undefined
    }
    const found = await look(from, key)
    if (found === 'directory' || found === undefined) return undefined
    return facts ? { ...found, facts: factsOf(stats) } : found
  }

  const list: Store['list'] = async function* (options) {
    const { signal, prefix = keyFromLatin1(''), want = ALL } = options
    signal.throwIfAborted()
    const from = await orAborted(root(), signal)
    // Made by whoever first has something to put there.
    const own = scratch === undefined ? undefined : join(scratch, `names-${randomUUID()}`)
    try {
      const limit = by === 'calls' ? spec.limit : Math.min(spec.limit, availableParallelism(), MOST_THREADS)
      const walked = walk(from, { prefix, range: keyRange(options), want, by, limit, scratch: own, libc, signal })
      for await (const page of walked) yield pageOf(page)
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw fileError(label, cause)
    } finally {
      // What cannot be removed goes with the scratch directory it is in.
      if (own !== undefined) await rm(own, { recursive: true, force: true }).catch(() => undefined)
    }
  }

  return {
    label,
    features: { list: true, order: 'bytes', size: true, ranges: true },
    probe: async ({ signal }) => {
      const problem = await orAborted(
        readTables(tables).then((read) => mountProblem(directory, spec.mounted, read)),
        signal,
      )
      if (problem !== undefined) {
        throw new StoreError('absent', `${label}: ${problem}`, { hint: 'mount it, then look again' })
      }
      // Looked at anew: what is there from now on is the root, until the next probe.
      resolving = undefined
      locating = undefined
      const { real } = await orAborted(root(), signal)
      try {
        const opened = await orAborted(opendir(keyToBytes(real) as unknown as string), signal)
        await opened.close()
      } catch (cause) {
        if (signal.aborted) throw cause
        if (isAbsent(cause)) throw new StoreError('unreadable', `${label}: not a directory`, { cause })
        throw fileError(label, cause)
      }
    },
    refuse,
    list,
    extent: async (options) => {
      const counted = await countFirst(list, { ...options, most: COUNTED, forMs: COUNTING_MS })
      if (!counted.more) return counted
      return { ...counted, inodes: await orAborted(inodesInUse((await root()).real), options.signal) }
    },
    stat: async (key, { facts, signal }) => {
      signal.throwIfAborted()
      return orAborted(entryAt(key, facts), signal)
    },
    open: async (key, { range, signal }) => {
      signal.throwIfAborted()
      const where = `${label} ${quoteKey(key)}`
      const refused = refuse(key)
      if (refused !== undefined) throw new StoreError('forbidden', `${where}: ${refused}`)
      const entry = await orAborted(entryAt(key), signal)
      if (entry === undefined) throw new StoreError('absent', `${where} does not exist`)
      if (entry.unreadable !== undefined) throw new StoreError('unreadable', `${where} is ${entry.unreadable}`)
      try {
        // Without O_NONBLOCK a pipe put in the file's place would wait for a writer for ever.
        const handle = await open(keyToBytes(pathOf(await root(), key)), constants.O_RDONLY | constants.O_NONBLOCK)
        return addAbortSignal(signal, handle.createReadStream(inclusive(range)))
      } catch (cause) {
        throw fileError(where, cause)
      }
    },
    digester,
    close: digester.close,
  }
}

/** Node's streams count the last byte in. An empty range never comes here: a stream cannot be told to read nothing. */
function inclusive(range: ByteRange | undefined): { readonly start?: number; readonly end?: number } {
  return range === undefined ? {} : { start: range.start, end: range.end - 1 }
}

async function isDirect(root: Root, key: Key): Promise<boolean> {
  const slash = key.lastIndexOf('/')
  if (slash < 0) return true
  const parent = key.slice(0, slash)
  return (await realpathOf(pathOf(root, keyFromLatin1(parent)))) === `${root.real === '/' ? '' : root.real}/${parent}`
}
