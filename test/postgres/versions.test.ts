/** The session on other majors than the one every test uses; named in POSTFLIGHT_TEST_PG_<major>. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, postgresHome, startPostgres } from '../../fixtures/servers/postgres.js'
import { relationsOf } from '../../src/postgres/relations.js'
import { rightsOf } from '../../src/postgres/rights.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { tableSize } from '../../src/postgres/table-size.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { ask, inSession, openTest, streamAll, until, WAYS } from './open.js'

for (const major of [13, 14, 15, 16, 17]) {
  const suite = serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)
  suite(`on PostgreSQL ${major}`, () => {
    let server: PostgresServer
    let db: TestDatabase
    let source: PostgresSource
    beforeAll(async () => {
      server = await startPostgres({ major })
      db = await createDatabase(server.url)
      source = openTest({ url: db.url })
      await db.client.query(`
        create table hits (id int, tenant text, photo bytea);
        insert into hits select i, 'a', '\\x00ff' from generate_series(1, 2500) i;
        create function hit() returns int language sql as 'insert into hits values (1) returning id';
        create role reader login password 'reader';
        alter table hits enable row level security;
        grant select on hits to reader;
      `)
    })
    afterAll(async () => {
      await source?.close()
      await db?.drop()
      await server?.stop()
    })

    test('reads by select, count and stream', async () => {
      await inSession(source, async (session) => {
        expect(Math.floor(session.server.version / 10_000)).toBe(major)
        const query = ask('select id, photo, null as none from hits where id <= :max order by id', { max: 2000 })
        const rows = await streamAll(session, query)
        expect(rows).toHaveLength(2000)
        expect(rows[0]).toEqual(['1', '\x00\xff', null])
        expect((await session.select(query, { limit: 1 })).rows).toEqual([rows[0]])
        expect(await session.count(query)).toBe(2000n)
        const { rows: guessed, cost } = await session.estimate(query)
        expect([guessed > 100, cost > 10]).toEqual([true, true])
        // 2,500 rows nobody has analysed, told apart from an empty table on every major.
        expect(await tableSize(session, '"hits"')).toEqual({ bytes: expect.any(Number), analysed: false })
      })
    })

    test.each([
      'commit',
      'select hit()',
      'with w as (insert into hits values (1) returning id) select * from w',
      "select set_config('transaction_read_only', 'off', true), hit()",
    ])('writes nothing by %s', async (sql) => {
      for (const way of Object.values(WAYS)) {
        if (way === WAYS['count'] && sql.includes('set_config')) continue
        await expect(inSession(source, (session) => way(session, ask(sql)))).rejects.toThrow()
      }
      expect((await db.client.query('select count(*)::int from hits')).rows).toEqual([{ count: 2500 }])
    })

    test('says that row-level security hides rows', async () => {
      const reader = openTest({ url: db.url, user: 'reader', password: 'reader' })
      await expect(inSession(reader, (session) => session.count(ask('table hits')))).rejects.toThrow(
        /^row-level security/,
      )
      await reader.close()
    })

    test('tells the rights of a role, and what a query reads that it may not', async () => {
      const reader = openTest({ url: db.url, user: 'reader', password: 'reader' })
      const rights = await inSession(reader, rightsOf)
      expect(rights).toMatchObject({ superuser: false, monitor: false, writable: { count: 0 } })
      expect(rights.hidingRows).toEqual({ count: 1, some: ['public.hits'] })
      const query = ask('select tenant from hits union select wait_event from pg_stat_activity')
      const read = await inSession(reader, (session) => relationsOf(session, query))
      expect(read.filter(({ named, system }) => named && !system)).toEqual([
        expect.objectContaining({ schema: 'public', name: 'hits', readable: true, hidesRows: true }),
      ])
      expect(read.map(({ name }) => name)).toContain('pg_stat_activity')
      await reader.close()
    })

    test('cancels', async () => {
      const controller = new AbortController()
      const running = source.withSession({ signal: controller.signal }, (session) =>
        session.select(ask('select pg_sleep(600)'), { limit: 1 }),
      )
      const failed = expect(running).rejects.toThrow('stopped: enough')
      const busy =
        "select 1 from pg_stat_activity where state = 'active' and query like '%pg_sleep(600)%' and pid <> pg_backend_pid()"
      await until(async () => (await db.client.query(busy)).rows.length === 1)
      controller.abort(new Error('enough'))
      await failed
      await until(async () => (await db.client.query(busy)).rows.length === 0)
    })
  })
}
