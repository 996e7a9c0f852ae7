/**
 * Keys are bytes. A `Key` holds one byte in each character (latin1), so `===`, `<`, `startsWith`, `slice` and `Map`
 * all work on bytes, exactly and fast, whatever the name holds: invalid UTF-8, newlines, astral characters.
 * Text for people is made at the edge, with `keyToText`.
 */
declare const brand: unique symbol
export type Key = string & { readonly [brand]: 'bytes' }

const ASCII = /^[\0-\x7f]*$/

export function keyFromText(text: string): Key {
  return (ASCII.test(text) ? text : Buffer.from(text, 'utf8').toString('latin1')) as Key
}

export function keyFromBytes(bytes: Uint8Array): Key {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1') as Key
}

/** Takes a string that already holds one byte in each character. */
export function keyFromLatin1(latin1: string): Key {
  return latin1 as Key
}

/**
 * The same text, one byte in each character, in memory of its own. A string cut from a larger one keeps all of that alive, so what is kept beyond
 * the page it came with is detached first.
 */
export function detached<T extends string>(latin1: T): T {
  return Buffer.from(latin1, 'latin1').toString('latin1') as T
}

export function keyToBytes(key: Key): Buffer {
  return Buffer.from(key, 'latin1')
}

/** The key as text; bytes that are not UTF-8 become U+FFFD, so this is for people, never for comparing. */
export function keyToText(key: Key): string {
  return ASCII.test(key) ? key : Buffer.from(key, 'latin1').toString('utf8')
}

export interface KeyJson {
  readonly key: string
  /** The exact bytes, base64, only where they are not valid UTF-8. */
  readonly key_b64?: string
}

export function keyToJson(key: Key): KeyJson {
  if (ASCII.test(key)) return { key }
  const bytes = Buffer.from(key, 'latin1')
  const text = bytes.toString('utf8')
  return Buffer.from(text, 'utf8').equals(bytes) ? { key: text } : { key: text, key_b64: bytes.toString('base64') }
}

export function keyFromJson(json: KeyJson): Key {
  return json.key_b64 === undefined ? keyFromText(json.key) : keyFromBytes(Buffer.from(json.key_b64, 'base64'))
}

export function compareKeys(a: Key, b: Key): -1 | 0 | 1 {
  return a === b ? 0 : a < b ? -1 : 1
}

/** The first key after all that start with `prefix`; undefined where there is none (an empty prefix, or all 0xFF). */
export function afterPrefix(prefix: Key): Key | undefined {
  for (let end = prefix.length; end > 0; end--) {
    const last = prefix.charCodeAt(end - 1)
    if (last < 0xff) return (prefix.slice(0, end - 1) + String.fromCharCode(last + 1)) as Key
  }
  return undefined
}
