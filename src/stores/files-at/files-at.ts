/**
 * A directory as it is seen from a vantage: inside a container, on another host. The same keys, words and errors as the
 * store that looks itself; only that a script there does the looking, and lists in no order.
 */
import { posix } from 'node:path'
import { Readable } from 'node:stream'
import type { FilesSpec } from '../../connections/schema.js'
import { type Key, keyFromText } from '../../lib/key.js'
import { runScript } from '../../vantage/run.js'
import { type Vantage, VantageError } from '../../vantage/vantage.js'
import { countFirst } from '../extent.js'
import { fileError, quoteKey } from '../files/errors.js'
import { isPlain, refuse } from '../files/keys.js'
import { MOUNT_TABLES, mountProblem } from '../files/mounts.js'
import { type Entry, type Store, StoreError } from '../store.js'
import { createDigesterAt } from './digest.js'
import { listAt } from './list.js'
import { lookAt, type Seen } from './look-up.js'
import { CAT, PROBE, RESOLVE } from './scripts.js'
import { type Root, rootOf, runRecords } from './session.js'
import { TOGETHER, together } from './together.js'
import { escapedPath, systemError } from './words.js'

const COUNTED = 10_000
const COUNTING_MS = 10_000

export function createFilesStoreAt(name: string, spec: FilesSpec, vantage: Vantage): Store {
  const directory = posix.normalize(spec.root)
  const label = `${name} (${directory} in ${vantage.label})`
  const session = { vantage, label }
  const where = (key: Key) => `${label} ${quoteKey(key)}`
  let identity: string | undefined
  const path = async (signal: AbortSignal): Promise<string> => {
    if (!directory.startsWith('/')) {
      throw new StoreError('unavailable', `${label}: the root must be an absolute path there`, {
        hint: 'write root: /…; a relative path has no meaning at a vantage',
      })
    }
    return escapedPath(keyFromText(`${await vantage.root({ signal })}${directory}`))
  }
  /** To be told of every root that is seen: another one in its place, and everything would be missing. */
  const sameRoot = (root: Root): void => {
    identity ??= root.identity
    if (identity === root.identity) return
    throw new StoreError('absent', `${label} was unmounted or replaced while it was read`, {
      hint: 'see to the mount, then look again',
    })
  }
  const look = async (keys: readonly Key[], signal: AbortSignal) => {
    const looked = await lookAt(session, await path(signal), spec.symlinks, keys, signal)
    sameRoot(looked.root)
    return looked
  }
  const lookOne = together(async (keys, signal) => (await look(keys, signal)).seen)

  const entryAt = async (key: Key, signal: AbortSignal): Promise<Entry | undefined> => {
    if (refuse(key) !== undefined || !isPlain(key)) return undefined
    return entryOf(key, await lookOne(key, signal))
  }
  const entryOf = (key: Key, seen: Seen): Entry | undefined => {
    if (typeof seen === 'object') return seen
    if (seen !== 'behind' || spec.symlinks === 'ignore') return undefined
    throw new StoreError('unreadable', `${where(key)} lies behind a link to a directory`, {
      hint: 'links to directories are not followed; use the directory itself as the root of a connection',
    })
  }
  const list: Store['list'] = async function* (options) {
    options.signal.throwIfAborted()
    const root = await path(options.signal)
    yield* listAt({ ...session, root, symlinks: spec.symlinks, onRoot: sameRoot, look }, options)
  }

  return {
    label,
    features: { list: true, order: 'none', size: true, together: TOGETHER },
    probe: async ({ signal }) => {
      let mountinfo: string | undefined
      let fstab: string | undefined
      let root: Root | undefined
      let missing: unknown
      let readable = true
      const resolved = async (one: string): Promise<string> => {
        const { stdout } = await runScript(vantage, RESOLVE, [one], { signal })
        return stdout.toString().split('\0')[0] ?? one
      }
      try {
        for await (const record of runRecords(session, { text: PROBE, args: [await path(signal)], signal })) {
          if (record.startsWith('m')) mountinfo = text(record)
          else if (record.startsWith('f')) fstab = text(record)
          else if (record === 'd') readable = false
          else root = rootOf(label, record) ?? root
        }
      } catch (cause) {
        if (!(cause instanceof StoreError) || cause.code !== 'absent') throw cause
        missing = cause
      }
      const tables = { names: MOUNT_TABLES, mountinfo, fstab, resolved }
      const problem = await mountProblem(directory, spec.mounted, tables)
      if (problem !== undefined) {
        throw new StoreError('absent', `${label}: ${problem}`, { hint: 'mount it, then look again' })
      }
      if (missing !== undefined) throw missing
      if (root === undefined) throw new VantageError(`${label}: nothing was said of it`)
      if (!readable) throw fileError(label, systemError('Permission denied'))
      identity = root.identity
    },
    refuse,
    list,
    extent: (options) => countFirst(list, { ...options, most: COUNTED, forMs: COUNTING_MS }),
    stat: async (key, { signal }) => {
      signal.throwIfAborted()
      return entryAt(key, signal)
    },
    open: async (key, { signal }) => {
      signal.throwIfAborted()
      const refused = refuse(key)
      if (refused !== undefined) throw new StoreError('forbidden', `${where(key)}: ${refused}`)
      const entry = await entryAt(key, signal)
      if (entry === undefined) throw new StoreError('absent', `${where(key)} does not exist`)
      if (entry.unreadable !== undefined) throw new StoreError('unreadable', `${where(key)} is ${entry.unreadable}`)
      return Readable.from(content(await path(signal), key, signal), { objectMode: false })
    },
    digester: createDigesterAt({ session, root: path, look, entryOf, where }),
    close: async () => undefined,
  }

  async function* content(root: string, key: Key, signal: AbortSignal): AsyncGenerator<Buffer, void, void> {
    const life = new AbortController()
    const process = await vantage.start(['sh', '-c', CAT, 'sh', root, escapedPath(key)], {
      signal: AbortSignal.any([signal, life.signal]),
    })
    try {
      let said = ''
      process.stderr.setEncoding('utf8').on('data', (chunk: string) => {
        said = (said + chunk).slice(-1000)
      })
      process.stdin.on('error', () => {}).end()
      yield* process.stdout as AsyncIterable<Buffer>
      const code = await process.ended
      if (code === 0) return
      const reason = said.trim().split(': ').at(-1) ?? ''
      throw code === 8 || reason === ''
        ? new StoreError('unreadable', `${where(key)} changed while it was read`)
        : fileError(where(key), systemError(reason))
    } catch (cause) {
      if (signal.aborted) throw signal.reason
      throw cause
    } finally {
      life.abort(new Error('left early'))
    }
  }
}

function text(record: string): string {
  return Buffer.from(record.slice(1), 'latin1').toString()
}
