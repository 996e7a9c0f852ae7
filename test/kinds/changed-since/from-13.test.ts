import { afterAll, beforeAll, expect, it } from 'vitest'
import { postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { take } from '../../snapshot/record.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { type Recorded, recordShop, SHOP } from './shop.js'

const ROWS = ', level: row'

serverOrSkip('PostgreSQL 13', postgresHome(13) !== undefined)('from PostgreSQL 13 to 18', () => {
  let shop: Recorded
  let old: Awaited<ReturnType<typeof startPostgres>>
  let source: TestDatabase

  beforeAll(async () => {
    shop = await recordShop()
    old = await startPostgres({ major: 13 })
    source = await createDatabase(old.url)
    await source.client.query(SHOP)
  })
  afterAll(async () => {
    await source?.drop()
    await old?.stop()
    await shop?.end()
  })

  it('is all as it was after a good move, and tells what was damaged, though rows are as many', async () => {
    shop.check(ROWS)
    const from = shop.here(source.url)
    expect((await take(from, { force: true })).code).toBe(0)
    const renamed = { 'database-renamed': [`${source.name}=${shop.database.name}`] }
    // A dump of an older server says so, for from 15 on nobody may create in the schema public by default.
    await shop.database.client.query('grant create on schema public to public')
    const good = await shop.told(ROWS, { flags: renamed })
    expect(good.list).toEqual([])
    expect(good.ends['kept']).toMatchObject({ method: 'SHA-256 of rows as text', notes: ['from PostgreSQL 13 to 18'] })
    await shop.database.client.query(`
      alter table shop.orders disable trigger user;
      update shop.orders set raw = '\\x00' where id = 4000;
      drop index shop.orders_month;
      select setval('shop.customers_id_seq', 1, false);
    `)
    const bad = await shop.told(ROWS, { flags: renamed })
    expect(bad.list).toEqual([
      'vanished index shop.orders_month',
      'changed trigger shop.orders.orders_touch',
      'sequences_behind sequence shop.customers_id_seq',
      'content_differs table shop.orders',
      'rows_changed shop.orders 4000',
    ])
    expect(bad.code).toBe(1)
  })
})
