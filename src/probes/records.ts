/** What a script of ours prints: names and values, each closed by a NUL. Values are bytes, one in each character. */
import { type Key, keyFromBytes, keyFromLatin1 } from '../lib/key.js'

export type Records = ReadonlyMap<string, Key>

export function readRecords(output: Buffer): Records {
  const fields = keyFromBytes(output).split('\0')
  const pairs: [string, Key][] = []
  for (let at = 0; at + 2 < fields.length; at += 2) pairs.push([fields[at] ?? '', keyFromLatin1(fields[at + 1] ?? '')])
  return new Map(pairs)
}
