import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { judge } from '../../src/judge/verdict.js'
import { probe } from '../../src/kinds/probe/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { checkOf, contextOf, type RunOptions, runKind } from './run.js'

const ODD = `odd "name'; drop table good; --\n\u001b[31m\\x`

let db: TestDatabase
let postgres: PostgresSource
let role: string
beforeAll(async () => {
  db = await createDatabase()
  postgres = openTest({ url: db.url })
  role = `${db.name}_watcher`
  await db.client.query(`
    create table good (id int); insert into good values (1);
    create table "${ODD.replaceAll('"', '""')}" (id int); insert into "${ODD.replaceAll('"', '""')}" values (-1);
    create table hidden (id int); insert into hidden values (1);
    create table filtered (id int); alter table filtered enable row level security;
    create function public.lower(text) returns text language sql as $$ select 'mine' $$;
    create function public.shout() returns int language plpgsql as $$ begin raise 'alice@example.org'; end $$;
    create function public.adds() returns int language plpgsql as $$ begin insert into public.good values (2); return 1; end $$;
    create role ${role} login password '${role}';
    grant select on good, filtered to ${role}`)
})
afterAll(async () => {
  await postgres?.close()
  await db?.client.query(`drop owned by ${role}; drop role ${role}`)
  await db?.drop()
})

interface Listed {
  readonly object?: string | null
  readonly probe?: string | null
  readonly bytes?: number | null
  readonly unseen?: string | null
  readonly fix?: string | null
}

const CLEAN = 'select 1 where false'

/** A list of just these, whatever the catalogue holds. */
function listOf(objects: readonly Listed[]): { readonly list: string; readonly params: Record<string, string> } {
  const columns = 'object text, probe text, bytes bigint, unseen text, fix text'
  const params = { objects: JSON.stringify(objects.map((one) => ({ object: 'x', probe: CLEAN, ...one }))) }
  return { list: `select * from json_to_recordset(:objects::json) as o(${columns})`, params }
}

const run = (objects: readonly Listed[], more: Record<string, unknown> = {}, options: Partial<RunOptions> = {}) =>
  runKind(probe, { connection: 'main', ...listOf(objects), ...more }, { postgres, ...options })
const list = (sql: string, more: Record<string, unknown> = {}) =>
  runKind(probe, { connection: 'main', list: sql, ...more }, { postgres })

test('every row of a probe is a violation of its object, with the statement that mends it', async () => {
  const objects = [
    { object: 'a', probe: 'select 7 as n union all select 8', fix: 'FIX a' },
    { object: 'b', probe: 'select 1 as n where false' },
    { object: 'c', probe: `select 'one' as n, 'FIX one' as fix`, fix: 'FIX c' },
  ]
  const { observation, findings } = await run(objects, { show: { columns: ['n', 'fix'], limit: 1 } })
  expect(findings).toEqual([
    { finding: 'violations', key: 'a', row: { n: 7 }, fix: 'FIX a' },
    { finding: 'violations', key: 'a', fix: 'FIX a' },
    { finding: 'violations', key: 'c', row: { n: 'one' }, fix: 'FIX one' },
  ])
  expect(observation.subjects).toEqual({ examined: 3, probed: 3, unprobed: 0, affected: 2, violations: 3 })
  expect(observation.gaps).toEqual([])
})

test('no value appears that `show` does not name, unless data may', async () => {
  const objects = [{ object: 'a', probe: `select 'alice' as who, 3 as n, 'DELETE alice' as fix` }]
  expect((await run(objects)).findings).toEqual([{ finding: 'violations', key: 'a' }])
  const { findings } = await run(objects, {}, { showData: true })
  expect(findings).toEqual([{ finding: 'violations', key: 'a', row: { who: 'alice', n: 3 }, fix: 'DELETE alice' }])
})

