/** A key as characters to show: each code point by itself, and each byte that is no UTF-8. */
import { isUtf8 } from 'node:buffer'
import type { Style } from '../../reporters/style.js'

export interface Character {
  /** Escaped; takes a column or more, or none where it stands above the one before it. */
  readonly shown: string
  /** U+00E9, or of a byte: 0xE9 */
  readonly name: string
}

/** Longer than the keys of any store. */
const MOST_BYTES = 8192

export function charactersOf(bytes: Buffer, style: Pick<Style, 'text' | 'ellipsis'>): readonly Character[] {
  const characters: Character[] = []
  const end = Math.min(bytes.length, MOST_BYTES)
  for (let at = 0; at < end; ) {
    const length = lengthAt(bytes[at] as number)
    const one = bytes.subarray(at, at + length)
    if (length > 0 && one.length === length && isUtf8(one)) {
      const text = one.toString()
      characters.push({ shown: style.text(text), name: nameOf(text.codePointAt(0) ?? 0) })
      at += length
    } else {
      const hex = (bytes[at] as number).toString(16).padStart(2, '0')
      characters.push({ shown: `\\x${hex}`, name: `byte 0x${hex.toUpperCase()}` })
      at++
    }
  }
  return end < bytes.length ? [...characters, { shown: style.ellipsis, name: 'more' }] : characters
}

function nameOf(code: number): string {
  return `U+${code.toString(16).toUpperCase().padStart(4, '0')}`
}

/** Bytes of the character that begins with this one; 0 where none does. */
function lengthAt(byte: number): number {
  if (byte < 0x80) return 1
  if (byte < 0xc2) return 0
  if (byte < 0xe0) return 2
  if (byte < 0xf0) return 3
  return byte < 0xf5 ? 4 : 0
}
