import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  afterPrefix,
  compareKeys,
  type Key,
  keyFromBytes,
  keyFromJson,
  keyFromText,
  keyToBytes,
  keyToJson,
  keyToText,
} from '../../src/lib/key.js'

const bytes = fc.uint8Array({ maxLength: 12 })

describe('keys are bytes', () => {
  it('orders as Buffer.compare does, whatever the bytes', () => {
    fc.assert(
      fc.property(bytes, bytes, (a, b) => {
        expect(compareKeys(keyFromBytes(a), keyFromBytes(b))).toBe(Buffer.compare(a, b))
      }),
    )
  })

  it('orders astral characters behind the private use area, as UTF-8 does and UTF-16 does not', () => {
    expect('😀' < '～').toBe(true)
    expect(compareKeys(keyFromText('😀'), keyFromText('～'))).toBe(1)
  })

  it('comes back unchanged through bytes and through JSON', () => {
    fc.assert(
      fc.property(bytes, (raw) => {
        const key = keyFromBytes(raw)
        expect(Buffer.compare(keyToBytes(key), raw)).toBe(0)
        expect(keyFromJson(JSON.parse(JSON.stringify(keyToJson(key))))).toBe(key)
      }),
    )
  })

  it('carries the bytes in JSON only where the text cannot', () => {
    expect(keyToJson(keyFromText('café 😀'))).toEqual({ key: 'café 😀' })
    expect(keyToJson(keyFromBytes(Buffer.from('caf\xe9.txt', 'latin1')))).toEqual({
      key: 'caf\ufffd.txt',
      key_b64: 'Y2Fm6S50eHQ=',
    })
  })

  it('keeps NFC and NFD apart', () => {
    expect(keyFromText('\u00e4')).not.toBe(keyFromText('a\u0308'))
    expect(keyToText(keyFromText('a\u0308'))).toBe('a\u0308')
  })

  it('finds the end of a prefix', () => {
    const latin1 = (text: string) => keyFromBytes(Buffer.from(text, 'latin1'))
    expect(afterPrefix(latin1('a/'))).toBe('a0')
    expect(afterPrefix(latin1('a\xff'))).toBe('b')
    expect(afterPrefix(latin1('\xff\xff'))).toBeUndefined()
    expect(afterPrefix(latin1(''))).toBeUndefined()
    fc.assert(
      fc.property(bytes, bytes, (prefix, key) => {
        const end = afterPrefix(keyFromBytes(prefix))
        const k: Key = keyFromBytes(key)
        const inside = k >= keyFromBytes(prefix) && (end === undefined || k < end)
        expect(inside).toBe(k.startsWith(keyFromBytes(prefix)))
      }),
    )
  })
})
