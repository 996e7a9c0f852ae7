/** Random cells of random tables are changed; exactly those rows are found. */
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { quoteIdentifier, quoteLiteral } from '../../../src/postgres/quote.js'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo()
})
afterAll(() => two?.close())

const word = fc.string({ unit: 'grapheme', maxLength: 6 }).map((text) => text.replaceAll('\0', ''))
const array = (of: fc.Arbitrary<string>) =>
  fc.array(of, { maxLength: 3 }).map((all) => `{${all.map((one) => JSON.stringify(one)).join(',')}}`)

/** Values of a type as text that PostgreSQL reads; no two of one type that are equal to it and differ as text. */
const TYPES: Readonly<Record<string, fc.Arbitrary<string>>> = {
  text: word,
  'varchar(80)': word,
  integer: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }).map(String),
  bigint: fc.bigInt({ min: -(2n ** 62n), max: 2n ** 62n }).map(String),
  smallint: fc.integer({ min: -32768, max: 32767 }).map(String),
  'numeric(30,6)': fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map((n) => `${n}.5`),
  'double precision': fc
    .double({ noNaN: true, noDefaultInfinity: true })
    .filter((n) => !Object.is(n, -0))
    .map(String),
  boolean: fc.boolean().map(String),
  bytea: fc.uint8Array({ maxLength: 8 }).map((bytes) => `\\x${Buffer.from(bytes).toString('hex')}`),
  uuid: fc.uuid(),
  timestamptz: fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString()),
  date: fc
    .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
    .map((date) => date.toISOString().slice(0, 10)),
  jsonb: fc
    .record({ a: fc.option(word), b: fc.integer() })
    .map((value) => JSON.stringify(value).replaceAll('\\u0000', '')),
  json: fc.record({ a: fc.boolean(), b: fc.integer() }).map((value) => JSON.stringify(value)),
  'text[]': array(fc.stringMatching(/^[a-z]{0,4}$/)),
  inet: fc.ipV4(),
  'bit(4)': fc.stringMatching(/^[01]{4}$/),
}

const table = fc.uniqueArray(fc.constantFrom(...Object.keys(TYPES)), { minLength: 1, maxLength: 6 }).chain((types) =>
  fc.record({
    types: fc.constant(types),
    names: fc.uniqueArray(
      word.filter((name) => /\S/.test(name) && name !== 'id'),
      { minLength: types.length, maxLength: types.length },
    ),
    rows: fc.array(fc.tuple(...types.map((type) => fc.option(TYPES[type] as fc.Arbitrary<string>))), {
      minLength: 1,
      maxLength: 12,
    }),
    /** Row, column and what it becomes. */
    changes: fc.array(
      fc
        .nat()
        .chain((column) =>
          fc.tuple(
            fc.nat(),
            fc.constant(column % types.length),
            fc.option(TYPES[types[column % types.length] as string] as fc.Arbitrary<string>),
          ),
        ),
      { maxLength: 4 },
    ),
    lost: fc.array(fc.nat(), { maxLength: 2 }),
    digest: fc.constantFrom('auto', 'portable'),
  }),
)

const literal = (value: string | null): string => (value === null ? 'NULL' : quoteLiteral(value))

test('exactly the rows that were changed are found', async () => {
  await fc.assert(
    fc.asyncProperty(table, async ({ types, names, rows, changes, lost, digest }) => {
      const columns = types.map((type, index) => `${quoteIdentifier(names[index] ?? '')} ${type}`)
      const values = rows.map((row, id) => `(${[id, ...row.map(literal)].join(', ')})`)
      await two.both(
        `drop table if exists t; create table t (id int primary key, ${columns.join(', ')}); insert into t values ${values.join(', ')}`,
      )
      for (const [row, column, value] of changes) {
        await two.target.client.query(
          `update t set ${quoteIdentifier(names[column] ?? '')} = ${literal(value)} where id = ${row % rows.length}`,
        )
      }
      const gone = [...new Set(lost.map((row) => row % rows.length))]
      if (gone.length > 0) await two.target.client.query(`delete from t where id in (${gone.join(', ')})`)
      // What differs, as PostgreSQL itself compares the two, value by value, as text.
      const read = async (side: 'source' | 'target') => {
        const { rows: all } = await two[side].client.query(
          `select id::text, (${names.map((name) => `coalesce(quote_literal(${quoteIdentifier(name)}::text), '-')`).join(" || ',' || ")}) as all from t`,
        )
        return new Map<string, string>(all.map((row) => [row.id, row.all]))
      }
      const [before, after] = [await read('source'), await read('target')]
      const changed = [...after].filter(([id, all]) => before.get(id) !== all).map(([id]) => id)
      const wanted = {
        ...(changed.length > 0 ? { changed: changed.sort() } : {}),
        ...(gone.length > 0 ? { missing: gone.map(String).sort() } : {}),
      }
      expect(keysOf(await two.compare({ digest }))).toEqual(wanted)
    }),
    { numRuns: 60, seed: 7 },
  )
})
