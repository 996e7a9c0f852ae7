import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  algorithmNamed,
  createHasher,
  DIGEST_ALGORITHMS,
  type DigestAlgorithm,
  readDigest,
} from '../../src/compare/digest.js'
import { ALGORITHMS } from '../../src/stores/store.js'

test('stores and rows speak of the same algorithms', () => {
  expect([...DIGEST_ALGORITHMS]).toEqual([...ALGORITHMS])
})

describe('hashing', () => {
  // Check values of RFC 1321, RFC 3174, FIPS 180, RFC 3720 and the NVMe specification.
  const KNOWN: Readonly<Record<DigestAlgorithm, string>> = {
    md5: '25f9e794323b453885f5181f1b624d0b',
    sha1: 'f7c3bc1d808e04732adf679965ccc34ca7ae3441',
    sha256: '15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225',
    sha512: createHash('sha512').update('123456789').digest('hex'),
    crc32c: 'e3069283',
    crc64nvme: 'ae8b14860a799888',
  }
  test.each(DIGEST_ALGORITHMS)('%s, in any pieces', (algorithm) => {
    const hasher = createHasher(algorithm)
    for (const piece of ['', '1234', '56789']) hasher.update(Buffer.from(piece))
    expect(hasher.hex()).toBe(KNOWN[algorithm])
  })

  // Byte by byte is the definition; eight at a time, from any place, is how it is done.
  test.each(['crc32c', 'crc64nvme'] as const)('%s, in long pieces', (algorithm) => {
    const content = createHash('sha512').update('seed').digest()
    fc.assert(
      fc.property(fc.nat(63), fc.nat(64), (from, to) => {
        const part = content.subarray(from, Math.max(from, to))
        const [whole, bytes] = [createHasher(algorithm), createHasher(algorithm)]
        whole.update(part)
        for (const byte of part) bytes.update(Uint8Array.of(byte))
        expect(whole.hex()).toBe(bytes.hex())
      }),
    )
  })
})

describe('checksums as rows write them', () => {
  const md5 = '25f9e794323b453885f5181f1b624d0b'
  const bytes = Buffer.from(md5, 'hex')
  const raw = bytes.toString('latin1')
  test.each([
    ['hex', md5, { encoding: 'hex' }, 'md5'],
    ['hex in capitals and blanks', ` ${md5.toUpperCase()}\n`, { encoding: 'hex' }, 'md5'],
    ['base64', bytes.toString('base64'), { encoding: 'base64' }, 'md5'],
    ['base64 for URLs', bytes.toString('base64url'), { encoding: 'base64' }, 'md5'],
    ['bytes', raw, { encoding: 'bytea' }, 'md5'],
    ['hex text in bytes', md5, { encoding: 'text' }, 'md5'],
    ['a prefix', `md5:${md5}`, { encoding: 'hex', prefix: 'md5:' }, 'md5'],
    ['a prefix that is not there', md5, { encoding: 'hex', prefix: 'md5:' }, 'md5'],
    ['an algorithm that is given', 'e3069283', { encoding: 'hex', algorithm: 'crc32c' }, 'crc32c'],
  ] as const)('%s', (_, cell, options, algorithm) => {
    expect(readDigest(cell, options)).toEqual({ algorithm, hex: algorithm === 'md5' ? md5 : cell })
  })

  test.each([
    ['no hex', 'xyz', { encoding: 'hex' }, "the row's checksum is not hex"],
    ['half a byte', 'abc', { encoding: 'hex' }, "the row's checksum is not hex"],
    ['no base64', 'ä', { encoding: 'base64' }, "the row's checksum is not base64"],
    ['a length nobody has', 'abcd', { encoding: 'hex' }, 'no known algorithm has checksums of 2 bytes'],
    [
      'the length of a CRC is not guessed',
      'e3069283',
      { encoding: 'hex' },
      'no known algorithm has checksums of 4 bytes',
    ],
    [
      'another length than it should have',
      md5,
      { encoding: 'hex', algorithm: 'sha1' },
      "a sha1 has 20 bytes, the row's checksum 16",
    ],
  ] as const)('of no use: %s', (_, cell, options, problem) => {
    expect(readDigest(cell, options)).toEqual({ problem })
  })

  test.each([
    ['SHA-256', 'sha256'],
    ['sha_1', 'sha1'],
    ['MD5', 'md5'],
    ['CRC64NVME', 'crc64nvme'],
    ['whirlpool', undefined],
    ['', undefined],
  ])('the name %s', (name, algorithm) => expect(algorithmNamed(name)).toBe(algorithm))
})
