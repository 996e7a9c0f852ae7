import { randomBytes } from 'node:crypto'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setImmediate } from 'node:timers/promises'
import pg from 'pg'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf, runCli } from '../../support/run-cli.js'
import { runDoctor, seenBy } from './run-doctor.js'

const PASSWORD = 'a-Password-of-roles-1'
const tag = randomBytes(4).toString('hex')
const names = { reader: `reader_${tag}`, app: `app_${tag}`, made: `made_${tag}`, owner: `owner_${tag}` }

const CHECKS = {
  orders: 'kind: rows, connection: main, table: shop.orders, expect: { count: { gte: 1 } }',
  odd: `kind: rows, connection: main, table: 'shop."Odd ""name"" Ünï"', expect: { count: 1 }`,
  paid: 'kind: sql, connection: main, sql: select count(*) from shop.paid, expect: { value: 1 }',
  mine: 'kind: sql, connection: main, sql: select count(*) from shop.mine, expect: { value: 1 }',
  tenants: 'kind: rows, connection: main, table: shop.tenants, expect: { count: 2 }',
  parts: 'kind: rows, connection: main, table: shop.parts, expect: { count: 1 }',
  keys: 'kind: sql, connection: main, violations: "select k.id from secret.keys k join shop.orders o using (id)"',
  sessions: 'kind: sql, connection: main, sql: select count(*) from pg_stat_activity, expect: { value: { gte: 1 } }',
  sequences: 'kind: sql, connection: main, sql: select count(last_value) from pg_sequences, expect: { value: 1 }',
} as const
type CheckName = keyof typeof CHECKS

let database: TestDatabase
let place: ReturnType<typeof directoryOf>

beforeAll(async () => {
  place = directoryOf()
  database = await createDatabase()
  await database.client.query(`
    create schema shop; create schema secret;
    create table shop.orders (id int primary key, note text);
    create table shop.payments (id serial primary key, amount int);
    create view shop.paid as select id from shop.payments;
    create view shop.mine with (security_invoker) as select id from shop.orders;
    create table shop.tenants (id int);
    create table shop."Odd ""name"" Ünï" (id int);
    create table shop.parts (id int) partition by range (id);
    create table shop.parts_1 partition of shop.parts for values from (0) to (10);
    create table secret.keys (id int);
    insert into shop.orders values (1, 'a note'); insert into shop.payments (amount) values (3);
    insert into shop.tenants values (1), (2); insert into shop."Odd ""name"" Ünï" values (1);
    insert into shop.parts values (1);
    alter table shop.tenants enable row level security;
    create role ${names.reader} login password '${PASSWORD}';
    create role ${names.app} login password '${PASSWORD}';
    create role ${names.owner} login password '${PASSWORD}';
  `)
})
afterAll(async () => {
  for (const role of Object.values(names))
    await database.client.query(`do $$ begin if to_regrole('${role}') is not null then
      execute 'drop owned by ${role}'; execute 'drop role ${role}'; end if; end $$`)
  await database.drop()
  place.remove()
})

