import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openPostgres } from '../../src/postgres/connect.js'
import type { PostgresSource, Session } from '../../src/postgres/source.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { ask, inSession, openTest, streamAll, until } from './open.js'

const SECRET = 'alice"s @example.org'

let db: TestDatabase
let admin: PostgresSource
let reader: PostgresSource
let role: string

beforeAll(async () => {
  db = await createDatabase()
  role = `reader_${db.name}`
  await db.client.query(`
    create role ${role} login password 'reader';
    create role ${role}_narrow login password 'reader' connection limit 1;
    create table orders (id int primary key, email text);
    insert into orders select i, 'alice"s @example.org' from generate_series(1, 10) i;
    create table closed (id int);
    create sequence numbers;
    create table tenants (id int, tenant text);
    insert into tenants select i, 'a' from generate_series(1, 10) i;
    alter table tenants enable row level security;
    create policy own on tenants using (tenant = 'b');
    grant select on orders, tenants to ${role};
    create function complain(text) returns int language plpgsql as
      $$ begin raise exception 'bad customer %', $1 using errcode = '42P01', hint = $1; end $$;
    create type mood as enum ('ok');
  `)
  admin = openTest({ url: db.url })
  reader = openTest({ url: db.url, user: role, password: 'reader' })
})
afterAll(async () => {
  await admin?.close()
  await reader?.close()
  await db?.client.query(`drop owned by ${role}; drop role ${role}, ${role}_narrow`)
  await db?.drop()
})

const failure = (source: PostgresSource, use: (session: Session) => Promise<unknown>) =>
  inSession(source, use).then(
    () => expect.fail('nothing failed'),
    (error: unknown) => error as Error & { readonly code?: string; readonly hint?: string },
  )

describe('what a role may not see is an error, never a smaller number', () => {
  test('a table under row-level security', async () => {
    expect(await inSession(admin, (session) => session.count(ask('select * from tenants')))).toBe(10n)
    for (const use of [
      (session: Session) => session.count(ask('select * from tenants')),
      (session: Session) => streamAll(session, ask('select id from tenants')),
      (session: Session) => session.select(ask('select count(*) from tenants'), { limit: 1 }),
    ]) {
      const error = await failure(reader, use)
      expect(error.message).toMatch(/^row-level security would hide rows from this role: .*"tenants"/)
      expect(error.hint).toContain('BYPASSRLS')
    }
    // What it would have been told with PostgreSQL's default.
    const client = await asReader()
    expect((await client.query('select count(*)::int from tenants')).rows).toEqual([{ count: 0 }])
    await client.end()
  })
  test('a table without a grant', async () => {
    const error = await failure(reader, (session) => session.count(ask('select * from closed')))
    expect(error.message).toBe('permission denied for table closed')
    expect(error.hint).toContain(`GRANT SELECT`)
    expect(error.hint).toContain(role)
  })
})

async function asReader() {
  const { default: pg } = await import('pg')
  const url = new URL(db.url)
  url.username = role
  url.password = 'reader'
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  return client
}

describe('row values stay out of messages', () => {
  const leaks = [
    'select email::int from orders',
    'select email::mood from orders',
    'select email::regclass from orders',
    'select email::regrole from orders',
    'select email::date from orders',
    'select email::jsonb from orders',
    'select email::int[] from orders',
    "select ('{\"' || email || '\": 1}')::jsonb from orders",
    'select complain(email) from orders',
    'select 1/(id-id), email from orders',
    'select id::text::bit(1), email from orders where email::inet is null',
    "select to_date(email, 'YYYY') from orders",
    "select '1' ~ ('(' || email) from orders",
    "select jsonb_path_query('{}', ('strict $.\"' || id || '\"')::jsonpath), email::timestamptz from orders",
    "select convert_from('\\xff'::bytea, 'UTF8') from orders",
    'select current_setting(email) from orders',
    "select set_config('timezone', email, true) from orders",
    'select to_char(1, email)::numeric from orders',
    'select email::uuid from orders',
  ]
  test.each(leaks)('%s', async (sql) => {
    for (const use of [
      (session: Session) => session.select(ask(sql), { limit: 10 }),
      (session: Session) => streamAll(session, ask(sql)),
    ]) {
      const error = await failure(admin, use)
      for (const part of [SECRET, 'alice', 'example', '0xff']) {
        expect(`${error.message} ${error.hint}`).not.toContain(part)
      }
    }
  })
  test('unless --show-data is given', async () => {
    const url = new URL(db.url)
    const spec = { type: 'postgres', url: url.href, limit: 1, connect_timeout: 10_000, lock_timeout: 2000 } as const
    const source = openPostgres('main', spec, { env: {}, version: '1', showData: true })
    try {
      const error = await failure(source, (session) =>
        session.select(ask('select email::int from orders'), { limit: 1 }),
      )
      expect(error.message).toContain(SECRET)
    } finally {
      await source.close()
    }
  })
  test('a name stays in', async () => {
    expect((await failure(admin, (session) => session.count(ask('select * from nowhere')))).message).toBe(
      'relation "nowhere" does not exist',
    )
  })
})

