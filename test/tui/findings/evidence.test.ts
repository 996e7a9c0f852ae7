import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { presentArtifact } from '../../../src/kinds/artifacts/present.js'
import type { Finding } from '../../../src/kinds/kind.js'
import { present } from '../../../src/kinds/probe/present.js'
import { keyFromBytes, keyToJson } from '../../../src/lib/key.js'
import { displayWidth } from '../../../src/lib/text-width.js'
import { presentPlainly } from '../../../src/reporters/present.js'
import { createStyle } from '../../../src/reporters/style.js'
import { evidenceLines } from '../../../src/tui/findings/evidence.js'

const style = createStyle({ width: 80, color: false, unicode: true })

const told = (finding: Finding, width = 80): string =>
  evidenceLines(
    finding,
    presentArtifact(finding),
    width === 80 ? style : createStyle({ width, color: false, unicode: true }),
  )
    .map((line) => line.trimEnd())
    .join('\n')

const latin1 = (text: string) => keyToJson(keyFromBytes(Buffer.from(text, 'latin1')))

describe('the evidence of a finding', () => {
  it('has sizes exact and readable, and how far they are apart', () => {
    const finding = {
      finding: 'size_mismatch',
      key: 'a.txt',
      expected: { size: 5_242_880 },
      actual: { size: 4_194_304 },
      refs: 2,
    }
    expect(told(finding)).toBe(`a.txt: has another size

  key      a.txt

           size
  expected 5,242,880 bytes (5.0 MiB)
  actual   4,194,304 bytes (4.0 MiB)
           1,048,576 bytes (1.0 MiB) less

  refs     2 rows refer to it`)
  })

  it('has the name it was found under beneath the key, and what differs', () => {
    const finding = {
      finding: 'renamed',
      key: '2019/caf\u00e9.txt',
      found_as: '2019/cafe\u0301.txt',
      reason: 'another spelling',
    }
    expect(told(finding)).toBe(
      `2019/caf\u00e9.txt: is there under another name

  key      2019/caf\u00e9.txt
                   ^
  found as 2019/cafe\u0301.txt
                   ^
           the same letters in another form: NFC against NFD
           at character 9: U+00E9 against U+0065 U+0301
  bytes    of the key
  0000  32 30 31 39 2f 63 61 66 c3 a9 2e 74 78 74        2019/caf...txt
  bytes    of the name it was found as
  0000  32 30 31 39 2f 63 61 66 65 cc 81 2e 74 78 74     2019/cafe...txt

  why      another spelling`,
    )
  })

  it.each([
    ['A/b', 'a/B', 'the same but for upper and lower case', 'U+0041 U+002F U+0062 against U+0061 U+002F U+0042'],
    ['a b', 'a\u00a0b', 'the same but for blanks', 'U+0020 against U+00A0'],
    ['a b', 'a  b', 'the same but for blanks', 'nothing against U+0020'],
    ['ab', 'a\u200bb', 'the same but for blanks', 'nothing against U+200B'],
    ['\u00c9 x', 'e\u0301x', 'the same but for form, case or blanks', 'U+00C9 U+0020 against U+0065 U+0301'],
  ])('says of %j, found as %j: %s', (key, found_as, words, names) => {
    expect(told({ finding: 'renamed', key, found_as })).toContain(words)
    expect(told({ finding: 'renamed', key, found_as })).toContain(names)
  })

  it('marks each byte that is no UTF-8, and has the bytes', () => {
    const { key = '', key_b64 } = latin1('caf\xe9.txt')
    const finding = { finding: 'renamed', key, key_b64: key_b64 ?? '', found_as: 'caf\u00e9.txt' }
    const text = told(finding)
    expect(text).toContain('  key      caf\\xe9.txt\n              ^^^^\n  found as caf\u00e9.txt\n              ^\n')
    expect(text).toContain('at character 4: byte 0xE9 against U+00E9')
    expect(text).toMatch(/0000 {2}63 61 66 e9 2e 74 78 74 +caf\.\.txt$/m)
  })

  it('has the statement that mends it, once', () => {
    const finding = { finding: 'violations', key: 'public.orders', fix: 'REINDEX TABLE public.orders' }
    const text = evidenceLines(finding, present(finding), style).join('\n')
    expect(text.match(/REINDEX/g)).toHaveLength(1)
    expect(text).toContain('  fix      REINDEX TABLE public.orders')
  })

  it('has no bytes where all of the key is plain', () => {
    expect(told({ finding: 'missing', key: 'plain.txt' })).not.toContain('0000')
  })

  it('cuts a dump of bytes that is too long', () => {
    const text = told({ finding: 'missing', key: 'ß'.repeat(3000) })
    expect(text).toMatch(/^ {2}0ff0 .*\n {2}1,904 bytes more$/m)
  })

  it('has digests beneath each other, and marks where they part', () => {
    const finding = {
      finding: 'checksum_mismatch',
      key: 'a',
      expected: { md5: 'abcd1234' },
      actual: { md5: 'abff1234' },
    }
    expect(told(finding)).toContain('  expected abcd1234\n             ^^\n  actual   abff1234\n             ^^\n')
  })

  it('has times apart as durations', () => {
    const finding = {
      finding: 'orphaned',
      key: 'a',
      expected: { modified: '2026-11-23T15:00:00.000Z' },
      actual: { modified: '2026-11-26T19:00:00.000Z' },
    }
    expect(told(finding)).toContain('3d 4h later')
  })

  it.each([
    [{ size: [5, 7] }, '5 bytes or 7 bytes'],
    [{ size: '9007199254740993' }, '9,007,199,254,740,993 bytes (8.0 PiB)'],
    [{ size: 1 }, '1 byte'],
    [{ took_ms: 61_000 }, '1m 1s'],
    [{ count: 1234 }, '1,234'],
    [{ none: null }, 'null'],
  ])('reads %j as people do', (expected, text) => {
    expect(told({ finding: 'x', key: 'a', expected })).toContain(`expected ${text}`)
  })

  it('counts exactly beyond what a double holds', () => {
    const finding = {
      finding: 'x',
      key: 'a',
      expected: { size: '9007199254740993' },
      actual: { size: '9007199254740992' },
    }
    expect(told(finding)).toContain('1 byte less')
  })

  it('has row, deletion, sources, store, known and note', () => {
    const finding: Finding = {
      finding: 'missing',
      key: 'a',
      row: { id: 17, path: 'a b' },
      deleted: { at: '2026-11-23T15:00:00Z', version: 'v1' },
      recover_from: ['old', 'backup'],
      store: 'media',
      refs: 1,
      known: true,
    }
    const lines = evidenceLines(finding, presentArtifact(finding), style, 'seen by Dana').join('\n')
    expect(lines).toBe(`a: missing

  key      a

  row      id: 17
           path: a b

  refs     1 row refers to it
  store    media
  deleted  at 2026-11-23T15:00:00Z, version v1 can be had back
  put back can be had from old, backup
  known    the check file lists it under known:, so it is not judged

  note     seen by Dana`)
  })

  it('keeps what only the kind knows to say', () => {
    const lines = evidenceLines(
      { finding: 'x' },
      { headline: 'x', detail: ['expected 5', 'ask the port authority'] },
      style,
    )
    expect(lines.join('\n')).toContain('ask the port authority')
    expect(lines.join('\n')).not.toContain('expected 5')
  })

  it('begins at the first column, in colours too', () => {
    const [first] = evidenceLines(
      { finding: 'missing', key: 'a' },
      { headline: 'a: missing', detail: [] },
      createStyle({ width: 80, color: true, unicode: true }),
    )
    expect(first).toBe('\x1b[1ma: missing\x1b[22m')
  })

  it('ends what is longer than anybody reads', () => {
    const huge = 'x'.repeat(2 ** 22)
    const finding: Finding = {
      finding: 'x',
      key: huge,
      reason: huge,
      row: { a: huge },
      expected: { a: huge, b: [huge] },
    }
    const lines = evidenceLines(finding, presentArtifact(finding), style, huge)
    expect(lines.length).toBeLessThan(3000)
  })

  const parts = fc.constantFrom(
    'a',
    'é',
    'e\u0301',
    '漢',
    '😀',
    '\x1b[31m',
    '\n',
    '\u202e',
    ' ',
    '\u00a0',
    '\ud800',
    '/',
    'x'.repeat(70),
    '\x9b2J',
  )
  const text = fc.array(parts, { maxLength: 12 }).map((list) => list.join(''))
  const bytes = fc.uint8Array({ maxLength: 90 }).map((list) => keyToJson(keyFromBytes(list)))
  const value = fc.oneof(
    text,
    fc.integer(),
    fc.constantFrom(null, true, '12345678901234567890', '2026-11-23T15:00:00Z'),
    fc.array(fc.nat(), { maxLength: 3 }),
  )
  const facts = fc.dictionary(
    fc.oneof(fc.constantFrom('size', 'md5', 'took_ms', 'constructor', '__proto__'), text),
    value,
    { maxKeys: 3 },
  )
  const finding = fc
    .tuple(
      fc.oneof(
        text.map((key) => ({ key })),
        bytes,
        fc.constant({}),
      ),
      fc.record(
        {
          found_as: text,
          expected: facts,
          actual: facts,
          row: facts,
          reason: text,
          store: text,
          refs: fc.nat(),
          recover_from: fc.array(text, { maxLength: 2 }),
        },
        { requiredKeys: [] },
      ),
    )
    .map(([key, rest]): Finding => ({ finding: 'missing', ...key, ...rest }))

  it('fits every width, and nothing in it moves the cursor or hides', () => {
    fc.assert(
      fc.property(finding, fc.integer({ min: 60, max: 200 }), fc.boolean(), text, (one, width, unicode, note) => {
        for (const present of [presentArtifact, presentPlainly]) {
          const lines = evidenceLines(one, present(one), createStyle({ width, color: false, unicode }), note)
          for (const line of lines) {
            expect(displayWidth(line)).toBeLessThanOrEqual(width)
            expect(line).not.toMatch(unicode ? /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u : /[^\x20-\x7e]/)
          }
        }
      }),
      { numRuns: 300 },
    )
  })
})
