/** Stretches of bytes that lie in memory, eight at a time. Addresses are of this memory; `End` is behind the last byte. */

/** Below, above or zero as the one sorts before, behind or with the other, byte by byte. */
export function compareBytes(a: usize, aEnd: usize, b: usize, bEnd: usize): i32 {
  const aLength = aEnd - a
  const bLength = bEnd - b
  const end = a + min(aLength, bLength)
  while (a + 8 <= end) {
    const x = load<u64>(a)
    const y = load<u64>(b)
    if (x !== y) return bswap<u64>(x) < bswap<u64>(y) ? -1 : 1
    a += 8
    b += 8
  }
  while (a < end) {
    const difference = <i32>load<u8>(a) - <i32>load<u8>(b)
    if (difference !== 0) return difference
    a++
    b++
  }
  return aLength < bLength ? -1 : aLength > bLength ? 1 : 0
}

/** Whether they are the same: looked at from the end, for neighbours in an order differ there. */
export function sameBytes(a: usize, aEnd: usize, b: usize, bEnd: usize): bool {
  if (aEnd - a !== bEnd - b) return false
  while (aEnd >= a + 8) {
    aEnd -= 8
    bEnd -= 8
    if (load<u64>(aEnd) !== load<u64>(bEnd)) return false
  }
  while (aEnd > a) if (load<u8>(--aEnd) !== load<u8>(--bEnd)) return false
  return true
}

/** Copies short stretches, for which a call to copy memory costs more; up to seven bytes behind the target's end change, too. */
export function copyBytes(target: usize, from: usize, end: usize): usize {
  const targetEnd = target + (end - from)
  while (from < end) {
    store<u64>(target, load<u64>(from))
    target += 8
    from += 8
  }
  return targetEnd
}

/** Eight bytes of a key as a number that sorts as they do; zeros behind its end. Seven bytes behind the end are read, too. */
export function prefixOf(at: usize, end: usize): u64 {
  if (at + 8 <= end) return bswap<u64>(load<u64>(at))
  if (at >= end) return 0
  return bswap<u64>(load<u64>(at)) & (~(<u64>0) << ((8 - <u64>(end - at)) << 3))
}
