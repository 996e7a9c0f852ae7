/** Kind `compare` between MySQL and PostgreSQL, type by type: the same is the same, and what is not is found. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysOf } from '../kinds/compare/two-databases.js'
import { type Across, openAcross } from './across.js'
import type { Shop } from './shop.js'

interface Pair {
  readonly mysql: string
  readonly postgres: string
  /** The same value, as SQL of each; or of both. */
  readonly same: readonly (string | readonly [mysql: string, postgres: string])[]
  /** Values of PostgreSQL that are not the first of these. */
  readonly other: readonly string[]
}

const x = (text: string) => `_utf8mb4 X'${Buffer.from(text).toString('hex')}'`
const text = (value: string): [string, string] => [x(value), `E'${[...value].map(escaped).join('')}'`]
const escaped = (char: string) => `\\U${(char.codePointAt(0) ?? 0).toString(16).padStart(8, '0')}`
const UUID = 'a0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'

const PAIRS: readonly Pair[] = [
  { mysql: 'INT', postgres: 'integer', same: ['7', '-2147483648', '0', 'NULL'], other: ['8', 'NULL'] },
  { mysql: 'TINYINT UNSIGNED', postgres: 'smallint', same: ['255'], other: ['-1'] },
  {
    mysql: 'BIGINT UNSIGNED',
    postgres: 'numeric(20)',
    same: ['18446744073709551615', '9007199254740993'],
    other: ['18446744073709551614'],
  },
  { mysql: 'INT(9) ZEROFILL', postgres: 'bigint', same: ['42'], other: ['420'] },
  { mysql: 'YEAR', postgres: 'integer', same: ['2026', ["'0000'", '0']], other: ['26'] },
  {
    mysql: 'DECIMAL(12,4)',
    postgres: 'numeric',
    same: ['1.5', '-0.0001', '0', '1000', '-0.5', ['12.3400', '12.34']],
    other: ['1.5001', '15'],
  },
  { mysql: 'DECIMAL(8,2) ZEROFILL', postgres: 'numeric(8,2)', same: ['1.5'], other: ['1.51'] },
  { mysql: 'DECIMAL(20,0)', postgres: 'bigint', same: ['100', '-7'], other: ['1'] },
  { mysql: 'TINYINT(1)', postgres: 'boolean', same: [['1', 'true'], ['0', 'false'], 'NULL'], other: ['false', 'NULL'] },
  {
    mysql: 'BIT(1)',
    postgres: 'boolean',
    same: [
      ["b'1'", 'true'],
      ["b'0'", 'false'],
    ],
    other: ['false'],
  },
  { mysql: 'BIT(9)', postgres: 'bit(9)', same: [["b'000000101'", "B'000000101'"]], other: ["B'100000101'"] },
  {
    mysql: 'BIT(64)',
    postgres: 'numeric',
    same: [["b'1111111111111111111111111111111111111111111111111111111111111111'", '18446744073709551615']],
    other: ['1'],
  },
  {
    mysql: 'DOUBLE',
    postgres: 'double precision',
    same: [
      '0.1',
      '1500',
      '-0.0000001',
      '5e-324',
      '1.5e-300',
      '123456789.125',
      '9007199254740991',
      '9007199254740994',
      '18014398509482008',
      '1152921504606846976',
      '-9223372036854774784',
      ['-0e0', '0'],
      '0.30000000000000004',
      'NULL',
    ],
    other: ["'NaN'", "'Infinity'", '0.10000000000000002', '-0.1', '1'],
  },
  { mysql: 'DOUBLE', postgres: 'numeric', same: ['0.1', '1500', '-2.5', '123456789.125'], other: ['0.11', "'NaN'"] },
  { mysql: 'FLOAT', postgres: 'real', same: ['0.1', '16777216', '-1.5', '1e-30'], other: ['0.10000001'] },
  { mysql: 'FLOAT', postgres: 'double precision', same: [['0.1', '0.1::real']], other: ['0.1'] },
  { mysql: 'DECIMAL(12,2)', postgres: 'double precision', same: ['12.25', '100', '-0.5'], other: ['12.26'] },
  {
    mysql: 'VARCHAR(60)',
    postgres: 'varchar(60)',
    same: [
      text('x'),
      text(''),
      text(' lead, trail  '),
      text('it\'s \\ "q" 🛒\t\n'),
      text('\\N'),
      text('-'),
      text('1:a'),
      text('é'),
      text('e\u0301'),
      'NULL',
    ],
    other: ["'X'", "'x '", "''", 'NULL'],
  },
  {
    mysql: 'LONGTEXT',
    postgres: 'text',
    same: [[`REPEAT(${x('é🛒')}, 40000)`, "repeat('é🛒', 40000)"], text(''), 'NULL'],
    other: ["repeat('é🛒', 40001)", "''", 'NULL'],
  },
  { mysql: 'CHAR(8)', postgres: 'char(8)', same: ["'ab'", "''", text('é')], other: ["'aB'", "' ab'"] },
  {
    mysql: 'CHAR(8)',
    postgres: 'text',
    same: [
      ["'ab'", "'ab'"],
      ["'c'", "'c       '"],
    ],
    other: ["'a'"],
  },
  { mysql: 'VARCHAR(8)', postgres: 'char(8)', same: ["'ab '"], other: ["'abc'"] },
  { mysql: 'VARCHAR(9) CHARACTER SET latin1', postgres: 'text', same: [text('é©ÿ'), text('€')], other: ["'e'"] },
  { mysql: 'VARCHAR(9) CHARACTER SET ucs2', postgres: 'text', same: [text('日é')], other: ["'e'"] },
  { mysql: "ENUM('a','b','c d')", postgres: 'text', same: ["'c d'", "'a'"], other: ["'C D'"] },
  { mysql: "SET('p','q','r')", postgres: 'text', same: ["'p,r'", "''"], other: ["'r,p'"] },
  {
    mysql: 'VARBINARY(20)',
    postgres: 'bytea',
    same: [["X'00ff'", "'\\x00ff'"], ["X''", "'\\x'"], 'NULL'],
    other: ["'\\x00fe'", "'\\x'"],
  },
  {
    mysql: 'LONGBLOB',
    postgres: 'bytea',
    same: [
      ["REPEAT(X'00ff41', 50000)", "decode(repeat('00ff41', 50000), 'hex')"],
      ["X''", "'\\x'"],
    ],
    other: ["'\\x00ff41'"],
  },
  { mysql: 'BINARY(4)', postgres: 'bytea', same: [["X'01'", "'\\x01000000'"]], other: ["'\\x01'"] },
  {
    mysql: 'CHAR(36)',
    postgres: 'uuid',
    same: [`'${UUID}'`, [`'${UUID.toUpperCase()}'`, `'${UUID}'`]],
    other: ["'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  },
  {
    mysql: 'VARCHAR(32)',
    postgres: 'uuid',
    same: [[`'${UUID.replaceAll('-', '')}'`, `'${UUID}'`]],
    other: ["'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  },
  {
    mysql: 'BINARY(16)',
    postgres: 'uuid',
    same: [[`X'${UUID.replaceAll('-', '')}'`, `'${UUID}'`]],
    other: ["'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"],
  },
  { mysql: 'UUID', postgres: 'uuid', same: [`'${UUID}'`], other: ["'b0eebc99-9c0b-4ef8-bb6d-6bb9bd380a11'"] },
  {
    mysql: 'DATE',
    postgres: 'date',
    same: ["'2026-02-03'", "'1000-01-01'", "'9999-12-31'", 'NULL'],
    other: ["'2026-02-04'", "'infinity'"],
  },
  { mysql: 'DATETIME', postgres: 'timestamp', same: ["'2026-02-03 04:05:06'"], other: ["'2026-02-03 04:05:06.001'"] },
  {
    mysql: 'DATETIME(6)',
    postgres: 'timestamp(6)',
    same: ["'2026-02-03 04:05:06.123400'", "'2026-02-03 04:05:00'", "'2026-02-03 00:00:00.000001'"],
    other: ["'2026-02-03 04:05:06.123401'", "'infinity'"],
  },
  {
    mysql: 'TIMESTAMP(3) NULL',
    postgres: 'timestamptz',
    same: [["'2026-02-03 04:05:06.5'", "'2026-02-03 05:05:06.5+01'"]],
    other: ["'2026-02-03 04:05:06.5+01'"],
  },
  { mysql: 'TIME(6)', postgres: 'time', same: ["'04:05:06.5'", "'00:00:00'"], other: ["'04:05:06.500001'"] },
  { mysql: 'LONGTEXT', postgres: 'json', same: ['\'{"b": 1.50,  "a":[]}\''], other: ['\'{"b": 1.5,  "a":[]}\''] },
]

export function compareTypes(use: () => Shop): void {
  describe('kind compare, type by type', () => {
    let across: Across
    beforeAll(async () => {
      across = await openAcross(use())
    })
    afterAll(() => across?.close())

    it.each(PAIRS.map((pair) => [pair.mysql, pair.postgres, pair] as const))(
      '%s and %s',
      async (mysql, postgres, { same, other }) => {
        const both = same.map((value) => (typeof value === 'string' ? ([value, value] as const) : value))
        const [first] = both
        const rows = [
          ...both.map(([mine, theirs], id) => ({ id, mine, theirs })),
          ...other.map((theirs, id) => ({ id: 1000 + id, mine: first?.[0], theirs })),
          ...(both.some(([mine]) => mine === 'NULL') ? [{ id: 2000, mine: 'NULL', theirs: first?.[1] }] : []),
        ]
        await across.fresh(
          [
            "SET time_zone = '+00:00'",
            `CREATE TABLE t (id INT PRIMARY KEY, v ${mysql}) CHARACTER SET utf8mb4`,
            `INSERT INTO t VALUES ${rows.map(({ id, mine }) => `(${id}, ${mine})`).join(', ')}`,
          ],
          `set time zone 'UTC'; create table t (id int primary key, v ${postgres});
         ${rows.map(({ id, theirs }) => `insert into t values (${id}, ${theirs})`).join('; ')}`,
        )
        const ran = await across.compare()
        expect(ran.observation.gaps).toEqual([])
        expect(keysOf(ran)).toEqual({
          changed: rows
            .filter(({ id }) => id >= 1000)
            .map(({ id }) => String(id))
            .sort(),
        })
        expect(ran.findings[0]?.actual).toEqual({ columns: ['v'] })
      },
    )
  })
}
