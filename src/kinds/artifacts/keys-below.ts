/** Which part of a spool holds all keys that begin the same. */
import { afterPrefix, type Key, keyFromLatin1 } from '../../lib/key.js'

interface Range {
  readonly after?: Key
  readonly before?: Key
}

/** They, and at its start perhaps a few others: what a spool gives lies between two keys and is neither of these. */
export function keysBelow(prefix: Key): Range {
  if (prefix === '') return {}
  const before = afterPrefix(prefix)
  return { after: keyFromLatin1(prefix.slice(0, -1)), ...(before === undefined ? {} : { before }) }
}
