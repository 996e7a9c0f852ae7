/**
 * The words of a listing, read as numbers: to compare them byte by byte takes most of the time there is. Up to eight bytes
 * are told by one number, more by the first and the last eight.
 */

/** `<Contents><Key>` */
export const OBJECT_LENGTH: usize = 15
export function isObject(at: usize): bool {
  return load<u64>(at) === 0x746e65746e6f433c && load<u64>(at, 7) === 0x3e79654b3c3e7374
}

/** `</Contents>` */
export const OBJECT_END_LENGTH: usize = 11
export function isObjectEnd(at: usize): bool {
  return load<u64>(at) === 0x6e65746e6f432f3c && load<u64>(at, 3) === 0x3e73746e65746e6f
}

/** `</Key>` */
export const KEY_END_LENGTH: usize = 6
export function isKeyEnd(at: usize): bool {
  return low6(load<u64>(at)) === 0x3e79654b2f3c
}

/** `<LastModified>` */
export const MODIFIED_LENGTH: usize = 14
export function isModified(at: usize): bool {
  return load<u64>(at) === 0x646f4d7473614c3c && load<u64>(at, 6) === 0x3e6465696669646f
}

/** `</LastModified>` */
export const MODIFIED_END_LENGTH: usize = 15
export function isModifiedEnd(at: usize): bool {
  return load<u64>(at) === 0x6f4d7473614c2f3c && load<u64>(at, 7) === 0x3e6465696669646f
}

/** `<ETag>` */
export const ETAG_LENGTH: usize = 6
export function isEtag(at: usize): bool {
  return low6(load<u64>(at)) === 0x3e676154453c
}

/** `</ETag>` */
export const ETAG_END_LENGTH: usize = 7
export function isEtagEnd(at: usize): bool {
  return low7(load<u64>(at)) === 0x3e676154452f3c
}

/** `<Size>` */
export const SIZE_LENGTH: usize = 6
export function isSize(at: usize): bool {
  return low6(load<u64>(at)) === 0x3e657a69533c
}

/** `</Size>` */
export const SIZE_END_LENGTH: usize = 7
export function isSizeEnd(at: usize): bool {
  return low7(load<u64>(at)) === 0x3e657a69532f3c
}

/** `<StorageClass>` */
export const CLASS_LENGTH: usize = 14
export function isClass(at: usize): bool {
  return load<u64>(at) === 0x656761726f74533c && load<u64>(at, 6) === 0x3e7373616c436567
}

/** `</StorageClass>` */
export const CLASS_END_LENGTH: usize = 15
export function isClassEnd(at: usize): bool {
  return load<u64>(at) === 0x6761726f74532f3c && load<u64>(at, 7) === 0x3e7373616c436567
}

/** `STANDARD` */
export const STANDARD_LENGTH: usize = 8
export function isStandard(at: usize): bool {
  return load<u64>(at) === 0x445241444e415453
}

/** `<Checksum` */
export const CHECKSUM_LENGTH: usize = 9
export function isChecksum(at: usize): bool {
  return load<u64>(at) === 0x75736b636568433c && load<u64>(at, 1) === 0x6d75736b63656843
}

/** `</Checksum` */
export const CHECKSUM_END_LENGTH: usize = 10
export function isChecksumEnd(at: usize): bool {
  return load<u64>(at) === 0x736b636568432f3c && load<u64>(at, 2) === 0x6d75736b63656843
}

/** Bytes of `Algorithm>` or `Type>` at `at`; 0 where there is neither. */
export function checksumName(at: usize): usize {
  if (load<u64>(at) === 0x687469726f676c41 && load<u64>(at, 2) === 0x3e6d687469726f67) return 10
  return (load<u64>(at) & 0xffffffffff) === 0x3e65707954 ? 5 : 0
}

export function isGlacier(from: usize, to: usize): bool {
  return to - from === 7 && low7(load<u64>(from)) === 0x52454943414c47
}

export function isDeepArchive(from: usize, to: usize): bool {
  return to - from === 12 && load<u64>(from) === 0x4352415f50454544 && load<u32>(from, 8) === 0x45564948
}

function low6(bytes: u64): u64 {
  return bytes & 0xffffffffffff
}

function low7(bytes: u64): u64 {
  return bytes & 0xffffffffffffff
}
