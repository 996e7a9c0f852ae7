/** One large table read in parts by several sessions: nothing of what is found may depend on how it was divided. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { added, type Digest, digestOf } from '../../../src/kinds/compare/digest.js'
import { hashingsOf } from '../../../src/kinds/compare/hashings.js'
import { withBoth } from '../../../src/kinds/compare/sessions.js'
import { digestQuery } from '../../../src/kinds/compare/sql.js'
import type { Pages } from '../../../src/kinds/pages.js'
import type { PostgresSource } from '../../../src/postgres/source.js'
import { openTest } from '../../postgres/open.js'
import { contextOf } from '../run.js'
import { keysOf, openTwo, type TwoDatabases } from './two-databases.js'

// Of one 8 KiB page about 130 rows; some are dead, and pages at the end hold none.
const TABLE = `drop table if exists t; create table t (id int primary key, v text);
  insert into t select i, md5(i::text) from generate_series(1, 20000) i;
  update t set v = 'x' where id % 7 = 0; delete from t where id % 11 = 0; analyze t`
const SPOIL = `delete from t where id = 1; update t set v = 'y' where id in (9998, 20000); insert into t values (30000, 'z')`
const WITHOUT_WORKERS = 'alter database %I set max_parallel_workers_per_gather = 0'

let two: TwoDatabases
beforeAll(async () => {
  two = await openTwo({ limit: 4 })
  for (const { client, name } of [two.source, two.target]) await client.query(WITHOUT_WORKERS.replace('%I', name))
  await two.both(TABLE)
  await two.target.client.query(SPOIL)
})
afterAll(() => two?.close())

test('the sums of any ranges of pages add up to those of the table', async () => {
  const source = openTest({ url: two.source.url })
  const { connections } = contextOf({ postgres: source })
  const spec = { source: { connection: 'a', table: 't' }, target: { connection: 'a', table: 't' } } as never
  const looking = { spec, connections, signal: AbortSignal.timeout(30_000), timeoutMs: 30_000 }
  try {
    await withBoth(looking, async (sessions) => {
      const { source: hashing } = await hashingsOf(spec, sessions)
      const whole = await digestOf(hashing, 63, sessions.source)
      expect(whole.rows).toBe(18_182)
      for (let cuts = 0; cuts < 12; cuts++) {
        const at = Array.from({ length: cuts }, () => Math.floor(Math.random() * 200)).toSorted((a, b) => a - b)
        const ranges = [...at, undefined].map(
          (before, index): Pages => ({
            ...(index === 0 ? {} : { from: at[index - 1] as number }),
            ...(before === undefined ? {} : { before }),
          }),
        )
        let sum: Digest | undefined
        for (const range of ranges) sum = added(sum, await digestOf(hashing, 63, sessions.source, range))
        expect(sum, JSON.stringify(ranges)).toEqual(whole)
      }
    })
  } finally {
    await source.close()
  }
})

async function digestOfT(url: string, digest: 'auto' | 'portable') {
  const source = openTest({ url })
  const { connections } = contextOf({ postgres: source })
  const spec = { source: { connection: 'a', table: 't' }, target: { connection: 'a', table: 't' }, digest } as never
  const looking = { spec, connections, signal: AbortSignal.timeout(30_000), timeoutMs: 30_000 }
  try {
    let query: ReturnType<typeof digestQuery> | undefined
    await withBoth(looking, async (sessions) => {
      query = digestQuery((await hashingsOf(spec, sessions)).source, 63)
    })
    return query as ReturnType<typeof digestQuery>
  } finally {
    await source.close()
  }
}

/** Compared with statistics that say the table is large on these sides. */
async function compared(
  large: readonly ('source' | 'target')[],
  spec: Readonly<Record<string, unknown>> = {},
  databases = two,
) {
  for (const side of ['source', 'target'] as const)
    await databases[side].client.query(
      `update pg_class set relpages = ${large.includes(side) ? 100_000 : 150} where oid = 't'::regclass`,
    )
  // Of those that see what the first sees.
  let others = 0
  const through = (source: PostgresSource): PostgresSource => ({
    ...source,
    withSession: (options, use) => {
      if (options.snapshot !== undefined) others++
      return source.withSession(options, use)
    },
  })
  const ran = await databases.compare(spec, { through })
  return { divided: others > 0, subjects: ran.observation.subjects, keys: keysOf(ran) }
}

const MANY = { source: { tables: 'public.t' }, target: { tables: 'public.t' } }
const FOUND = { missing: ['1'], changed: ['20000', '9998'], extra: ['30000'] }

test.each([
  ['neither side', []],
  ['both', ['source', 'target']],
  ['one of them', ['target']],
] as const)('of which %s is divided', async (_, large) => {
  const { divided, subjects, keys } = await compared(large)
  expect(keys).toEqual(FOUND)
  expect(subjects).toMatchObject({ rows: 18_182, target_rows: 18_182, matched: 18_179 })
  expect(divided).toBe(large.length > 0)
  const many = await compared(large, MANY)
  expect(many.keys).toEqual(
    Object.fromEntries(Object.entries(FOUND).map(([name, keys]) => [name, keys.map((key) => `public.t ${key}`)])),
  )
  expect(many.divided).toBe(large.length > 0)
})

const EVERY_TABLE = ['min_parallel_table_scan_size', 'parallel_setup_cost', 'parallel_tuple_cost']

test('a server that has workers for it is left to them', async () => {
  const other = await openTwo({ limit: 4 })
  try {
    await other.both(TABLE)
    expect((await compared(['source', 'target'], {}, other)).divided).toBe(false)
    const { client, url } = other.source
    for (const setting of EVERY_TABLE) await client.query(`set ${setting} = 0`)
    await client.query('analyze t')
    for (const digest of ['auto', 'portable'] as const) {
      const { around, sql } = await digestOfT(url, digest)
      const { rows } = await client.query(`explain ${around?.before}${sql}${around?.after}`)
      expect(rows.map((row) => row['QUERY PLAN']).join('\n'), digest).toMatch(/Partial (Hash|Group)Aggregate/)
    }
  } finally {
    await other.close()
  }
})
