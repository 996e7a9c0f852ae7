import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { canonicalJson, decode, encode } from '../../src/snapshot/format.js'

const value = { b: [1, 'two', null], a: { d: 'ü', c: { y: 1, x: 2 } } }
const pair = generateKeyPairSync('ed25519')
const other = generateKeyPairSync('ed25519')

describe.each([
  ['unsigned', encode(value).bytes],
  ['signed', encode(value, pair.privateKey).bytes],
])('a record that is %s', (_, bytes) => {
  it('comes back as it was', () => {
    expect(decode(bytes)).toMatchObject({ value })
  })

  it('is refused wherever it is cut short', () => {
    for (let length = 0; length < bytes.length; length++)
      expect(decode(bytes.subarray(0, length)), `${length} bytes`).toEqual({
        wrong: expect.stringMatching(/^(was cut short|is empty)/),
      })
  })

  it('is refused whatever bit of it is another', () => {
    for (let at = 0; at < bytes.length; at++) {
      for (let bit = 0; bit < 8; bit++) {
        const altered = Buffer.from(bytes)
        altered[at] = (altered[at] ?? 0) ^ (1 << bit)
        expect(decode(altered), `byte ${at}, bit ${bit}`).toHaveProperty('wrong')
      }
    }
  })

  it('is refused with anything behind it', () => {
    expect(decode(Buffer.concat([bytes, Buffer.from('\n')]))).toHaveProperty('wrong')
  })

  it('says that a newer one has written it, however it goes on', () => {
    const newer = Buffer.concat([Buffer.from('postflight snapshot 2\nwhatever\n'), bytes.subarray(22)])
    expect(decode(newer)).toEqual({ wrong: expect.stringContaining('written by a newer postflight') })
  })
})

it('is the same file for the same record, whatever the order of its keys', () => {
  const turned = { a: { c: { x: 2, y: 1 }, d: 'ü' }, b: [1, 'two', null] }
  expect(encode(turned).bytes.equals(encode(value).bytes)).toBe(true)
  expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}')
})

describe('with a public key', () => {
  it.each([
    ['of whoever signed', encode(value, pair.privateKey).bytes, pair.publicKey, { signed: 'checked' }],
    ['where it was not asked for', encode(value, pair.privateKey).bytes, undefined, { signed: 'not checked' }],
    [
      'of somebody else',
      encode(value, other.privateKey).bytes,
      pair.publicKey,
      { wrong: 'was not signed with the other half of this key' },
    ],
    [
      'where nobody signed',
      encode(value).bytes,
      pair.publicKey,
      { wrong: 'is not signed, and --verify-key asks for it' },
    ],
  ])('%s', (_, bytes, key, expected) => {
    expect(decode(bytes, key)).toMatchObject(expected)
  })
})