describe('errors of the server, in words', () => {
  const cases: readonly (readonly [sql: string, message: RegExp, hint?: RegExp])[] = [
    ['select * from nowhere', /^relation "nowhere" does not exist/, /search_path/],
    ['select emal from orders', /column "emal" does not exist/, /Perhaps you meant.*"q?.*email"/],
    ['select id frm orders where', /^syntax error at or near/],
    ["select nextval('numbers')", /it tried to write; postflight only reads/],
    ['select id from orders for update', /it tried to write; postflight only reads/],
  ]
  for (const [sql, message, hint] of cases)
    test(sql, async () => {
      const error = await failure(admin, (session) => session.select(ask(sql), { limit: 1 }))
      expect(error.message).toMatch(message)
      if (hint !== undefined) expect(error.hint).toMatch(hint)
    })

  test('a lock that is not given', async () => {
    const source = openTest({ url: db.url, lock_timeout: 50 })
    try {
      await db.client.query('begin; lock table orders in access exclusive mode')
      const error = await failure(source, (session) => session.count(ask('select * from orders')))
      expect(error.message).toBe('waited too long for a lock')
    } finally {
      await db.client.query('rollback')
      await source.close()
    }
  })

  test('too many connections', async () => {
    const first = openTest({ url: db.url, user: `${role}_narrow`, password: 'reader', limit: 2 })
    try {
      await inSession(first, async () => {
        const error = await failure(first, async () => {})
        expect(error.message).toContain('too many connections')
        expect(error.hint).toContain('limit')
      })
    } finally {
      await first.close()
    }
  })
})

describe('errors of connecting, in words, without the password', () => {
  const at = (change: (url: URL) => void): string => {
    const url = new URL(db.url)
    change(url)
    return url.href
  }
  const cases: readonly (readonly [name: string, url: () => string, message: RegExp])[] = [
    [
      'a refused password',
      () =>
        at((url) => {
          url.password = 'hunter2hunter2'
        }),
      /the password of "postgres" was refused/,
    ],
    [
      'no password',
      () =>
        at((url) => {
          url.password = ''
        }),
      /asks for a password of "postgres"/,
    ],
    [
      'no such database',
      () =>
        at((url) => {
          url.pathname = '/nowhere'
        }),
      /there is no database "nowhere"/,
    ],
    [
      'no such role',
      () =>
        at((url) => {
          url.username = 'nobody'
        }),
      /"nobody" was refused/,
    ],
    [
      'nothing listening',
      () =>
        at((url) => {
          url.port = '1'
        }),
      /cannot reach main .*:1\/.*nothing listens there/,
    ],
    [
      'an unknown host',
      () =>
        at((url) => {
          url.hostname = 'no-such-host.invalid'
        }),
      /cannot reach main .*(not known|looked up)/,
    ],
    ['no socket', () => `host=/nowhere user=postgres dbname=x`, /there is no such Unix socket/],
    [
      'a server without TLS',
      () =>
        at((url) => {
          url.searchParams.set('sslmode', 'require')
        }),
      /does not offer TLS/,
    ],
    [
      'an unknown parameter',
      () =>
        at((url) => {
          url.searchParams.set('schema', 'shop')
        }),
      /parameter "schema"/,
    ],
    ['broken text', () => 'postgres://a:hunter2@[x', /cannot be read/],
    [
      'a wrong sslmode',
      () =>
        at((url) => {
          url.searchParams.set('sslmode', 'yes')
        }),
      /sslmode must be one of/,
    ],
    ['an unknown service', () => 'service=nope', /no pg_service.conf has a service "nope"/],
  ]
  test.each(cases)('%s', async (_, url, message) => {
    const source = openTest({ url: url() })
    const error = await failure(source, async () => {})
    await source.close()
    expect(error.name).toBe('PostgresError')
    expect(error.message).toMatch(message)
    expect(`${error.message} ${error.hint} ${source.label}`).not.toMatch(/hunter2|secret/)
    expect(error.message).not.toContain('\n')
  })

  test('a server that accepts and says nothing', async () => {
    const { createServer } = await import('node:net')
    const sockets: { destroy(): void }[] = []
    const mute = createServer((socket) => sockets.push(socket))
    await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
    const { port } = mute.address() as { readonly port: number }
    try {
      const source = openTest({ host: '127.0.0.1', port, user: 'u', connect_timeout: 50 })
      expect((await failure(source, async () => {})).message).toContain('no answer')
      await source.close()
      await until(async () => sockets.length > 0)
    } finally {
      for (const socket of sockets) socket.destroy()
      mute.close()
    }
  })
})
