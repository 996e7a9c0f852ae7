import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type OpenPack, openPack, wrong } from './open-pack.js'

const OLD = 'old.example.net'
const WITH = {
  old: 'main',
  traces: [OLD, '/srv/old_shop/', '50%'],
  history: ['public.audit.*', 'public.pages.source'],
  clients: ['postgres'],
  quiet: '2 seconds',
}

let db: TestDatabase
let pack: OpenPack
beforeAll(async () => {
  db = await createDatabase()
  await db.client.query(`create domain address as text;
    create table pages (id int, title text, body jsonb, link address, tags text[], source text);
    create table audit (id int default 1, entry text);
    insert into pages values (1, 'New.Example.Net, 50 of 100', '{"url": "https://new.example.net/"}', 'x', '{a}', 'from ${OLD}');
    insert into audit values (1, 'copied from ${OLD}')`)
  pack = await openPack('old-home', db.url, WITH)
})
afterAll(async () => {
  await pack?.close()
  await db?.drop()
})

const findings = async (check: string) => {
  const found = await pack.look()
  expect(wrong(found)).toEqual([`${check} fail`])
  return found[check]?.findings.map(({ row, key }) => ({ ...row, key }))
}

test('is silent where nothing is of the old home but what tells of it', async () => {
  const found = await pack.look()
  expect(Object.entries(found).map(([id, { outcome, message }]) => [id, outcome, message])).toEqual(
    pack.ids.map((id) => [id, 'pass', undefined]),
  )
})

test('skips the data where no trace is named', async () => {
  const unnamed = await openPack('old-home', db.url, { ...WITH, traces: [] })
  const found = await unnamed.look(['traces-in-data', 'traces-in-definitions'])
  await unnamed.close()
  expect(Object.values(found).map(({ outcome }) => outcome)).toEqual(['skip', 'skip'])
})

test('tells the columns of every type that hold one, and of how many rows', async () => {
  await db.client.query(`insert into pages select i, 'see ${OLD.toUpperCase()}', '{"url": "https://${OLD}/"}', '/srv/old_shop/a.jpg',
    '{x,"50%"}', null from generate_series(2, 4) i`)
  const found = await findings('traces-in-data')
  await db.client.query('delete from pages where id > 1')
  expect(found).toEqual(
    ['title', 'body', 'link', 'tags'].map((column_name) => expect.objectContaining({ column_name, rows: 3 })),
  )
})

test('tells what is defined with one', async () => {
  await db.client.query(`create function ask() returns text language sql as $$ select 'https://${OLD}/' $$;
    create view old_pages as select id from pages where title like '%${OLD}%';
    alter table pages alter title set default '${OLD}'`)
  const found = await findings('traces-in-definitions')
  await db.client.query('drop function ask(); drop view old_pages; alter table pages alter title drop default')
  expect(found).toEqual([
    expect.objectContaining({ what: 'function', name: 'public.ask', trace: OLD }),
    expect.objectContaining({ what: 'view', name: 'public.old_pages' }),
    expect.objectContaining({ what: 'default', name: 'public.pages.title' }),
  ])
})

test('tells who is connected to the old database, and what is written there', async () => {
  await db.client.query(`create role left_behind login password 'left_behind'; grant insert on audit to left_behind`)
  const url = new URL(db.url)
  url.username = 'left_behind'
  url.password = 'left_behind'
  const client = new pg.Client({ connectionString: url.href, application_name: 'mailer' })
  await client.connect()
  try {
    const idle = await findings('old-database-clients')
    expect(idle).toEqual([expect.objectContaining({ role: 'left_behind', application_name: 'mailer', sessions: 1 })])
    let over = false
    const writing = (async () => {
      while (!over) await client.query(`insert into audit select 1, 'x' from pg_sleep(0.05)`)
    })()
    const found = await pack.look(['old-database-clients', 'old-database-writes'])
    over = true
    await writing
    expect(wrong(found)).toEqual(['old-database-clients fail', 'old-database-writes fail'])
    expect(found['old-database-writes']?.findings[0]?.row).toMatchObject({ schema_name: 'public', table_name: 'audit' })
  } finally {
    await client.end()
    await db.client.query('drop owned by left_behind; drop role left_behind')
  }
})

test('is error where the role sees neither the data nor the sessions of others', async () => {
  await db.client.query(`create role blind login password 'blind'`)
  const url = new URL(db.url)
  url.username = 'blind'
  url.password = 'blind'
  const blind = await openPack('old-home', url.href, WITH)
  const found = await blind.look(['traces-in-data', 'old-database-clients'])
  await blind.close()
  await db.client.query('drop role blind')
  expect(Object.values(found).map(({ outcome }) => outcome)).toEqual(['error', 'error'])
})
