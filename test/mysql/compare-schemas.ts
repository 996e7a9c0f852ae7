/** Kind `compare`: all tables of a database of MySQL and of a schema of PostgreSQL. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { keysOf } from '../kinds/compare/two-databases.js'
import { type Across, openAcross } from './across.js'
import type { Shop } from './shop.js'

export function comparesSchemas(use: () => Shop): void {
  describe('kind compare, a database of MySQL and a schema of PostgreSQL', () => {
    let across: Across
    beforeAll(async () => {
      across = await openAcross(use())
      await use().write(
        ...['w_same', 'w_Changed', 'w_lost', 'w_odd'].map(
          (name) => `CREATE TABLE ${name} (Id INT PRIMARY KEY, doc LONGTEXT)`,
        ),
        ...['w_same', 'w_Changed', 'w_lost', 'w_odd'].map((name) => `INSERT INTO ${name} VALUES (1, 'a'), (2, 'b')`),
        'CREATE VIEW w_view AS SELECT * FROM w_same',
      )
      await across.postgres.client.query(`
        create table w_same (id int primary key, doc text); insert into w_same values (1, 'a'), (2, 'b');
        create table w_changed (id int primary key, doc text); insert into w_changed values (1, 'a'), (2, 'B'), (3, 'c');
        create table w_odd (id int primary key, doc jsonb); insert into w_odd values (1, '{}');
        create table w_new (id int primary key)`)
    })
    afterAll(() => across?.close())

    const spec = (connection: string) => ({
      source: { connection, tables: 'shop.w_*' },
      target: { tables: 'public.w_*' },
    })

    it('tables are paired by their names, whatever their case, and each is compared', async () => {
      const ran = await across.compare(spec('old'))
      expect(keysOf(ran)).toEqual({
        tables_missing: ['public.w_lost'],
        tables_extra: ['public.w_new'],
        changed: ['public.w_changed 2'],
        extra: ['public.w_changed 3'],
        missing: ['public.w_odd 2'],
      })
      expect(ran.observation.subjects).toMatchObject({ tables: 3, rows: 6, target_rows: 6 })
      expect(ran.observation.gaps).toEqual([expect.stringMatching(/^public\.w_odd: not compared: "doc" \(longtext/)])
    })

    it('by as many sessions as the connections may have, which says at which moments they saw them', async () => {
      const many = {
        source: { connection: 'many', tables: 'shop.w_*' },
        target: { connection: 'new-many', tables: 'public.w_*' },
      }
      const [ran, one] = [await across.compare(many), await across.compare(spec('old'))]
      expect(keysOf(ran)).toEqual(keysOf(one))
      expect(ran.observation.subjects).toEqual(one.observation.subjects)
      const moments = /^(\d+) sessions of many compared the tables, each as of a moment of its own/
      expect(ran.observation.notes).toContainEqual(expect.stringMatching(moments))
      expect(ran.observation.notes?.map((note) => moments.exec(note)?.[1]).find(Boolean)).toBe('3')
      expect(one.observation.notes?.join()).not.toMatch(/sessions of/)
    })

    it('findings can be looked at again', async () => {
      const { findings } = await across.compare(spec('old'))
      const again = await across.recheck(findings, spec('old'))
      expect(again.map(({ stands }) => stands)).toEqual(findings.map(() => true))
    })

    it('tables a user cannot see are not thought to be none', async () => {
      const ran = await across.compare({
        source: { connection: 'narrow', tables: 'shop.*' },
        target: { tables: 'public.*' },
      })
      expect(ran.observation.gaps).toContain(
        'the user of narrow sees of shop only the tables it has a right on: GRANT SELECT ON shop.*',
      )
    })
  })
}
