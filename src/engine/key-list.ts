/**
 * A list of keys for a tool that restores them: one a line, byte for byte. A key with a newline in it, or a carriage return at its end, cannot stand in it; then
 * a second list, `.nul`, holds all of them, each ended by a NUL byte.
 */
import { createReadStream } from 'node:fs'
import { rm } from 'node:fs/promises'
import { type Key, keyToBytes } from '../lib/key.js'
import type { Litter } from '../lib/litter.js'
import { type PendingFile, type PendingOptions, pendingFile } from './pending-file.js'

const NEWLINE = 0x0a
const RETURN = 0x0d
const LINE_END = Buffer.from('\n')
const NUL = Buffer.from('\0')
const HERE = Buffer.from('./')

export interface KeyList {
  readonly add: (key: Key) => Promise<void> | undefined
  /** How many keys are only in the `.nul` list. */
  readonly commit: () => Promise<number>
  readonly discard: () => Promise<void>
}

/** `path` without its ending. */
export function keyList(path: string, litter?: Litter, options?: PendingOptions): KeyList {
  const lines = pendingFile(`${path}.txt`, litter, options)
  let odd: { readonly path: string; readonly file: PendingFile } | undefined
  let count = 0

  const commit = async () => {
    await lines.commit()
    if (odd === undefined) return 0
    await odd.file.commit()
    const all = pendingFile(`${path}.nul`, litter, options)
    try {
      for await (const chunk of createReadStream(`${path}.txt`) as AsyncIterable<Buffer>) {
        await all.write(chunk.map((byte) => (byte === NEWLINE ? 0 : byte)) as Buffer)
      }
      for await (const chunk of createReadStream(odd.path) as AsyncIterable<Buffer>) await all.write(chunk)
      await all.commit()
    } finally {
      await all.discard()
      await rm(odd.path, { force: true })
    }
    return count
  }
  return {
    add: (key) => {
      const bytes = keyToBytes(key)
      // Who reads lines takes a carriage return before the end for a part of it.
      if (!bytes.includes(NEWLINE) && bytes.at(-1) !== RETURN) return lines.write(Buffer.concat([bytes, LINE_END]))
      odd ??= { path: `${path}.odd`, file: pendingFile(`${path}.odd`, litter, options) }
      count++
      return odd.file.write(Buffer.concat([bytes, NUL]))
    },
    commit,
    discard: async () => {
      await lines.discard()
      await odd?.file.discard()
    },
  }
}

/**
 * A list for programs: each key with `./` before it and a NUL behind, so that none is taken for an option, a comment or
 * two names. For `rsync --from0 --files-from`, `tar --null -T` and `xargs -0`.
 */
export function programList(path: string, litter?: Litter): Omit<KeyList, 'commit'> & { commit: () => Promise<void> } {
  const file = pendingFile(`${path}.from0`, litter)
  return {
    add: (key) => file.write(Buffer.concat([HERE, keyToBytes(key), NUL])),
    commit: file.commit,
    discard: file.discard,
  }
}
