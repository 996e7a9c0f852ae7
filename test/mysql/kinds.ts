/** The kinds `rows` and `sql` on a MySQL connection. */
import { Big } from 'big.js'
import { describe, expect, it } from 'vitest'
import { rows } from '../../src/kinds/rows/kind.js'
import { sql } from '../../src/kinds/sql/kind.js'
import type { Shop } from './shop.js'

export function kindsOnMysql(use: () => Shop): void {
  describe('kind rows', () => {
    it.each([
      [{ table: 'orders' }, 3],
      [{ table: 'shop.orders' }, 3],
      [{ table: '"Odd ""name"""' }, 0],
      [{ table: 'orders', where: "state = 'void' -- only these" }, 1],
      [{ table: 'orders', where: 'state = :state and id < :most', params: { state: 'paid', most: 5 } }, 1],
      [{ table: 'orders', where: '(id > 1) = :yes', params: { yes: true } }, 2],
      [{ table: 'orders', where: 'note = :note', params: { note: "it's a \\ backslash" } }, 1],
      [{ table: 'orders', where: "note = 'it''s a \\ backslash'" }, 1],
    ])('%j', async (fields, expected) => {
      expect((await use().run(rows, fields)).observation.subjects['count']).toBe(expected)
    })

    it.each([
      [{ table: 'ordrs' }, /Table 'shop\.ordrs' doesn't exist/, ['table']],
      [{ table: 'orders', where: 'stat = 1' }, /Unknown column 'stat'/, ['where']],
      [
        { table: 'orders', where: 'id in (:ids)', params: { ids: [1, 2] } },
        /a list, which MySQL cannot be given/,
        ['where'],
      ],
    ])('%j is an error with its place', async (fields, message, path) => {
      const failure = use().run(rows, fields)
      await expect(failure).rejects.toThrow(message)
      await expect(failure).rejects.toMatchObject({ at: { path } })
    })
  })

  describe('kind sql', () => {
    it('tells violations with exact values, of whatever type', async () => {
      const { observation, findings } = await use().run(sql, {
        violations: 'select * from orders order by id',
        show: { columns: ['id', 'total', 'note', 'photo', 'due'], limit: 3 },
      })
      expect(observation.subjects['violations']).toBe(3)
      expect(findings.map(({ row }) => row)).toEqual([
        { id: 1, total: 12.5000000001, note: 'a "note" of Zoë 🛒', photo: '\\x00ff', due: '2026-02-03 04:05:06' },
        { id: 2, total: -0.1, note: "it's a \\ backslash", photo: null, due: null },
        { id: '9007199254740993', total: 1, note: null, photo: '\\x', due: null },
      ])
    })

    it('streams rows of which nothing is shown', async () => {
      const { observation, findings, largest } = await use().run(sql, {
        violations:
          'with recursive n as (select 1 as i union all select i + 1 from n where i < 900) select a.i from n a, n b where b.i <= 20',
      })
      expect(observation.subjects['violations']).toBe(18_000)
      expect(findings).toHaveLength(18_000)
      expect(largest).toBeLessThanOrEqual(1000)
    })

    it.each([
      ['a bigint', 'select max(id) from orders', 9007199254740993n],
      ['a decimal', 'select max(total) from orders', new Big('12.5000000001')],
      ['a count', 'select count(*) from orders', 3n],
      ['a text', "select 'é'", 'é'],
    ])('gives %s exactly', async (_, query, value) => {
      expect((await use().run(sql, { sql: query })).observation.subjects['value']).toEqual(value)
    })

    it('asks first what there is to examine', async () => {
      const { observation } = await use().run(sql, {
        violations: 'select id from hits',
        examined: 'select count(*) from hits',
      })
      expect(observation.skip).toMatch(/nothing to examine/)
    })
  })
}
