/** Kind `compare` between MySQL and PostgreSQL: what it finds, what it cannot tell, and what it says beside. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysOf } from '../kinds/compare/two-databases.js'
import { type Across, openAcross } from './across.js'
import { ALSO, CASES, THREE } from './compare-cases.js'
import type { Shop } from './shop.js'

export function comparesAcross(use: () => Shop): void {
  describe('kind compare, with MySQL on one side', () => {
    let across: Across
    beforeAll(async () => {
      across = await openAcross(use())
    })
    afterAll(() => across?.close())

    it.each(CASES)('$name', async ({ mysql, postgres, spec, keys = {}, gaps = [], subjects = {}, notes = [] }) => {
      await across.fresh(mysql, postgres)
      const ran = await across.compare(spec)
      expect(keysOf(ran)).toEqual(keys)
      expect(ran.observation.gaps).toHaveLength(gaps.length)
      expect(ran.observation.gaps).toEqual(expect.arrayContaining([...gaps]))
      expect(ran.observation.subjects).toMatchObject(subjects)
      expect(ran.observation.notes).toEqual(expect.arrayContaining([...notes]))
      expect(ran.observation.method).toBe('SHA-256 of rows as text that both engines write alike')
    })

    it('the other way round as well, where nothing is made to mend it', async () => {
      await across.fresh(THREE, `${ALSO}; update t set a = 'z' where id = 1`)
      const ran = await across.compare(
        { source: { connection: 'new' }, target: { connection: 'old' } },
        { showData: true },
      )
      expect(ran.findings).toEqual([{ finding: 'changed', key: '1', actual: { columns: ['a'] } }])
    })

    it('statements that mend PostgreSQL do', async () => {
      const columns =
        'id INT PRIMARY KEY, a VARCHAR(30), b VARBINARY(9), d DATETIME(3), f DOUBLE, t TINYINT(1), n DECIMAL(9,2)'
      await across.fresh(
        [
          `CREATE TABLE t (${columns}) CHARACTER SET utf8mb4`,
          "INSERT INTO t VALUES (1, 'it''s \\\\ \\n 🛒', X'00ff', '2026-01-01 00:00:00.5', 1.5e-9, 1, -1.50), (2, '', NULL, NULL, NULL, 0, 0), (3, 'c', X'', '2026-01-01', 9, NULL, 7)",
        ],
        "create table t (id int primary key, a text, b bytea, d timestamp, f float8, t boolean, n numeric); insert into t values (3, 'C', '\\x01', null, 8, true, 6); insert into t (id) values (4)",
      )
      const { findings } = await across.compare({}, { showData: true })
      expect(findings).toHaveLength(4)
      for (const { fix } of findings) await across.postgres.client.query(fix ?? 'no fix')
      expect((await across.compare()).findings).toEqual([])
    })

    it('what was on its way when it was first seen is no difference', async () => {
      await across.fresh(THREE, `${ALSO}; delete from t where id < 3`)
      const beforeAgain = async () => {
        await across.postgres.client.query("insert into t values (1, 'x')")
      }
      const ran = await across.compare({}, { beforeAgain })
      expect(keysOf(ran)).toEqual({ missing: ['2'] })
      expect(ran.observation.subjects).toMatchObject({ in_flight: 1 })
    })

    it('findings can be looked at again', async () => {
      await across.fresh(THREE, `${ALSO}; delete from t where id < 3`)
      const { findings } = await across.compare()
      await across.postgres.client.query("insert into t values (1, 'x'), (2, 'z')")
      const again = await across.recheck(findings)
      expect(again.map(({ stands, now }) => [stands, now])).toEqual([
        [false, []],
        [false, ['changed']],
      ])
    })

    it('many keys are asked for again, of a table whose sums are of many buckets', async () => {
      await across.fresh(
        [
          'CREATE TABLE t (id INT PRIMARY KEY, a VARCHAR(40))',
          "INSERT INTO t SELECT seq, CONCAT('row ', seq) FROM seq_1_to_20000",
        ],
        "create table t (id int primary key, a text); insert into t select i, 'row ' || i from generate_series(1, 20000) i where i % 20 <> 0",
      )
      const ran = await across.compare()
      expect(keysOf(ran)['missing']).toHaveLength(1000)
      expect(ran.observation.subjects).toMatchObject({ missing: 1000, extra: 0, changed: 0, matched: 19_000 })
    })

    it.each([
      ['a table that is not there', { source: { table: 'nowhere' } }, /Table 'shop\.nowhere' doesn't exist/],
      ['a column that is not there', { columns: ['b'] }, /there is no column "b" in t/],
      ['SQL that is none', { source: { where: 'nothing = 1' } }, /Unknown column 'nothing'/],
      ['rows it would lock', { source: { where: 'id in (select id from orders for update)' } }, /it would lock rows/],
      [
        'rows it would lock, in a transform',
        { transform: { a: { source: '(select id from orders limit 1 for update)' } } },
        /^it tried to write/,
      ],
      [
        'a tolerance of something else',
        { tolerance: { a: 0.1 } },
        /"a" is of type varchar\(20\), and the tolerance is one of a number/,
      ],
    ])('%s is an error', async (_, spec, message) => {
      await across.fresh(THREE, ALSO)
      await expect(across.compare(spec)).rejects.toThrow(message)
    })

    it('a column the user may not see is not passed over', async () => {
      await across.fresh(THREE, ALSO)
      const source = { connection: 'narrow', table: 'staff' }
      await expect(across.compare({ source })).rejects.toThrow(/SELECT command denied to user 'narrow'/)
    })

    it('a key that has no text in common is refused', async () => {
      await across.fresh(['CREATE TABLE t (id BLOB)'], 'create table t (id text primary key)')
      await expect(across.compare()).rejects.toThrow(/rows cannot be told apart by "id" \(blob and text have no text/)
    })

    it('a row the server cannot hash is told, not counted as nothing', async () => {
      const names = Array.from({ length: 20 }, (_, n) => `c${n}`)
      await across.fresh(
        [
          `CREATE TABLE t (id INT PRIMARY KEY, ${names.map((name) => `${name} VARCHAR(1000)`).join(', ')}) CHARACTER SET latin1`,
          `INSERT INTO t SELECT seq, ${names.map(() => "REPEAT('x', 1000)").join(', ')} FROM seq_1_to_3`,
        ],
        `create table t (id int primary key, ${names.map((name) => `${name} text`).join(', ')});
         insert into t select i, ${names.map(() => "repeat('x', 1000)").join(', ')} from generate_series(1, 3) i`,
      )
      expect((await across.compare()).findings).toEqual([])
      await use().write('SET GLOBAL max_allowed_packet = 16384')
      try {
        await expect(across.compare()).rejects.toThrow(/the server of old could not hash [123] rows? of t/)
      } finally {
        await use().write('SET GLOBAL max_allowed_packet = 16777216')
      }
    })

    it('a view whose making the user may not see is compared all the same', async () => {
      await across.fresh(THREE, ALSO)
      expect(
        (await across.compare({ source: { connection: 'narrow', table: 'staff_list' }, key: ['id'] })).observation
          .subjects,
      ).toMatchObject({ rows: 0, extra: 3 })
    })

    it('is ended in both servers when it is told to stop', async () => {
      await across.fresh(
        ['CREATE TABLE t (id INT PRIMARY KEY)', 'INSERT INTO t VALUES (1), (2)'],
        'create table t (id int primary key)',
      )
      const controller = new AbortController()
      const spec = { source: { where: 'sleep(60) = 0' } }
      const failed = expect(across.compare(spec, { signal: controller.signal })).rejects.toThrow(/stopped|enough/)
      setTimeout(() => controller.abort(new Error('enough')), 300)
      await failed
    })
  })
}