function write(...checks: readonly CheckName[]): void {
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
secrets: { url: { env: SHOP_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
${checks.map((id) => `  - { id: ${id}, ${CHECKS[id]} }\n`).join('')}`,
  )
}

function urlOf(role: string | undefined, { password = PASSWORD, name }: { password?: string; name?: string } = {}) {
  const url = new URL(database.url)
  if (role !== undefined) Object.assign(url, { username: role, password })
  if (name !== undefined) url.pathname = `/${name}`
  return { SHOP_URL: url.href }
}

interface RightJson {
  readonly right: string
  readonly fix?: string
  readonly checks?: readonly string[]
}

const wordsOf = (rights: readonly RightJson[]) => rights.map(({ right }) => right)

describe('what is seen of a database', () => {
  beforeEach(() => write('orders'))

  it('is server, database, role, standing, latency, TLS and clock', async () => {
    const { told, code } = await seenBy(place.path, urlOf(undefined), 'main')
    expect(told).toMatchObject({
      opened: true,
      server: expect.stringMatching(/^PostgreSQL 18\./),
      database: database.name,
      role: 'postgres',
      standing: 'primary',
      tls: false,
    })
    expect(told.latency_ms).toBeGreaterThan(0)
    expect(Math.abs(told.clock_skew_ms)).toBeLessThan(1000)
    expect(code).toBe(0)
  })

  it.each([
    ['a wrong password', () => urlOf(names.reader, { password: 'wrong-Password-77' }), /password of "reader_/],
    ['a database that is not there', () => urlOf(undefined, { name: 'nowhere' }), /there is no database "nowhere"/],
    ['a server that is not there', () => ({ SHOP_URL: 'postgresql://u:wrong-Password-77@127.0.0.1:1/x' }), /refused/],
  ])('%s is exit 3, and no password is told', async (_, env, message) => {
    const { told, code, stdout, stderr } = await seenBy(place.path, env(), 'main')
    expect(told).toMatchObject({ opened: false, error: { message: expect.stringMatching(message) } })
    expect(stdout + stderr).not.toContain('Password')
    expect(code).toBe(3)
  })
})

describe('rights that are too many', () => {
  const grant = async (sql: string): Promise<readonly string[]> => {
    write('orders')
    const setUp = `grant usage on schema shop to ${names.app}; grant select on shop.orders to ${names.app}; ${sql}`
    await database.client.query(setUp)
    const { told } = await seenBy(place.path, urlOf(names.app), 'main')
    await database.client.query(`drop owned by ${names.app}`)
    expect(told.too_few).toEqual([])
    return wordsOf(told.too_many)
  }

  it.each([
    ['nothing but reading', 'select 1', []],
    ['INSERT', `grant insert on shop.orders to ${names.app}`, [/^INSERT, .* on shop\.orders$/]],
    ['one column', `grant update (note) on shop.orders to ${names.app}`, [/on shop\.orders$/]],
    ['everybody', 'grant delete on shop.orders to public', [/on shop\.orders$/]],
    ['a sequence', `grant usage on sequence shop.payments_id_seq to ${names.app}`, [/on shop\.payments_id_seq$/]],
    ['CREATE on a schema', `grant create on schema secret to ${names.app}`, [/^CREATE on schema secret$/]],
    [
      'what it may become',
      `grant ${names.owner} to ${names.app}; alter table shop.parts owner to ${names.owner}`,
      [/^owner of shop\.parts$/],
    ],
    ['all data', `grant pg_write_all_data to ${names.app}`, [/^member of pg_write_all_data$/]],
    [
      'attributes',
      `alter role ${names.app} createdb createrole replication bypassrls`,
      [/^BYPASSRLS/, /^CREATEROLE/, /^CREATEDB/, /^REPLICATION/],
    ],
  ])('%s', async (_, sql, expected) => {
    const words = await grant(sql)
    await database.client.query(`revoke delete on shop.orders from public;
      revoke ${names.owner}, pg_write_all_data from ${names.app};
      alter table shop.parts owner to postgres;
      alter role ${names.app} nocreatedb nocreaterole noreplication nobypassrls`)
    expect(words).toHaveLength(expected.length)
    expected.forEach((pattern, at) => {
      expect(words[at]).toMatch(pattern)
    })
  })

  it('of a superuser are one, and only --fail-on-warn makes them an end of 1', async () => {
    write('orders')
    const { told, code } = await seenBy(place.path, urlOf(undefined), 'main')
    expect(wordsOf(told.too_many)).toEqual(['superuser: it may do everything'])
    expect(code).toBe(0)
    expect((await seenBy(place.path, urlOf(undefined), 'main', { failOnWarn: true })).code).toBe(1)
  })

  it('BYPASSRLS is none where a table that is read has policies', async () => {
    write('tenants')
    await database.client.query(`grant usage on schema shop to ${names.app}; grant select on shop.tenants to ${names.app};
      alter role ${names.app} bypassrls`)
    const { told, code } = await seenBy(place.path, urlOf(names.app), 'main', { failOnWarn: true })
    await database.client.query(`drop owned by ${names.app}; alter role ${names.app} nobypassrls`)
    expect([told.too_few, told.too_many, code]).toEqual([[], [], 0])
  })
})

describe('rights that lack', () => {
  it('are told with the checks that need them and the statement that grants them', async () => {
    write('orders', 'odd', 'paid', 'mine', 'tenants', 'parts', 'sessions')
    const { told, code } = await seenBy(place.path, urlOf(names.reader), 'main')
    expect(told.too_few.map(({ right, checks }: RightJson) => [right, checks])).toEqual([
      ['permission denied for schema shop', ['orders', 'odd', 'paid', 'mine', 'tenants', 'parts']],
      ['pg_monitor: without it, what other sessions do is hidden', ['sessions']],
    ])
    expect(code).toBe(1)
  })

  it('are gone once those statements have run', async () => {
    write('orders', 'odd', 'paid', 'mine', 'tenants', 'parts', 'sessions', 'sequences')
    await database.client.query(`grant usage on schema shop to ${names.reader}`)
    const { told } = await seenBy(place.path, urlOf(names.reader), 'main')
    expect(wordsOf(told.too_few)).toEqual([
      'SELECT on shop.orders',
      'SELECT on shop.Odd "name" Ünï',
      'SELECT on shop.paid',
      'SELECT on shop.mine',
      'SELECT on shop.tenants',
      'policies hide rows of shop.tenants',
      'SELECT on shop.parts',
      'pg_monitor: without it, what other sessions do is hidden',
      'SELECT on shop.payments_id_seq, whose values are hidden',
    ])
    for (const { fix = '' } of told.too_few as readonly RightJson[]) await database.client.query(fix)
    const after = await seenBy(place.path, urlOf(names.reader), 'main', { failOnWarn: true })
    await database.client.query(`drop owned by ${names.reader}; revoke pg_monitor from ${names.reader};
      alter role ${names.reader} nobypassrls`)
    expect([after.told.too_few, after.told.too_many, after.code]).toEqual([[], [], 0])
  })

  it('one column is enough for a check that reads one column', async () => {
    write('keys')
    await database.client.query(`grant usage on schema shop, secret to ${names.reader};
      grant select (id) on shop.orders, secret.keys to ${names.reader}`)
    const { told, code } = await seenBy(place.path, urlOf(names.reader), 'main')
    await database.client.query(`drop owned by ${names.reader}`)
    expect([told.too_few, code]).toEqual([[], 0])
  })

  it('cannot be told of a check that is wrong itself, which is exit 3', async () => {
    write('orders')
    const text = (await runDoctor(place.path, urlOf(undefined))).stdout
    expect(text).not.toContain('not told')
    await database.client.query('alter table shop.orders rename to gone')
    const { told, code } = await seenBy(place.path, urlOf(undefined), 'main')
    await database.client.query('alter table shop.gone rename to orders')
    expect(told.not_told).toEqual([
      {
        check: 'orders',
        error: expect.objectContaining({ message: 'relation "shop.orders" does not exist', line: 7 }),
      },
    ])
    expect(code).toBe(3)
  })
})

describe('--create-role', () => {
  const all = Object.keys(CHECKS) as readonly CheckName[]

  it('makes a role with which the checks pass, that lacks nothing and has nothing more', async () => {
    write(...all)
    const { stdout: script, stderr, code } = await runDoctor(place.path, urlOf(undefined), { createRole: names.made })
    expect([stderr, code]).toEqual(['', 0])
    await database.client.query(script)
    await database.client.query(`alter role ${names.made} password '${PASSWORD}'`)
    const verified = await runCli(['verify', '--json'], { cwd: place.path, env: urlOf(names.made) })
    expect(JSON.parse(verified.stdout).counts).toMatchObject({ pass: all.length, fail: 0, error: 0 })
    const { told, code: end } = await seenBy(place.path, urlOf(names.made), 'main', { failOnWarn: true })
    expect([told.too_few, told.too_many, end]).toEqual([[], [], 0])
  })

  it.each([
    ['insert into shop.orders values (9)', /permission denied for table orders/],
    ['update shop.tenants set id = 3', /permission denied for table tenants/],
    ['truncate secret.keys', /permission denied for table keys/],
    ['create table shop.mine_too (id int)', /permission denied for schema shop/],
    [`select nextval('shop.payments_id_seq')`, /permission denied for sequence/],
    ['select * from shop.payments', /permission denied for table payments/],
  ])('that role cannot, even once it has lifted its own setting: %s', async (sql, message) => {
    const client = new pg.Client({ connectionString: urlOf(names.made).SHOP_URL })
    await client.connect()
    try {
      await expect(client.query('create temp table t (id int)')).rejects.toThrow(/read-only transaction/)
      await client.query('set default_transaction_read_only = off')
      await expect(client.query(sql)).rejects.toThrow(message)
    } finally {
      await client.end()
    }
  })

  it('grants tables by name where they can be told, and whole schemas where not', async () => {
    write('orders', 'keys')
    const known = await runDoctor(place.path, urlOf(undefined), { createRole: 'checks' })
    expect(known.stdout).toContain('GRANT SELECT ON TABLE\n  "secret"."keys",\n  "shop"."orders"\n  TO "checks";')
    expect(known.stdout).not.toMatch(/BYPASSRLS|pg_monitor|ALL TABLES/)
    const blind = await runDoctor(place.path, urlOf(names.reader), { createRole: 'checks' })
    expect(blind.stdout).toContain('GRANT SELECT ON ALL TABLES IN SCHEMA "secret", "shop" TO "checks";')
    expect(blind.stdout).toMatch(/-- What they read cannot be told .* check keys\./)
  })

  it('looks names up where the role of the connection does', async () => {
    write('orders')
    await database.client.query(`alter role ${names.reader} set search_path = shop, "Ödd""path"`)
    const { stdout } = await runDoctor(place.path, urlOf(names.reader), { createRole: 'checks' })
    await database.client.query(`alter role ${names.reader} reset search_path`)
    expect(stdout).toContain('ALTER ROLE "checks" SET search_path = "shop", "Ödd""path";\n')
  })

  it('is no leak to Node where many checks wait for their turn', async () => {
    const many = Array.from({ length: 14 }, (_, i) => `  - { id: c${i}, ${CHECKS.orders} }`).join('\n')
    write('orders')
    const file = join(place.path, 'postflight.yaml')
    const whole = readFileSync(file, 'utf8')
    writeFileSync(file, `${whole.slice(0, whole.indexOf('checks:'))}checks:\n${many}\n`)
    const warnings: Error[] = []
    const heard = (warning: Error) => warnings.push(warning)
    process.on('warning', heard)
    const { code } = await runDoctor(place.path, urlOf(undefined))
    await setImmediate()
    process.off('warning', heard)
    expect([code, warnings]).toEqual([0, []])
  })

  it('prints nothing where the database cannot be asked', async () => {
    write('orders')
    const { stdout, stderr, code } = await runDoctor(
      place.path,
      { SHOP_URL: 'postgresql://u@127.0.0.1:1/x' },
      {
        createRole: 'checks',
      },
    )
    expect([stdout, code]).toEqual(['', 3])
    expect(stderr).toContain('connection refused')
  })

  it.each([['pg_reader'], ['public'], [''], ['a\u001b[2J'], ['x'.repeat(64)]])(
    'refuses the name %j',
    async (createRole) => {
      write('orders')
      await expect(runDoctor(place.path, urlOf(undefined), { createRole })).rejects.toThrow(/^--create-role: /)
    },
  )
})
