/** Databases of servers of several majors, named in POSTFLIGHT_TEST_PG_<major>. */
import { expect, inject, test } from 'vitest'
import { postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import type { PostgresSource } from '../../../src/postgres/source.js'
import { serverOrSkip } from '../../support/require-server.js'
import { keysOf, openTwo } from './two-databases.js'

const TABLE = `
  create type state as enum ('new', 'paid');
  create table t (id bigint primary key, a text, n numeric(12,2), f float8, at timestamptz, i interval, s state, raw bytea, doc jsonb, tags text[]);
  insert into t select i, 'é ' || i, i / 7.0, i / 3.0, timestamptz '2024-01-01' + i * interval '1 s', i * interval '1 min',
    case when i % 2 = 0 then 'new' else 'paid' end::state, decode(md5(i::text), 'hex'), jsonb_build_object('a', i, 'b', null), array['x', i::text]
  from generate_series(1, 3000) i;
`

for (const [older, method] of [
  [13, 'hash of rows as text'],
  [14, 'hash of rows'],
  [15, 'hash of rows'],
  [16, 'hash of rows'],
  [17, 'hash of rows'],
] as const) {
  const suite = serverOrSkip(`PostgreSQL ${older}`, postgresHome(older) !== undefined)
  suite(`from PostgreSQL ${older} to the newest`, () => {
    test('what is the same is, and what is not is found', async () => {
      const server = await startPostgres({ major: older, flags: ['max_parallel_workers_per_gather=0'] })
      const two = await openTwo({ source: server.url, target: inject('postgresUrl'), limit: 3 })
      try {
        await two.both(TABLE)
        const same = await two.compare()
        expect([keysOf(same), same.observation.method]).toEqual([{}, method])
        // Divided from 14 on, where ranges of pages can be read.
        await two.source.client.query(`update pg_class set relpages = 100000 where oid = 't'::regclass`)
        let others = 0
        const through = (source: PostgresSource): PostgresSource => ({
          ...source,
          withSession: (options, use) => {
            others += options.snapshot === undefined ? 0 : 1
            return source.withSession(options, use)
          },
        })
        expect(keysOf(await two.compare({}, { through }))).toEqual({})
        expect(others > 0).toBe(older >= 14)
        await two.target.client.query(`delete from t where id = 3; update t set raw = '' where id = 2999;
          insert into t select 4000, a, n, f, at, i, s, raw, doc, tags from t where id = 1`)
        for (const digest of ['auto', 'portable']) {
          expect(keysOf(await two.compare({ digest }))).toEqual({ missing: ['3'], changed: ['2999'], extra: ['4000'] })
        }
        await two.target.client.query(`update t set at = at + interval '3 us', f = f * 1.0000001 where id % 100 = 0;
          update t set at = at + interval '3.001 ms' where id = 4`)
        const tolerance = { at: '3ms', f: '0.001%' }
        const ran = await two.compare({ source: { tables: 'public.*' }, target: { tables: 'public.*' } })
        expect(ran.observation.subjects).toMatchObject({ tables: 1, missing: 1, changed: 32, extra: 1 })
        expect(keysOf(await two.compare({ tolerance }))).toEqual({
          missing: ['3'],
          changed: ['2999', '4'],
          extra: ['4000'],
        })
      } finally {
        await two.close()
        await server.stop()
      }
    })
  })
}
