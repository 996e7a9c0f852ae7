/** A table read by the server's parallel workers: it has to be theirs to read, and what they make of it the same. */
import { afterAll, beforeAll, expect, it } from 'vitest'
import { contentOf, type Reading } from '../../../src/kinds/changed-since/digest.js'
import type { Session } from '../../../src/postgres/source.js'
import { openTest } from '../../postgres/open.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'

const TABLE = `create table t (id int primary key, v text, n int);
  insert into t select i, md5(i::text), nullif(i % 5, 0) from generate_series(1, 20000) i; analyze t`
const EVERY_TABLE = ['min_parallel_table_scan_size', 'parallel_setup_cost', 'parallel_tuple_cost']

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
  await database.client.query(TABLE)
  for (const setting of EVERY_TABLE) await database.client.query(`alter database ${database.name} set ${setting} = 0`)
})
afterAll(() => database?.drop())

const COLUMNS = [
  { name: 'id', oid: 23, form: 'value' },
  { name: 'n', oid: 23, form: 'value' },
  { name: 'v', oid: 25, form: 'bytes' },
] as const

const READING: Reading = {
  name: 'public.t',
  key: ['id'],
  columns: COLUMNS,
  mask: 7,
  digest: 'record',
  nullable: new Set(['n', 'v']),
}

it.each([
  ['with a key', READING],
  ['without one', { ...READING, key: [] }],
  ['with sums of each column', { ...READING, byColumn: true }],
  [
    'of the portable digest',
    { ...READING, digest: 'portable', columns: COLUMNS.map((one) => ({ ...one, form: 'text' as const })) },
  ],
] as const)('a reading %s', async (_, reading) => {
  const source = openTest({ url: database.url })
  try {
    await source.withSession({ signal: AbortSignal.timeout(30_000) }, async (session) => {
      expect(await planOf(session, reading)).toContain('Partial HashAggregate')
      const byWorkers = await contentOf(session, reading)
      await session.query({ text: "SELECT set_config('max_parallel_workers_per_gather', '0', true)" })
      expect(await planOf(session, reading)).not.toContain('Partial')
      expect(await contentOf(session, reading)).toEqual(byWorkers)
      expect([byWorkers.rows, byWorkers.nulls]).toEqual([20_000, { n: 4000, v: 0 }])
    })
  } finally {
    await source.close()
  }
})

async function planOf(session: Session, reading: Reading): Promise<string> {
  let plan = ''
  const query: Session['query'] = async ({ text }) => {
    const told = await session.query({ text: `EXPLAIN ${text}` })
    plan = told.rows.map(([line]) => line).join('\n')
    return { ...told, rows: [] }
  }
  await contentOf({ ...session, query }, reading)
  return plan
}
