/** Random cells of random tables in MySQL are changed on the way to PostgreSQL; exactly those rows are found. */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { quoteIdentifier, quoteLiteral } from '../../src/postgres/quote.js'
import { keysOf } from '../kinds/compare/two-databases.js'
import { type Across, openAcross } from './across.js'
import type { Shop } from './shop.js'

/** A value, made once, as each of the two is given it, and as it is told from others. */
interface Value {
  readonly mysql: string
  readonly postgres: string
  readonly is: string
}

interface Type {
  readonly mysql: string
  readonly postgres: string
  readonly values: fc.Arbitrary<Value>
}

const HOSTILE = [
  "'; drop table t; --",
  '\\',
  '\\N',
  'NULL',
  "''",
  '"',
  '\t\n\r',
  '-',
  '=1;',
  '3:abc',
  ' ',
  'a ',
  '%_',
  '🛒',
  'e\u0301',
  'é',
  '\u2028',
  '?',
  ':id',
  '$1',
  '`',
]
const word = fc.oneof(
  { weight: 2, arbitrary: fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replaceAll('\0', '')) },
  { weight: 1, arbitrary: fc.constantFrom(...HOSTILE) },
)
const bytes = fc.uint8Array({ maxLength: 8 }).map((all) => Buffer.from(all).toString('hex'))

const plain = (is: string): Value => ({ mysql: is, postgres: is, is })
const quoted = (is: string): Value => ({ mysql: `'${is}'`, postgres: `'${is}'`, is })
const ofText = (text: string, is = text): Value => ({
  mysql: `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`,
  postgres: quoteLiteral(text),
  is,
})
const ofBytes = (hex: string): Value => ({ mysql: `X'${hex}'`, postgres: `'\\x${hex}'`, is: hex })
const integers = (min: bigint, max: bigint) => fc.bigInt({ min, max }).map((n) => plain(String(n)))
const moments = (digits: number) =>
  fc
    .tuple(fc.date({ min: new Date(1e9), max: new Date(2e12), noInvalidDate: true }), fc.nat({ max: 10 ** digits - 1 }))
    .map(([date, fraction]) =>
      quoted(`${date.toISOString().slice(0, 19).replace('T', ' ')}.${String(fraction).padStart(digits, '0')}`),
    )

const TYPES: readonly Type[] = [
  { mysql: 'INT', postgres: 'integer', values: integers(-(2n ** 31n), 2n ** 31n - 1n) },
  { mysql: 'BIGINT UNSIGNED', postgres: 'numeric(20)', values: integers(0n, 2n ** 64n - 1n) },
  {
    mysql: 'DECIMAL(30,6)',
    postgres: 'numeric',
    values: fc
      .tuple(fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }), fc.constantFrom('', '.5', '.000001', '.120000'))
      .map(([n, f]) => ({ ...plain(`${n}${f}`), is: `${n}${f.replace(/0+$/, '')}` })),
  },
  {
    mysql: 'TINYINT(1)',
    postgres: 'boolean',
    values: fc.boolean().map((is) => ({ mysql: is ? '1' : '0', postgres: String(is), is: String(is) })),
  },
  {
    mysql: 'BIT(4)',
    postgres: 'bit(4)',
    values: fc.stringMatching(/^[01]{4}$/).map((is) => ({ mysql: `b'${is}'`, postgres: `B'${is}'`, is })),
  },
  {
    mysql: 'DOUBLE',
    postgres: 'double precision',
    values: fc
      .oneof(
        fc.double({ noNaN: true, noDefaultInfinity: true, min: -9e18, max: 9e18 }),
        fc.double({ noNaN: true, min: 2 ** 53, max: 2 ** 62 }).map(Math.floor),
        fc.integer({ min: -1074, max: 62 }).map((power) => 2 ** power),
      )
      .map((n) => plain(n === 0 ? '0' : String(n).replace(/^([^e.]+)$/, '$1e0'))),
  },
  {
    mysql: 'FLOAT',
    postgres: 'real',
    values: fc
      .float({ noNaN: true, noDefaultInfinity: true, min: -(2 ** 62), max: 2 ** 62 })
      .map((n) => plain(n === 0 ? '0' : String(n))),
  },
  { mysql: 'VARCHAR(40)', postgres: 'varchar(40)', values: word.map((text) => ofText(text)) },
  { mysql: 'LONGTEXT', postgres: 'text', values: word.map((text) => ofText(text)) },
  { mysql: 'CHAR(40)', postgres: 'char(40)', values: word.map((text) => ofText(text, text.replace(/ +$/, ''))) },
  {
    mysql: 'VARCHAR(9) CHARACTER SET latin1',
    postgres: 'text',
    values: fc.stringMatching(/^[ -~é©ÿ]{0,6}$/).map((text) => ofText(text)),
  },
  { mysql: 'VARBINARY(9)', postgres: 'bytea', values: bytes.map(ofBytes) },
  { mysql: 'LONGBLOB', postgres: 'bytea', values: bytes.map(ofBytes) },
  { mysql: 'CHAR(36)', postgres: 'uuid', values: fc.uuid().map(quoted) },
  {
    mysql: 'BINARY(16)',
    postgres: 'uuid',
    values: fc.uuid().map((is) => ({ mysql: `X'${is.replaceAll('-', '')}'`, postgres: `'${is}'`, is })),
  },
  { mysql: 'DATE', postgres: 'date', values: moments(1).map(({ is }) => quoted(is.slice(0, 10))) },
  { mysql: 'DATETIME(6)', postgres: 'timestamp', values: moments(6) },
  { mysql: 'TIMESTAMP(3) NULL', postgres: 'timestamptz', values: moments(3) },
  { mysql: 'TIME(2)', postgres: 'time', values: moments(2).map(({ is }) => quoted(is.slice(11))) },
  { mysql: "ENUM('a','b','c d')", postgres: 'text', values: fc.constantFrom('a', 'b', 'c d').map((is) => quoted(is)) },
  {
    mysql: 'LONGTEXT',
    postgres: 'json',
    values: fc.record({ a: fc.boolean(), b: fc.option(word) }).map((value) => ofText(JSON.stringify(value))),
  },
]

