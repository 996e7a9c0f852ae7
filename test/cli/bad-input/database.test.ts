import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { directoryOf, runCli } from '../../support/run-cli.js'

const PASSWORD = 'orange-tulip-9173'

let database: TestDatabase
let role: string
let url: string

beforeAll(async () => {
  database = await createDatabase()
  role = `reader_${database.name}`
  await database.client.query(`
    create table orders (id int primary key, note text);
    insert into orders values (1, 'alice@example.net'), (2, 'bob@example.net');
    create table secrets_of_hr (id int);
    create table tenants (id int, owner text);
    insert into tenants values (1, 'a'), (2, 'b');
    alter table tenants enable row level security;
    create policy own on tenants using (owner = current_user);
    create table written (by_whom text);
    create function sneak() returns int language sql as $$ insert into written values ('sneak') returning 1 $$;
    create role ${role} login password '${PASSWORD}';
    grant select on orders, tenants to ${role};
    grant all on written to ${role};
  `)
  const own = new URL(database.url)
  own.username = role
  own.password = PASSWORD
  url = own.href
})

afterAll(async () => {
  await database.client.query(`drop owned by ${role}; drop role ${role}`)
  await database.drop()
})

const sql = (text: string, field = 'violations') =>
  `    kind: sql\n    ${field}: |\n${text.replace(/^/gm, '      ')}\n${field === 'sql' ? '    expect: { value: 1 }\n' : ''}`

async function verify(check: string, databaseUrl = url) {
  const directory = directoryOf({
    'postflight.yaml': `version: 1
secrets: { url: { env: SHOP_URL } }
connections: { main: { type: postgres, url: "\${secret.url}" } }
defaults: { owner: team-shop, severity: high, remediation: Restore it., timeout: 5s }
checks:
  - id: probe
    connection: main
${check}`,
  })
  try {
    return await runCli(['verify', '--no-color'], { cwd: directory.path, env: { SHOP_URL: databaseUrl } })
  } finally {
    directory.remove()
  }
}

const withUrl = (change: (url: URL) => void): string => {
  const changed = new URL(url)
  change(changed)
  return changed.href
}

const ROWS = '    kind: rows\n    table: orders\n    expect: { count: 2 }\n'

describe('what a database can refuse is error and exit 3, never a pass, and leaks nothing', () => {
  it('passes when nothing is wrong', async () => {
    expect(await verify(ROWS)).toMatchObject({ code: 0 })
  })

  const CASES: readonly (readonly [string, string, readonly RegExp[], ((url: URL) => void)?])[] = [
    [
      'unreachable',
      ROWS,
      [/refused|reach/i],
      (at) => {
        at.port = '1'
      },
    ],
    [
      'unknown host',
      ROWS,
      [/nowhere\.invalid/],
      (at) => {
        at.hostname = 'nowhere.invalid'
      },
    ],
    [
      'wrong password',
      ROWS,
      [/password/i],
      (at) => {
        at.password = 'wrong-tulip-0000'
      },
    ],
    [
      'no such database',
      ROWS,
      [/"nowhere"|nowhere/],
      (at) => {
        at.pathname = '/nowhere'
      },
    ],
    ['missing table', ROWS.replace('orders', 'ordrs'), [/ordrs/, /does not exist/]],
    ['syntax error', sql('select id\nfrm orders'), [/postflight\.yaml:\d+:\d+/, /frm orders\n.*\^/]],
    ['missing column', sql('select id,\n       naem from orders'), [/postflight\.yaml:11:14/, /naem/]],
    ['permission denied', ROWS.replace('orders', 'secrets_of_hr'), [/permission denied/, /secrets_of_hr/]],
    ['rows hidden by row-level security', ROWS.replace('orders', 'tenants'), [/row-level security/i]],
    ['a function that writes', sql('select sneak()', 'sql'), [/read-only/i]],
    [
      'a data-modifying CTE',
      sql("with w as (insert into written values ('cte') returning 1) select * from w"),
      [/probe/],
    ],
    ['a value that cannot be cast', sql('select id from orders where note::int > 0'), [/invalid input syntax/]],
    [
      'statement timeout',
      sql("select set_config('statement_timeout', '0', true), pg_sleep(60)"),
      [/timed out|timeout/i],
    ],
    ['two rows for one value', sql('select id from orders', 'sql'), [/row/]],
  ]

  it.each(CASES.map(([name, check, patterns, change]) => ({ name, check, patterns, change })))(
    '$name',
    async ({ check, patterns, change }) => {
      const { code, stdout, stderr } = await verify(check, change === undefined ? url : withUrl(change))
      const output = stdout + stderr
      expect(code, output).toBe(3)
      for (const pattern of patterns) expect(output).toMatch(pattern)
      expect(output).not.toContain(PASSWORD)
      expect(output).not.toContain('wrong-tulip')
      expect(output).not.toContain('alice@example.net')
    },
  )

  it.each([
    "select 1) q; commit; insert into written values ('out'); --",
    "select 1) q) to stdout; commit; insert into written values ('copy'); --",
    "select 1) q) to program 'touch /tmp/never' --",
    'commit',
    "insert into written values ('plain')",
  ])('breaking out of the wrapper writes nothing: %s', async (text) => {
    const { code } = await verify(sql(text))
    expect([2, 3]).toContain(code)
    expect((await database.client.query('select * from written')).rows).toEqual([])
  })
})
