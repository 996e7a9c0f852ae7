/** What the server refuses when our own reading of the SQL (lint) is not there to refuse it first. */
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import type { PostgresSource } from '../../src/postgres/source.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { ask, inSession, openTest, WAYS } from './open.js'

vi.mock('../../src/lib/sql-lex-check.js', () => ({ checkSql: () => [] }))

let db: TestDatabase
let source: PostgresSource
const directory = mkdtempSync(join(tmpdir(), 'postflight-escape-'))
const file = join(directory, 'written')

beforeAll(async () => {
  chmodSync(directory, 0o777)
  db = await createDatabase()
  await db.client.query(`
    create table hits (id int);
    create sequence s;
    create function hit() returns int language sql as 'insert into hits values (1) returning id';
    create function quiet_hit() returns int language plpgsql as
      $$ begin perform set_config('transaction_read_only', 'off', true); insert into hits values (1); return 1; end $$;
    create function lying_hit() returns int immutable language plpgsql as $$ begin return hit(); end $$;
    create function lying_quiet_hit() returns int immutable language plpgsql as $$ begin return quiet_hit(); end $$;
  `)
  // A superuser: nothing but the session itself holds the writes back.
  source = openTest({ url: db.url })
})
afterEach(async () => {
  await db.client.query('truncate hits')
  rmSync(file, { force: true })
})
afterAll(async () => {
  await source?.close()
  await db?.drop()
  rmSync(directory, { recursive: true, force: true })
})

const ESCAPES = {
  'closes the wrapper, commits, inserts': 'select 1) q; commit; insert into hits values (1); select * from (select 1',
  'closes COPY, commits, inserts': `select 1) q) to stdout; commit; insert into hits values (1);
    copy (select * from (select 1`,
  'turns COPY into a program': `select 1) q) to program 'touch ${file}'; copy (select * from (select 1`,
  'turns COPY into a file': `select 1) q) to '${file}'; copy (select * from (select 1`,
  'turns COPY into a program, as one statement': `select 1) q) to program 'touch ${file}' --`,
  'comments our end away': 'select 1) q; insert into hits values (1) /*',
}
const WRITES = {
  commits: 'commit',
  inserts: 'insert into hits values (1)',
  'inserts in a CTE': 'with w as (insert into hits values (1) returning id) select * from w',
  'makes it read-write': 'set transaction read write',
  'makes it read-write by a function': "select set_config('transaction_read_only', 'off', true), hit()",
  'calls a function that inserts': 'select hit()',
  'calls a function that makes it read-write': 'select quiet_hit()',
  'draws from a sequence': "select nextval('s')",
  'sets a sequence': "select setval('s', 7)",
  'locks rows': 'select * from pg_database for update',
  'copies to a program': `copy hits to program 'touch ${file}'`,
  'runs a block': 'do $$ begin insert into hits values (1); end $$',
}

async function written(): Promise<boolean> {
  const { rows } = await db.client.query(
    'select (select count(*)::int from hits) as hits, (select is_called or last_value > 1 from s) as called',
  )
  return rows[0].hits > 0 || rows[0].called || existsSync(file)
}

describe.each(Object.keys(WAYS))('by %s, nothing is written by SQL that', (way) => {
  test.each(Object.entries({ ...ESCAPES, ...WRITES }))('%s', async (_, sql) => {
    await expect(inSession(source, (session) => WAYS[way]?.(session, ask(sql)) ?? Promise.resolve())).rejects.toThrow()
    expect(await written()).toBe(false)
  })
})

describe('by estimate, which runs nothing, nothing is written by SQL that', () => {
  const LYING = {
    'calls a function at planning that inserts': 'select lying_hit()',
    'calls a function at planning that makes it read-write': 'select lying_quiet_hit()',
  }
  test.each(Object.entries({ ...ESCAPES, ...LYING }))('%s', async (_, sql) => {
    await expect(inSession(source, (session) => session.estimate(ask(sql)))).rejects.toThrow()
    expect(await written()).toBe(false)
  })
  test.each(Object.entries(WRITES))('%s', async (_, sql) => {
    await inSession(source, (session) => session.estimate(ask(sql))).catch(() => undefined)
    expect(await written()).toBe(false)
  })
})

describe('the same texts do write where a guard is missing', () => {
  let client: pg.Client
  beforeAll(async () => {
    client = new pg.Client({ connectionString: db.url })
    await client.connect()
  })
  afterEach(() => client.query('rollback'))
  afterAll(() => client.end())

  test.each([
    ['SELECT * FROM (\n', 'closes the wrapper, commits, inserts', '\n) AS q'],
    ['COPY (SELECT * FROM (\n', 'closes COPY, commits, inserts', '\n) AS q) TO STDOUT'],
    ['COPY (SELECT * FROM (\n', 'turns COPY into a program', '\n) AS q) TO STDOUT'],
    ['COPY (SELECT * FROM (\n', 'turns COPY into a file', '\n) AS q) TO STDOUT'],
  ] as const)('by the simple protocol, in a read-only transaction: %s %s', async (before, name, after) => {
    await client.query('begin read only')
    await client.query(before + ESCAPES[name] + after).catch(() => {})
    expect(await written()).toBe(true)
  })

  test('a function said to be immutable is called by EXPLAIN alone', async () => {
    await client.query('explain select lying_hit()')
    expect(await written()).toBe(true)
  })

  test('before the transaction has read anything, it can be made read-write', async () => {
    await client.query('begin read only')
    await client.query('set transaction read write; insert into hits values (1); commit')
    expect(await written()).toBe(true)
  })
})