const NULL: Value = { mysql: 'NULL', postgres: 'NULL', is: 'NULL ' }
const cell = ({ values }: Type) => fc.option(values, { nil: NULL, freq: 6 })

const table = fc.uniqueArray(fc.constantFrom(...TYPES), { minLength: 1, maxLength: 7 }).chain((types) =>
  fc.record({
    types: fc.constant(types),
    rows: fc.array(fc.tuple(...types.map(cell)), { minLength: 1, maxLength: 14 }),
    /** Row, column and what it becomes. */
    changes: fc.array(
      fc
        .nat({ max: types.length - 1 })
        .chain((column) => fc.tuple(fc.nat(), fc.constant(column), cell(types[column] as Type))),
      { maxLength: 4 },
    ),
    lost: fc.array(fc.nat(), { maxLength: 2 }),
    hostile: fc.boolean(),
  }),
)

export function comparesExactly(use: () => Shop): void {
  describe('kind compare, from MySQL to PostgreSQL', () => {
    let across: Across
    beforeAll(async () => {
      across = await openAcross(use())
    })
    afterAll(() => across?.close())

    it('finds exactly the rows that were changed', async () => {
      await fc.assert(
        fc.asyncProperty(table, async ({ types, rows, changes, lost, hostile }) => {
          const name = (index: number) => quoteIdentifier(hostile ? `C "${index}' \\ é` : `c${index}`)
          // A key whose order no two collations agree on.
          const key = (row: number) => ofText(`${row % 2 === 0 ? 'É' : 'e'} ${row}'\\`)
          const columns = (engine: 'mysql' | 'postgres') =>
            types.map((type, index) => `${name(index)} ${type[engine]}`).join(', ')
          const values = (engine: 'mysql' | 'postgres') =>
            rows.map((row, id) => `(${[key(id)[engine], ...row.map((value) => value[engine])].join(', ')})`).join(', ')
          await across.fresh(
            [
              "SET sql_mode = 'ANSI_QUOTES,NO_BACKSLASH_ESCAPES'",
              `CREATE TABLE t (id VARCHAR(30) COLLATE utf8mb4_bin PRIMARY KEY, ${columns('mysql')}) CHARACTER SET utf8mb4`,
              `INSERT INTO t VALUES ${values('mysql')}`,
              'SET sql_mode = DEFAULT',
            ],
            `set time zone 'UTC'; create table t (id text primary key, ${columns('postgres')}); insert into t values ${values('postgres')}`,
          )
          const after = rows.map((row) => [...row])
          for (const [row, column, value] of changes) {
            const at = row % rows.length
            const cells = after[at]
            if (cells !== undefined) cells[column] = value
            await across.postgres.client.query(
              `update t set ${name(column)} = ${value.postgres} where id = ${key(at).postgres}`,
            )
          }
          const gone = new Set(lost.map((row) => row % rows.length))
          for (const row of gone) await across.postgres.client.query(`delete from t where id = ${key(row).postgres}`)
          const changed = rows.flatMap((row, id) =>
            !gone.has(id) && row.some((value, column) => value.is !== after[id]?.[column]?.is) ? [key(id).is] : [],
          )
          const ran = await across.compare()
          expect(ran.observation.gaps).toEqual([])
          expect(keysOf(ran)).toEqual({
            ...(changed.length > 0 ? { changed: changed.sort() } : {}),
            ...(gone.size > 0 ? { missing: [...gone].map((id) => key(id).is).sort() } : {}),
          })
        }),
        { numRuns: 60, seed: 11 },
      )
    })
  })
}
