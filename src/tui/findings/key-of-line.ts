import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { findingOf, keyOf } from './finding-of.js'
import { type Head, readKey } from './head.js'

/** The key of the finding in `bytes[from, to)`, byte for byte; undefined where it has none. */
export function keyOfLine(bytes: Buffer, from: number, to: number, head: Head): Key | undefined {
  if (readKey(bytes, from, to, head)) return keyFromLatin1(bytes.toString('latin1', head.keyFrom, head.keyTo))
  const finding = findingOf(bytes.toString('utf8', from, to))
  return 'wrong' in finding ? undefined : keyOf(finding)
}
