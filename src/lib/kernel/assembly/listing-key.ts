/** Keys as a listing of S3 writes them, with `encoding-type=url` or as they are. */
export const AMPERSAND: u8 = 0x26
export const PLUS: u8 = 0x2b
export const SPACE: u8 = 0x20
const PERCENT: u8 = 0x25

const TOP_BITS: u64 = 0x8080808080808080

/**
 * Of eight bytes the top bits of those that are no letter, no digit and none of `-./_` and the like, which mean nothing but
 * themselves: those are from 0x2d to 0x39, or from 0x40 to 0x7f. Each addition sets the top bit of bytes from one of these
 * borders on; behind the first odd byte it may set others, too.
 */
export function oddBytes(bytes: u64): u64 {
  const between = (bytes + 0x5353535353535353) & ~(bytes + 0x4646464646464646)
  return (bytes | ~(between | (bytes + 0x4040404040404040))) & TOP_BITS
}

export function isEscape(byte: u8): bool {
  return byte === PERCENT || byte === PLUS
}

/** Whether the bytes stand in a listing as they are, whether it is encoded or not. */
export function isPlain(from: usize, to: usize): bool {
  for (let at = from; at < to; at++) {
    const byte = load<u8>(at)
    if (isEscape(byte) || byte === AMPERSAND || byte === 0x3c) return false
  }
  return true
}

/** The byte that is written `%XX` at `at`; -1 where there is none. */
export function codeAt(at: usize, to: usize): i32 {
  if (load<u8>(at) !== PERCENT || at + 2 >= to) return -1
  const high = hexAt(at + 1)
  const low = hexAt(at + 2)
  return high < 0 || low < 0 ? -1 : (high << 4) | low
}

/** Writes a key that stands alone; returns where what was written ends. AWS writes a space as `+` and a plus as `%2B`. */
export function unescaped(from: usize, to: usize, target: usize, encoded: bool): usize {
  while (from < to) {
    const byte = load<u8>(from)
    const code = encoded ? codeAt(from, to) : -1
    store<u8>(target++, code >= 0 ? <u8>code : encoded && byte === PLUS ? SPACE : byte)
    from += code >= 0 ? 3 : 1
  }
  return target
}

function hexAt(at: usize): i32 {
  const byte = <i32>load<u8>(at)
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30
  const letter = byte | 0x20
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1
}
