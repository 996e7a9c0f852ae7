/**
 * Hashes many files at a vantage with one script, by the programs of coreutils or busybox. What they cannot do (a CRC, a
 * program that is not there, a file they may not read) is left to `open`.
 */
import type { Key } from '../../lib/key.js'
import { isPlain, refuse } from '../files/keys.js'
import {
  type Algorithm,
  type ContentDigests,
  type Digested,
  type Digester,
  type DigestRequest,
  type Entry,
  StoreError,
} from '../store.js'
import type { Looked, Seen } from './look-up.js'
import { DIGEST } from './scripts.js'
import { incomplete, keysInput, rootOf, runRecords, type Session } from './session.js'

const PROGRAMS: Readonly<Partial<Record<Algorithm, string>>> = {
  md5: 'md5sum',
  sha1: 'sha1sum',
  sha256: 'sha256sum',
  sha512: 'sha512sum',
}

export interface DigesterAtOptions {
  readonly session: Session
  readonly root: (signal: AbortSignal) => Promise<string>
  readonly look: (keys: readonly Key[], signal: AbortSignal) => Promise<Looked>
  /** The entry, undefined where there is none, or a StoreError. */
  readonly entryOf: (key: Key, seen: Seen) => Entry | undefined
  readonly where: (key: Key) => string
}

const KEYS = 1000
const BYTES = 512 * 1024 * 1024

export function createDigesterAt({ session, root, look, entryOf, where }: DigesterAtOptions): Digester {
  /** Hex by key; undefined where the program is not there. A key without hex could not be read. */
  const hexes = async (algorithm: Algorithm, keys: readonly Key[], signal: AbortSignal) => {
    const found = new Map<Key, string>()
    const script = {
      text: DIGEST,
      args: [await root(signal), PROGRAMS[algorithm] ?? ''],
      input: keysInput(keys),
      signal,
    }
    let next = 0
    let entered = false
    let said = ''
    for await (const record of runRecords(session, script, (text) => {
      said = text
    })) {
      if (!entered) entered = rootOf(session.label, record) !== undefined
      else if (record === 'm') return undefined
      else if (record === 'z' && next === keys.length) return found
      else {
        const key = keys[next++]
        if (key !== undefined && /^h[0-9a-f]+$/.test(record)) found.set(key, record.slice(1))
      }
    }
    throw incomplete(session.label, said)
  }
  return {
    parallel: 2,
    keys: KEYS,
    bytes: BYTES,
    digest: async (requests, { signal }) => {
      const sound = requests.map(({ key }) => key).filter((key) => refuse(key) === undefined && isPlain(key))
      const before = await entriesAt(sound, signal)
      const files = sound.filter((key) => isFile(before.get(key)))
      const found = new Map<Algorithm, ReadonlyMap<Key, string>>()
      for (const algorithm of new Set(requests.flatMap(({ algorithms }) => algorithms))) {
        const wanted = requests.filter(
          ({ key, algorithms }) => algorithms.includes(algorithm) && isFile(before.get(key)),
        )
        if (PROGRAMS[algorithm] === undefined || wanted.length === 0) continue
        const digests = await hexes(
          algorithm,
          wanted.map(({ key }) => key),
          signal,
        )
        if (digests !== undefined) found.set(algorithm, digests)
      }
      const after = found.size === 0 ? before : await entriesAt(files, signal)
      return requests.map((request) => answerOf(request, before.get(request.key), after.get(request.key), found))
    },
  }

  async function entriesAt(keys: readonly Key[], signal: AbortSignal) {
    const entries = new Map<Key, Entry | StoreError | undefined>()
    if (keys.length === 0) return entries
    const { seen } = await look(keys, signal)
    for (const [index, key] of keys.entries()) {
      try {
        entries.set(key, entryOf(key, seen[index] ?? 'absent'))
      } catch (error) {
        if (!(error instanceof StoreError)) throw error
        entries.set(key, error)
      }
    }
    return entries
  }

  function answerOf(
    { key, algorithms }: DigestRequest,
    entry: Entry | StoreError | undefined,
    again: Entry | StoreError | undefined,
    found: ReadonlyMap<Algorithm, ReadonlyMap<Key, string>>,
  ): Digested {
    const refused = refuse(key)
    if (refused !== undefined) return new StoreError('forbidden', `${where(key)}: ${refused}`)
    if (entry instanceof StoreError) return entry
    if (entry === undefined) return new StoreError('absent', `${where(key)} does not exist`)
    if (entry.unreadable !== undefined) return new StoreError('unreadable', `${where(key)} is ${entry.unreadable}`)
    const digests: Partial<Record<Algorithm, string>> = {}
    for (const algorithm of algorithms) {
      const hex = found.get(algorithm)?.get(key)
      if (hex === undefined) return undefined
      digests[algorithm] = hex
    }
    const same = isFile(again) && again.size === entry.size && again.modified === entry.modified
    if (!same) return new StoreError('unavailable', `${where(key)} was changed while it was read`)
    return { bytes: entry.size ?? 0, digests } satisfies ContentDigests
  }
}

function isFile(entry: Entry | StoreError | undefined): entry is Entry {
  return entry !== undefined && !(entry instanceof StoreError) && entry.unreadable === undefined
}
