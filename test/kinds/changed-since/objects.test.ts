// Every kind of object beside tables: lost, changed and mended, on every major, seen by a superuser and by who may read nothing.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { decode } from '../../../src/snapshot/format.js'
import { holdAgainst, take } from '../../snapshot/record.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { serverOrSkip } from '../../support/require-server.js'
import { directoryOf } from '../../support/run-cli.js'

const AROUND = readFileSync(join(import.meta.dirname, '../../../fixtures/kinds/changed-since/around.sql'), 'utf8')
const FILE = `version: 1
name: around
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Make it again. }
checks:
  - { id: kept, kind: changed-since, connection: main, content: none }
  - { id: of-schema, kind: changed-since, connection: main, content: none, schemas: [around] }
`

/** What breaks, how it is told, and how it is mended. */
const FAULTS: readonly (readonly [fault: string, told: string, mend: string])[] = [
  [
    'alter publication few_tables drop table around.more',
    'vanished publication few_tables for around.more',
    'alter publication few_tables add table around.more',
  ],
  [
    `alter publication few_tables set (publish = 'insert')`,
    'changed publication few_tables',
    `alter publication few_tables set (publish = 'insert, update')`,
  ],
  ['drop publication all_tables', 'vanished publication all_tables', 'create publication all_tables for all tables'],
  [
    'alter subscription from_elsewhere set publication ours with (refresh = false)',
    'changed subscription from_elsewhere',
    'alter subscription from_elsewhere set publication theirs with (refresh = false)',
  ],
  ['drop foreign data wrapper lone', 'vanished foreign data wrapper lone', 'create foreign data wrapper lone'],
  [
    `alter foreign data wrapper post options (set debug 'false')`,
    'changed foreign data wrapper post',
    `alter foreign data wrapper post options (set debug 'true')`,
  ],
  [
    `alter server far options (set host 'near.example.net')`,
    'changed server far',
    `alter server far options (set host 'far.example.net')`,
  ],
  [
    'drop user mapping for public server far',
    'vanished user mapping PUBLIC on far',
    'create user mapping for public server far',
  ],
  [
    'alter text search dictionary around.plain (accept = true)',
    'changed text search dictionary around.plain',
    'alter text search dictionary around.plain (accept = false)',
  ],
  [
    'alter text search configuration around.words drop mapping for email',
    'changed text search configuration around.words',
    'alter text search configuration around.words add mapping for email with simple',
  ],
  [
    'drop text search configuration around.others',
    'vanished text search configuration around.others',
    'create text search configuration around.others (copy = simple)',
  ],
  ['drop collation around.bytes', 'vanished custom collation around.bytes', 'create collation around.bytes from "C"'],
  [
    'drop conversion around.from_latin',
    'vanished conversion around.from_latin',
    `create conversion around.from_latin for 'LATIN1' to 'UTF8' from iso8859_1_to_utf8`,
  ],
  [
    'drop cast (int as around.mood)',
    'vanished cast integer as around.mood',
    'create cast (int as around.mood) with function around.mood_of(int) as assignment',
  ],
  [
    'drop operator around.=== (around.mood, around.mood)',
    'vanished operator around.===(around.mood,around.mood)',
    'create operator around.=== (leftarg = around.mood, rightarg = around.mood, function = around.same, commutator = operator(around.===))',
  ],
  [
    'drop operator class around.backwards using btree',
    'vanished operator class around.backwards by btree',
    `create operator class around.backwards for type int using btree family around.backwards as
      operator 1 >, operator 2 >=, operator 3 =, operator 4 <=, operator 5 <, function 1 around.order_of(int, int)`,
  ],
  [
    `create or replace aggregate around.total(int) (sfunc = int4pl, stype = int, initcond = '1')`,
    'changed function around.total(integer)',
    `create or replace aggregate around.total(int) (sfunc = int4pl, stype = int, initcond = '0')`,
  ],
  ['alter event trigger on_table disable', 'changed event trigger on_table', 'alter event trigger on_table enable'],
  [
    'revoke usage on type around.mood from public',
    'vanished grant type around.mood for PUBLIC',
    'grant usage on type around.mood to public',
  ],
  [
    'grant usage on foreign server near to public',
    'appeared grant server near for PUBLIC',
    'revoke usage on foreign server near from public',
  ],
  [
    'alter default privileges in schema around revoke select on tables from public',
    'vanished default privilege',
    'alter default privileges in schema around grant select on tables to public',
  ],
]
/** What is in no schema. */
const NOWHERE = /subscription|wrapper|server|user mapping/

/** The record of the oldest, and what its database is called. */
let oldest: { readonly major: number; readonly bytes: Buffer; readonly name: string } | undefined

