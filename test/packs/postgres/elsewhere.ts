/** The pack on other databases than the healthy one: sorted by another library, the demo's, a standby. */
import pg from 'pg'
import { expect, test } from 'vitest'
import { generateShop } from '../../../fixtures/shop/generate.js'
import { loadDatabase } from '../../../fixtures/shop/load.js'
import { createDatabase } from '../../support/postgres.js'
import { type Bed, urlOf, WITH } from './bed.js'
import { LEFT_BEHIND } from './nothing-wrong.js'
import { openPack, outcomes, wrong } from './open-pack.js'

export function testElsewhere(major: number, open: () => Bed): void {
  // Until 14 nothing is recorded of the collation of a database.
  test.runIf(major >= 15)('tells of a database whose own collation is another version', async () => {
    const { db } = open()
    await db.client.query(`create database sorted template template0 locale_provider icu icu_locale 'de'`)
    const url = new URL(db.url)
    url.pathname = '/sorted'
    const client = new pg.Client({ connectionString: url.href })
    const pack = await openPack('postgres', url.href, {})
    try {
      await client.connect()
      await client.query('create table words (word text unique)')
      expect((await pack.look(['collations']))['collations']?.outcome).toBe('pass')
      await client.query(`update pg_database set datcollversion = '1.0' where datname = 'sorted'`)
      const { outcome, findings } = (await pack.look(['collations']))['collations'] ?? {}
      expect(outcome).toBe('fail')
      expect(findings?.[0]?.row).toMatchObject({
        collation_name: 'of the database',
        recorded: '1.0',
        unique_indexes: 1,
      })
      await client.query(`update pg_database set datcollversion = null where datname = 'sorted'`)
      expect((await pack.look(['collations']))['collations']?.outcome).toBe('error')
    } finally {
      await pack.close()
      await client.end()
      await db.client.query('drop database sorted')
    }
  })

  test.runIf(major === 18)('raises nothing on the shop of the demo', async () => {
    const shop = await createDatabase(open().server.url)
    const { signal } = new AbortController()
    try {
      await loadDatabase(shop.client, generateShop().tables, { name: 'reader', password: 'reader' }, { signal })
      await shop.client.query('grant pg_monitor to reader')
      const pack = await openPack('postgres', urlOf(shop.url, 'reader'), { schemas: ['shop'] })
      expect(wrong(await pack.look())).toEqual([])
      await pack.close()
    } finally {
      await shop.drop()
    }
  })

  test('looks at a standby as at any other server', async () => {
    const url = await open().intoStandby()
    for (const [writable, expected] of [
      [true, ['target fail']],
      [false, []],
    ] as const) {
      const pack = await openPack('postgres', url, { ...WITH, standbys: 0, writable })
      const found = await pack.look()
      await pack.close()
      expect(wrong(found)).toEqual(expected)
      expect(outcomes(found, 'skip').toSorted()).toEqual(
        ['archiving', 'standbys', ...(writable ? [] : ['target']), ...LEFT_BEHIND].toSorted(),
      )
    }
  })
}
