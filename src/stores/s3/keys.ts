/** Keys on their way to and from S3, where they are UTF-8 of at most 1024 bytes. */
import { isUtf8 } from 'node:buffer'
import { type Key, keyFromLatin1, keyFromText, keyToBytes, keyToText } from '../../lib/key.js'

const LONGEST = 1024

/** The key as it is sent, or undefined where no object can have it. */
export function sendable(key: Key): string | undefined {
  return key.length > 0 && key.length <= LONGEST && isUtf8(keyToBytes(key)) ? keyToText(key) : undefined
}

/** The longest beginning of the key that can be sent. Nothing sorts between it and the key that it would hide. */
export function sendableStart(key: Key): string {
  let start = keyFromLatin1(key.slice(0, LONGEST))
  while (!isUtf8(keyToBytes(start))) start = keyFromLatin1(start.slice(0, -1))
  return keyToText(start)
}

/**
 * A key of a listing asked for with `encoding-type=url`, decoded once. AWS writes a space as `+` and a plus as `%2B`;
 * bytes that are not UTF-8 come as they are.
 */
export function decodeListed(encoded: string): Key {
  const key = keyFromText(encoded)
  if (!/[%+]/.test(key)) return key
  const spaced = key.replaceAll('+', ' ')
  return keyFromLatin1(
    spaced.replace(/%([0-9A-Fa-f]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))),
  )
}