test('a hostile name is an object like others', async () => {
  const sql = `select relname as object, format('select * from public.%I where id < 0', relname) as probe,
    format('DELETE FROM %I', relname) as fix from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'`
  const { findings } = await list(sql)
  expect(findings).toEqual([{ finding: 'violations', key: ODD, fix: `DELETE FROM "${ODD.replaceAll('"', '""')}"` }])
  expect((await db.client.query('select id from good')).rows).toEqual([{ id: 1 }])
})

test('a finding looked at again stands while its object has violations, or cannot be probed', async () => {
  const { recheck } = await probe.load()
  const found = ['left', 'mended', 'gone', 'locked'].map((key) => ({ finding: 'violations', key }))
  const unprobed = ['left', 'mended', 'locked'].map((key) => ({ finding: 'unprobed', key }))
  const now = [
    { object: 'left', probe: 'select 1 as n' },
    { object: 'mended', probe: CLEAN },
    { object: 'locked', probe: 'select 1 as n', unseen: 'no right' },
  ]
  const check = checkOf(probe, { connection: 'main', ...listOf(now) })
  const again = await recheck?.(check, [...found, ...unprobed], contextOf({ postgres }))
  expect(again?.map((one) => [one.stands, one.now, one.reason])).toEqual([
    [true, ['violations'], undefined],
    [false, [], undefined],
    [undefined, [], expect.stringContaining('any more')],
    [undefined, [], expect.stringContaining('no right')],
    [false, ['violations'], undefined],
    [false, [], undefined],
    [true, ['unprobed'], 'no right'],
  ])
})

test('there is nothing to examine', async () => {
  const { observation } = await run([])
  expect(observation.subjects).toEqual({ examined: 0, probed: 0, unprobed: 0, affected: 0, violations: 0 })
  expect(observation.skip).toContain('nothing to examine')
})

test('the smallest come first, those of unknown size last', async () => {
  const probed = [30, null, 10, 20].map((bytes) => ({ object: String(bytes), probe: 'select 1', bytes }))
  expect((await run(probed)).findings.map(({ key }) => key)).toEqual(['10', '20', '30', 'null'])
})

