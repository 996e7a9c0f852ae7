/** Checksums as rows declare them, in whatever clothes, and the hashing that they are held against. */
import { createHash } from 'node:crypto'
import { createCrc32c } from './crc32c.js'
import { createCrc64Nvme } from './crc64nvme.js'

export const DIGEST_ALGORITHMS = ['md5', 'sha1', 'sha256', 'sha512', 'crc32c', 'crc64nvme'] as const
export type DigestAlgorithm = (typeof DIGEST_ALGORITHMS)[number]

/** `text` is hex text that lies in a bytea; `bytea` the digest's own bytes. */
export const DIGEST_ENCODINGS = ['hex', 'base64', 'bytea', 'text'] as const
export type DigestEncoding = (typeof DIGEST_ENCODINGS)[number]

const HEX_LENGTH: Readonly<Record<DigestAlgorithm, number>> = {
  md5: 32,
  sha1: 40,
  sha256: 64,
  sha512: 128,
  crc32c: 8,
  crc64nvme: 16,
}

// The lengths of the two CRCs are those of many other checksums, so they are never guessed.
const BY_LENGTH: readonly DigestAlgorithm[] = ['md5', 'sha1', 'sha256', 'sha512']

export interface DeclaredDigest {
  readonly algorithm: DigestAlgorithm
  /** Lower case. */
  readonly hex: string
}

/** Why a declared checksum cannot be held against anything. Words only: the value itself may be anything. */
export interface UnusableDigest {
  readonly problem: string
}

/** `SHA-256`, `Sha256` and `sha_256` are one name. */
export function algorithmNamed(name: string): DigestAlgorithm | undefined {
  const plain = name.toLowerCase().replace(/[^a-z0-9]/g, '')
  return DIGEST_ALGORITHMS.find((algorithm) => algorithm === plain)
}

/**
 * `cell` holds one byte in each character. A `prefix` is taken off where the value starts with it.
 * `algorithm` undefined: the one that has digests of this length.
 */
export function readDigest(
  cell: string,
  options: { readonly encoding: DigestEncoding; readonly prefix?: string; readonly algorithm?: DigestAlgorithm },
): DeclaredDigest | UnusableDigest {
  const { encoding, prefix = '' } = options
  const text = prefix !== '' && cell.startsWith(prefix) ? cell.slice(prefix.length) : cell
  const hex = toHex(text, encoding)
  if (hex === undefined) return { problem: `the row's checksum is not ${encoding === 'text' ? 'hex text' : encoding}` }
  const algorithm = options.algorithm ?? BY_LENGTH.find((name) => HEX_LENGTH[name] === hex.length)
  if (algorithm === undefined) return { problem: `no known algorithm has checksums of ${hex.length / 2} bytes` }
  if (HEX_LENGTH[algorithm] !== hex.length) {
    return { problem: `a ${algorithm} has ${HEX_LENGTH[algorithm] / 2} bytes, the row's checksum ${hex.length / 2}` }
  }
  return { algorithm, hex }
}

function toHex(text: string, encoding: DigestEncoding): string | undefined {
  if (encoding === 'bytea') return Buffer.from(text, 'latin1').toString('hex')
  const trimmed = text.trim()
  if (encoding !== 'base64') return /^(?:[0-9a-f]{2})+$/i.test(trimmed) ? trimmed.toLowerCase() : undefined
  // Both alphabets, padded or not; Buffer skips what it does not know, so the form is checked first.
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(trimmed)) return undefined
  return Buffer.from(trimmed, 'base64').toString('hex')
}

export interface Hasher {
  readonly update: (bytes: Uint8Array) => void
  /** Lower case. Called once, at the end. */
  readonly hex: () => string
}

export function createHasher(algorithm: DigestAlgorithm): Hasher {
  if (algorithm === 'crc64nvme') return createCrc64Nvme()
  if (algorithm === 'crc32c') return createCrc32c()
  const hash = createHash(algorithm)
  return { update: (bytes) => void hash.update(bytes), hex: () => hash.digest('hex') }
}
