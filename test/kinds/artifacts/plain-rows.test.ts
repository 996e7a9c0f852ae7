import fc from 'fast-check'
import { expect, it } from 'vitest'
import { encodeRow } from '../../../src/kinds/artifacts/claim.js'
import { compileRowReader } from '../../../src/kinds/artifacts/declared.js'
import { plainRows } from '../../../src/kinds/artifacts/plain-rows.js'
import type { Rules } from '../../../src/kinds/artifacts/rules.js'
import { keyFromLatin1 } from '../../../src/lib/key.js'
import { keyAt, restAt } from '../../../src/lib/records.js'
import { recordsOf } from '../../../src/lib/spool-arena.js'
import { createLog } from '../../../src/lib/spool-log.js'
import { rowsOf, rowsOfPiece } from '../../../src/postgres/copy-text.js'
import type { RowLines } from '../../../src/postgres/source.js'
import { isPlain, refuse as refuseFile } from '../../../src/stores/files/keys.js'
import { refuse as refuseUrl } from '../../../src/stores/http/url.js'

const EMPTY = recordsOf([])
const rules = { rewrite: undefined, storeOf: () => 'uploads' } as unknown as Rules

function linesOf(text: string, columns: number): RowLines {
  const bytes = Buffer.from(text, 'latin1')
  const lines = { bytes, spans: Uint32Array.of(0, bytes.length), count: 1 }
  const bytea = Array.from({ length: columns }, () => false)
  return { ...lines, rows: () => rowsOf(lines, bytea), rowsOfPiece: (index) => rowsOfPiece(lines, index, bytea) }
}

/** The record a plain row becomes; undefined where it is none. */
function plain(query: Parameters<typeof plainRows>[0], text: string): readonly [key: string, rest: string] | undefined {
  const lines = linesOf(text, query.size === undefined ? 1 : 2)
  const shape = plainRows(query, rules)
  const log = createLog()
  if (shape === undefined || log.addLines(lines, 0, shape) === 0) return undefined
  const [records = EMPTY] = log.chunks().map((chunk) => chunk.read())
  return [keyAt(records, 0), restAt(records, 0)]
}

const character = fc.oneof(
  { arbitrary: fc.constantFrom('a', 'b', '1', '/', '.'), weight: 6 },
  fc.constantFrom('a', 'B', '7', '-', ' ', '/', '.', '\\', '\n', '\t', '\r', '\0', '\x7f', '\xc3', '\xa9', '\xff'),
  fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code)),
)
const word = fc.string({ unit: character, maxLength: 8 })
const size = fc.oneof(
  fc.nat().map(String),
  fc.constantFrom(
    '0',
    '00',
    '7',
    '1234',
    '-1',
    '1.5',
    '1e3',
    '999999999999999',
    '9999999999999999',
    '',
    '\\N',
    ' 1',
    '+1',
  ),
  word,
)

it('takes as plain only rows that come to the same the long way, and that no store refuses', () => {
  let taken = 0
  fc.assert(
    fc.property(word, fc.option(size, { nil: undefined }), (name, bytes) => {
      const query = bytes === undefined ? { key: 'path' } : { key: 'path', size: 'bytes' }
      const text = `${bytes === undefined ? name : `${name}\t${bytes}`}\n`
      const found = plain(query, text)
      if (found === undefined) return
      taken++
      const reader = compileRowReader(query, { explains: false, graceMs: 0, now: 0 })
      const rows = linesOf(text, reader.columns.length).rows()
      expect(rows).toHaveLength(1)
      const row = rows[0] ?? []
      expect(found).toEqual([reader.key(row), encodeRow(reader.claim(row))])
      const key = keyFromLatin1(found[0])
      expect(key).not.toBe('')
      expect([refuseFile(key), refuseUrl(key), isPlain(key)]).toEqual([undefined, undefined, true])
    }),
    { numRuns: 5000 },
  )
  expect(taken).toBeGreaterThan(100)
})

it.each([
  ['of an everyday key', { key: 'path' }, '2024/07/cat photo.jpg\n', true],
  ['with a size', { key: 'path', size: 'bytes' }, 'a/b\t12\n', true],
  ['with a size that is NULL', { key: 'path', size: 'bytes' }, 'a/b\t\\N\n', false],
  ['with a size of another unit', { key: 'path', size: { column: 'kb', unit: 'KiB' as const } }, 'a/b\t12\n', false],
  [
    'with a size that may be off',
    { key: 'path', size: { column: 'kb', unit: 'B' as const, tolerance: 5 } },
    'a/b\t12\n',
    false,
  ],
  [
    'with a checksum',
    { key: 'path', checksum: { column: 'sum', algorithm: 'md5' as const, encoding: 'hex' as const } },
    'a/b\n',
    false,
  ],
  ['with a time', { key: 'path', time: 'at' }, 'a/b\n', false],
  ['that leads out', { key: 'path' }, 'a/../b\n', false],
  ['of two rows', { key: 'path' }, 'a\nb\n', false],
  ['of a hidden file', { key: 'path' }, 'a/.b\n', false],
  ['that is absolute', { key: 'path' }, '/a\n', false],
  ['of a directory', { key: 'path' }, 'a/\n', false],
  ['of no name', { key: 'path' }, '\n', false],
])('a row %s', (_, query, text, isPlainRow) => {
  expect(plain(query, text) !== undefined).toBe(isPlainRow)
})

it('takes none where keys are rewritten, or the row says the store', () => {
  const lines = { key: 'path' }
  expect(plainRows(lines, { ...rules, rewrite: (key) => ({ key, applied: true }) })).toBeUndefined()
  expect(plainRows({ ...lines, store: 'disk' }, rules)).toBeUndefined()
  expect(plainRows(lines, { ...rules, storeOf: () => undefined })).toBeUndefined()
})