describe('an object that cannot be probed', () => {
  test.each<[string, Listed, RegExp]>([
    ['is one the list says so of', { unseen: 'unlogged, on a standby' }, /^unlogged, on a standby$/],
    ['is one the list gives no probe for', { probe: null }, /no probe/],
    ['is not there', { probe: 'select 1 as n from public.gone' }, /relation "public.gone" does not exist/],
    ['has a probe that is no SQL', { probe: 'select from where' }, /syntax error/],
    [
      'has a probe that raises, whose words are withheld',
      { probe: 'select public.shout() as n' },
      /^a function raised an error \(/,
    ],
    ['would be written to', { probe: 'select public.adds() as n' }, /tried to write/],
    [
      'has a probe that takes too long',
      { probe: 'select pg_sleep(60)::text as n' },
      /statement timeout; probe_timeout is 200ms/,
    ],
    [
      'has a probe of two statements',
      { probe: 'select 1) as q; drop table good; select (1' },
      /syntax|multiple commands/,
    ],
    [
      'has a probe that leaves our query',
      { probe: `select 1) as q; commit; copy good to program 'true' --` },
      /syntax|multiple/,
    ],
    ['has a probe that ends in a semicolon', { probe: 'select 1;' }, /syntax error/],
    ['lacks what `show` names', { probe: 'select 1 as other' }, /no column "n"/],
    [
      'loses its session',
      { probe: 'select pg_terminate_backend(pg_backend_pid()) as n' },
      /ended the session|connection was lost/,
    ],
  ])('%s', async (_, object, reason) => {
    const more = { show: { columns: ['n'] }, probe_timeout: '200ms' }
    const found = { object: 'found', probe: 'select 1 as n' }
    const { observation, findings } = await run([{ object: 'it', ...object }, found], more)
    expect(findings).toEqual([
      { finding: 'unprobed', key: 'it', reason: expect.stringMatching(reason) },
      { finding: 'violations', key: 'found', row: { n: 1 } },
    ])
    expect(observation.subjects).toMatchObject({ examined: 2, probed: 1, unprobed: 1, violations: 1 })
    expect(observation.notes).toEqual([expect.stringContaining('not probed: 1 object')])
    expect((await db.client.query('select id from good')).rows).toEqual([{ id: 1 }])
  })

  test('is one the role may not read, or of which a policy would hide rows', async () => {
    const url = new URL(db.url)
    url.username = role
    url.password = role
    const source = openTest({ url: url.href })
    const objects = ['hidden', 'filtered', 'good'].map((name) => ({
      object: name,
      probe: `select id from public.${name}`,
    }))
    const { findings } = await run(objects, {}, { postgres: source })
    await source.close()
    expect(findings).toEqual([
      { finding: 'unprobed', key: 'hidden', reason: expect.stringContaining('permission denied for table hidden') },
      { finding: 'unprobed', key: 'filtered', reason: expect.stringContaining('row-level security would hide rows') },
      { finding: 'violations', key: 'good' },
    ])
  })

  test('is above max_bytes, or beyond the budget', async () => {
    const objects = [10, 20, 30, 40].map((bytes) => ({ object: String(bytes), bytes }))
    const { findings, observation } = await run(objects, { max_bytes: '35B', budget: '45B' })
    expect(findings.map(({ key, reason }) => `${key}: ${reason}`)).toEqual([
      '30: 30 B are more than is left of the budget',
      '40: too large: 40 B; max_bytes is 35 B',
    ])
    expect(observation.subjects).toMatchObject({ probed: 2, unprobed: 2 })
  })

  test('is every one left when the time of the check is over', async () => {
    const objects = [{ object: 'a', probe: 'select 1' }, { object: 'b', probe: 'select pg_sleep(60)' }, { object: 'c' }]
    const { findings, observation } = await run(objects, {}, { check: { timeoutMs: 1500 } })
    expect(findings.map(({ finding, key }) => `${finding} ${key}`)).toEqual([
      'violations a',
      'unprobed b',
      'unprobed c',
    ])
    expect(findings[2]?.reason).toBe('the time of the check was over; its timeout is 1.5s')
    expect(observation.subjects).toMatchObject({ probed: 1, unprobed: 2 })
  })

  test('is every one left once the server is gone', async () => {
    const lost = { probe: 'select pg_terminate_backend(pg_backend_pid())' }
    const { observation } = await run([{ ...lost }, { ...lost }, {}, {}])
    expect(observation.subjects).toMatchObject({ probed: 0, unprobed: 4 })
    expect(observation.notes).toEqual(['not probed: 4 objects for which the server did not answer'])
  })
})

describe('how it is judged', () => {
  const outcome = async (objects: readonly Listed[], expected: Record<string, unknown> = {}) => {
    const { observation } = await run(objects)
    const assertions = probe
      .subjects(checkOf(probe, { connection: 'main', ...listOf(objects) }).spec)
      .flatMap((subject) => {
        if (subject.default === undefined || Object.hasOwn(expected, subject.name)) return []
        const ops = [{ op: 'eq', operand: { value: 0 } }] as const
        return [
          {
            level: subject.default.level,
            subject: subject.name,
            matcher: { ops, text: '0' },
            origin: 'default',
          } as const,
        ]
      })
    const none = { missing: 'none' }
    const subjects = probe.subjects(undefined as never)
    return judge({ check: { assertions }, observation, subjects, known: {}, baseline: none, previous: none })
  }
  test.each<[string, readonly Listed[], Record<string, unknown>, string]>([
    ['all probed and nothing found', [{}, {}], {}, 'pass'],
    ['something could not be probed', [{}, { unseen: 'x' }], {}, 'error'],
    ['violations beside what could not be probed', [{ probe: 'select 1' }, { unseen: 'x' }], {}, 'fail'],
    ['unprobed objects that are expected', [{}, { unseen: 'x' }], { unprobed: 1 }, 'pass'],
    ['nothing but unprobed objects, though they are expected', [{ unseen: 'x' }], { unprobed: 1 }, 'error'],
    ['an empty list', [], {}, 'skip'],
  ])('%s', async (_, objects, expected, wanted) => {
    expect((await outcome(objects, expected)).outcome).toBe(wanted)
  })
})

test('beyond a thousand violations of an object are a gap, not a number', async () => {
  const { observation, findings } = await run([{ object: 'a', probe: 'select generate_series(1, 1001)' }])
  expect(findings).toHaveLength(1000)
  expect(observation.gaps).toEqual(['1 object with more than 1,000 violations; further ones were not counted'])
})

test('no schema lends a meaning to a name, unless the connection names one', async () => {
  const objects = [{ object: 'a', probe: `select current_setting('search_path') as path, lower('A') as lower` }]
  const show = { show: { columns: ['path', 'lower'] } }
  expect((await run(objects, show)).findings[0]?.row).toEqual({ path: '', lower: 'a' })
  const source = openTest({ url: db.url, search_path: 'public, pg_catalog' })
  const { findings } = await run(objects, show, { postgres: source })
  await source.close()
  expect(findings[0]?.row).toEqual({ path: 'public, pg_catalog', lower: 'mine' })
})

test('settings hold for the probes, and what the role may take stands', async () => {
  const names = [
    'enable_indexscan',
    'work_mem',
    'max_parallel_workers_per_gather',
    'statement_timeout',
    'transaction_read_only',
  ]
  const columns = names.map((name) => `current_setting('${name}') as ${name}`).join(', ')
  const objects = [{ object: 'a', probe: `select ${columns}` }]
  const more = {
    settings: { enable_indexscan: 'off', work_mem: '8MiB', max_parallel_workers_per_gather: 0 },
    probe_timeout: '20s',
    show: { columns: names },
  }
  const expected = {
    enable_indexscan: 'off',
    work_mem: '8MB',
    max_parallel_workers_per_gather: '0',
    statement_timeout: '20s',
    transaction_read_only: 'on',
  }
  expect((await run(objects, more)).findings[0]?.row).toEqual(expected)
  await db.client.query(`alter database ${db.name} set statement_timeout = '10s'`)
  const source = openTest({ url: db.url })
  const { findings } = await run(objects, more, { postgres: source })
  await source.close()
  await db.client.query(`alter database ${db.name} reset statement_timeout`)
  expect(findings[0]?.row).toEqual({ ...expected, statement_timeout: '10s' })
})

test.each([
  ['select 1 as object', {}, 'no column "probe"'],
  [`select 'a' as object, 'select 1' as probe`, { max_bytes: '1MB' }, 'no column "bytes"'],
  [`select 'a' as object, 'select 1' as probe, 1 as byts`, {}, 'a column "byts"'],
  [`select null::text as object, 'select 1' as probe`, {}, 'without a name'],
  [`select 'a' as object, 'select 1' as probe, -1 as bytes`, {}, 'a number of bytes'],
  [`select 'a' as object, 'select 1' as probe from generate_series(1, 100001)`, {}, 'more than 100,000'],
])('%s is no list', async (sql, more, message) => {
  await expect(list(sql, more)).rejects.toThrow(message)
})

test('it ends when it is told to', async () => {
  const stop = new AbortController()
  const under = run([{ probe: 'select pg_sleep(60)' }, {}], {}, { signal: stop.signal })
  setTimeout(() => stop.abort(new Error('enough')), 300)
  await expect(under).rejects.toThrow('enough')
})

test('a list is linted, and settings are those of the planner alone', () => {
  const spec = { connection: 'main', list: 'delete from t', settings: { enable_indexscan: true } }
  expect(probe.lint?.(probe.schema.parse(spec)).map(({ message }) => message)).toEqual([
    expect.stringContaining('a query begins with SELECT'),
  ])
  expect(probe.schema.safeParse({ ...spec, settings: { row_security: 'on' } }).success).toBe(false)
})