// What there is to be asked of the catalogue is another from 15 on; those between are as their neighbours.
describe.each([13, 15, 18])('PostgreSQL %i', (major) => {
  serverOrSkip(`PostgreSQL ${major}`, postgresHome(major) !== undefined)('every kind of object', () => {
    let server: Awaited<ReturnType<typeof startPostgres>> | undefined
    let database: TestDatabase
    let place: ReturnType<typeof directoryOf>
    let reader: string

    const told = async (id: 'kept' | 'of-schema', url = database.url, file = FILE, flags = {}) => {
      writeFileSync(join(place.path, 'postflight.yaml'), file)
      const held = await holdAgainst({ cwd: place.path, env: { SHOP_URL: url } }, flags)
      expect(held.ends[id]?.message).toBe(undefined)
      return (held.findings[id] ?? []).map(({ finding, key }) => `${finding} ${key}`)
    }

    beforeAll(async () => {
      server = major === 18 ? undefined : await startPostgres({ major })
      database = await createDatabase(server?.url)
      place = directoryOf({ 'postflight.yaml': FILE })
      await database.client.query(AROUND)
      const url = new URL(database.url)
      reader = `reader_${database.name}`
      await database.client.query(`create role ${reader} login password 'x'`)
      url.username = reader
      url.password = 'x'
      reader = url.href
      const { code, stdout } = await take({ cwd: place.path, env: { SHOP_URL: database.url } })
      expect(code, stdout).toBe(0)
      oldest ??= { major, bytes: readFileSync(join(place.path, 'before.snapshot')), name: database.name }
    })
    afterAll(async () => {
      place?.remove()
      // Without a slot elsewhere there is nobody to be asked.
      for (const text of [
        'alter subscription from_elsewhere set (slot_name = none)',
        'drop subscription from_elsewhere',
      ])
        await database?.client.query(text)
      await database?.client.query(`drop role ${new URL(reader).username}`)
      await database?.drop()
      await server?.stop()
    })

    it('is as it was, for whoever looks', async () => {
      expect(await told('kept')).toEqual([])
      expect(await told('of-schema', reader)).toEqual([])
      expect(await told('kept', reader)).toEqual([])
    })

    it('is looked at also where a sequence lies in a schema that the role has no way into', async () => {
      await database.client.query('create sequence around.counter')
      expect(await told('kept', reader)).toEqual(['appeared sequence around.counter'])
      await database.client.query('drop sequence around.counter')
    })

    it('is as it was on an older one', async () => {
      writeFileSync(join(place.path, 'older.snapshot'), oldest?.bytes ?? '')
      // As a dump of an older server does.
      const opens = major >= 15 && oldest !== undefined && oldest.major < 15
      if (opens) await database.client.query('grant create on schema public to public')
      const flags = { baseline: 'older.snapshot', 'database-renamed': [`${oldest?.name}=${database.name}`] }
      expect(await told('kept', database.url, FILE, flags)).toEqual([])
      if (opens) await database.client.query('revoke create on schema public from public')
    })

    it('keeps nothing of a login', async () => {
      const decoded = decode(readFileSync(join(place.path, 'before.snapshot')))
      expect(JSON.stringify(decoded)).not.toMatch(/hunter2|far\.example/)
      await database.client.query(
        `alter server far options (set password 'another'); alter user mapping for public server far options (set password 'another')`,
      )
      expect(await told('kept')).toEqual([])
    })

    it('is told by its name where it is lost or changed, and is well again when mended', async () => {
      for (const [fault] of FAULTS) await database.client.query(fault)
      const wanted = FAULTS.map(([, one]) => one).toSorted()
      const short = (list: readonly string[]) =>
        list.map((one) => one.replace(/(default privilege) .*/, '$1')).toSorted()
      expect(short(await told('kept'))).toEqual(wanted)
      expect(short(await told('kept', reader))).toEqual(wanted)
      expect(short(await told('of-schema'))).toEqual(wanted.filter((one) => !NOWHERE.test(one)))
      for (const [, , mend] of FAULTS) await database.client.query(mend)
      expect(await told('kept')).toEqual([])
    })

    it.each([
      [
        'a published table',
        'drop table around.more',
        'vanished table around.more',
        'create table around.more (id int primary key); revoke all on around.more from public; alter publication few_tables add table around.more',
      ],
      [
        'a publication of tables',
        'drop publication few_tables',
        'vanished publication few_tables',
        `create publication few_tables for table around.things, around.more with (publish = 'insert, update')`,
      ],
    ])('is told once: %s', async (_, fault, one, mend) => {
      await database.client.query(fault)
      expect([await told('kept'), await told('of-schema', reader)]).toEqual([[one], [one]])
      await database.client.query(mend)
      expect(await told('kept')).toEqual([])
    })

    it('is told once where it takes others along, and may be expected', async () => {
      await database.client.query('begin; drop server near cascade')
      await database.client.query('commit')
      const list = await told('kept')
      const expected = FILE.replaceAll(
        'content: none',
        'content: none, expected: [{ change: dropped server, object: near, reason: SHOP-1 }]',
      )
      expect(list).toEqual(['vanished server near'])
      expect(await told('kept', database.url, expected)).toEqual([])
    })
  })
})
