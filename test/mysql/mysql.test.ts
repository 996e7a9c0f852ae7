/** MySQL as a source, against a real MariaDB: what the kinds `rows` and `sql` see, what is refused, what doctor says. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Big } from 'big.js'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type MysqlServer, mysqlInstalled, startMysql } from '../../fixtures/servers/mysql.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import type { MysqlSpec } from '../../src/connections/schema.js'
import { rows } from '../../src/kinds/rows/kind.js'
import { sql } from '../../src/kinds/sql/kind.js'
import { type MysqlSource, openMysql } from '../../src/mysql/connect.js'
import { openClient } from '../../src/mysql/open-client.js'
import { mysqlSettings } from '../../src/mysql/settings.js'
import { command } from '../../src/mysql/wire.js'
import { runDoctor, seenBy } from '../cli/doctor/run-doctor.js'
import { runKind } from '../kinds/run.js'
import { serverOrSkip } from '../support/require-server.js'
import { directoryOf, runCli } from '../support/run-cli.js'

const PASSWORD = 'a-Password-of-mysql-1'
const ADMIN = 'an-Admin-of-mysql-1'
const live = () => new AbortController().signal

const SET_UP = [
  'SET NAMES utf8mb4',
  'CREATE DATABASE shop CHARACTER SET utf8mb4',
  'USE shop',
  'CREATE TABLE orders (id BIGINT PRIMARY KEY, state VARCHAR(20), total DECIMAL(30,10), note TEXT, photo VARBINARY(10), due DATETIME)',
  `INSERT INTO orders VALUES (1, 'paid', 12.5000000001, 'a "note" of Zoë 🛒', X'00ff', '2026-02-03 04:05:06')`,
  `INSERT INTO orders VALUES (2, 'void', -0.1, 'it''s a \\\\ backslash', NULL, NULL)`,
  `INSERT INTO orders VALUES (9007199254740993, 'paid', 1, NULL, X'', NULL)`,
  'CREATE TABLE `Odd "name"` (id INT)',
  'CREATE TABLE hits (id INT) ENGINE=MyISAM',
  'CREATE FUNCTION hit() RETURNS INT MODIFIES SQL DATA BEGIN INSERT INTO hits VALUES (1); RETURN 1; END'.replaceAll(
    ';',
    ';',
  ),
  `CREATE USER admin@'127.0.0.1' IDENTIFIED BY '${ADMIN}'`,
  `GRANT ALL ON *.* TO admin@'127.0.0.1'`,
  `CREATE USER reader@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
  `GRANT SELECT, EXECUTE ON shop.* TO reader@'127.0.0.1'`,
  `CREATE USER narrow@'127.0.0.1' IDENTIFIED BY '${PASSWORD}'`,
  `GRANT SELECT ON shop.hits TO narrow@'127.0.0.1'`,
]

serverOrSkip('mariadbd', mysqlInstalled())('MariaDB', () => {
  let server: MysqlServer
  let place: ReturnType<typeof directoryOf>
  let source: MysqlSource
  let ca: string

  const spec = (more: Partial<MysqlSpec> = {}): MysqlSpec => ({
    type: 'mysql',
    host: server.host,
    port: server.port,
    database: 'shop',
    user: 'reader',
    password: PASSWORD,
    limit: 2,
    connect_timeout: 5000,
    lock_timeout: 2000,
    ...more,
  })
  /** What comes of one question over a connection of its own. */
  const asking = async <T>(more: Partial<MysqlSpec>, ask: (source: MysqlSource) => Promise<T>): Promise<T> => {
    const opened = openMysql('main', spec(more), {})
    try {
      return await ask(opened)
    } finally {
      await opened.close()
    }
  }
  const select = (query: string, more: Partial<MysqlSpec> = {}, signal = live()) =>
    asking(more, (opened) =>
      opened.withSession({ signal }, (session) => session.select({ sql: query, path: ['sql'] }, { limit: 10 })),
    )

  beforeAll(async () => {
    const tls = makeTlsMaterial()
    place = directoryOf({ 'ca.pem': tls.ca })
    ca = join(place.path, 'ca.pem')
    server = await startMysql({ setUp: SET_UP, tls: tls.served['good.test'] })
    source = openMysql('main', spec(), {})
  })
  afterAll(async () => {
    await source?.close()
    await server?.stop()
    place?.remove()
  })

  const run = (kind: typeof rows | typeof sql, fields: Record<string, unknown>) =>
    runKind(kind as typeof sql, { connection: 'main', ...fields }, { sql: source })

  describe('kind rows', () => {
    it.each([
      [{ table: 'orders' }, 3],
      [{ table: 'shop.orders' }, 3],
      [{ table: '"Odd ""name"""' }, 0],
      [{ table: 'orders', where: "state = 'void' -- only these" }, 1],
      [{ table: 'orders', where: 'state = :state and id < :most', params: { state: 'paid', most: 5 } }, 1],
      [{ table: 'orders', where: '(id > 1) = :yes', params: { yes: true } }, 2],
      [{ table: 'orders', where: 'note = :note', params: { note: "it's a \\ backslash" } }, 1],
      [{ table: 'orders', where: "note = 'it''s a \\ backslash'" }, 1],
    ])('%j', async (fields, expected) => {
      expect((await run(rows, fields)).observation.subjects['count']).toBe(expected)
    })

    it.each([
      [{ table: 'ordrs' }, /Table 'shop\.ordrs' doesn't exist/, ['table']],
      [{ table: 'orders', where: 'stat = 1' }, /Unknown column 'stat'/, ['where']],
      [
        { table: 'orders', where: 'id in (:ids)', params: { ids: [1, 2] } },
        /a list, which MySQL cannot be given/,
        ['where'],
      ],
    ])('%j is an error with its place', async (fields, message, path) => {
      const failure = run(rows, fields)
      await expect(failure).rejects.toThrow(message)
      await expect(failure).rejects.toMatchObject({ at: { path } })
    })
  })

  describe('kind sql', () => {
    it('tells violations with exact values, of whatever type', async () => {
      const { observation, findings } = await run(sql, {
        violations: 'select * from orders order by id',
        show: { columns: ['id', 'total', 'note', 'photo', 'due'], limit: 3 },
      })
      expect(observation.subjects['violations']).toBe(3)
      expect(findings.map(({ row }) => row)).toEqual([
        { id: 1, total: 12.5000000001, note: 'a "note" of Zoë 🛒', photo: '\\x00ff', due: '2026-02-03 04:05:06' },
        { id: 2, total: -0.1, note: "it's a \\ backslash", photo: null, due: null },
        { id: '9007199254740993', total: 1, note: null, photo: '\\x', due: null },
      ])
    })

    it('streams rows of which nothing is shown', async () => {
      const { observation, findings, largest } = await run(sql, {
        violations:
          'with recursive n as (select 1 as i union all select i + 1 from n where i < 900) select a.i from n a, n b where b.i <= 20',
      })
      expect(observation.subjects['violations']).toBe(18_000)
      expect(findings).toHaveLength(18_000)
      expect(largest).toBeLessThanOrEqual(1000)
    })

    it.each([
      ['a bigint', 'select max(id) from orders', 9007199254740993n],
      ['a decimal', 'select max(total) from orders', new Big('12.5000000001')],
      ['a count', 'select count(*) from orders', 3n],
      ['a text', "select 'é'", 'é'],
    ])('gives %s exactly', async (_, query, value) => {
      expect((await run(sql, { sql: query })).observation.subjects['value']).toEqual(value)
    })

    it('asks first what there is to examine', async () => {
      const { observation } = await run(sql, {
        violations: 'select id from hits',
        examined: 'select count(*) from hits',
      })
      expect(observation.skip).toMatch(/nothing to examine/)
    })
  })

  describe('only reads', () => {
    it.each([
      ['a function that writes', 'select hit()', /it tried to write; postflight only reads/],
      [
        'text that closes the bracket',
        'select 1) as q; delete from hits where (1',
        /closes no "\("|only one statement/,
      ],
      ['a file', `select 1 into outfile '/tmp/x'`, /syntax|refused/],
      ['a lock on rows', 'select id from orders for update', /it would lock rows/],
      ['a lock on rows, shared', 'select id from orders lock in share mode', /it would lock rows/],
      ['a comment that is none', 'select id from orders /*!50000 for update */', /a comment that MySQL would run/],
    ])('%s is refused', async (_, query, message) => {
      const counted = async () => (await select('select count(*) from hits')).rows[0]
      const before = await counted()
      await expect(select(query)).rejects.toThrow(message)
      expect(await counted()).toEqual(before)
    })

    it('also as a user who may do everything', async () => {
      await expect(select('select hit()', { user: 'admin', password: ADMIN })).rejects.toThrow(/it tried to write/)
    })

    it('what it looks at stays as it is from the first look on', async () => {
      const admin = spec({ user: 'admin', password: ADMIN })
      const limits = { connectTimeoutMs: 5000, signal: live() }
      const context = { label: 'writer', user: 'admin', database: 'shop', showData: false }
      const writer = await openClient(mysqlSettings(admin), { ...limits, context })
      const counts = await asking(admin, (opened) =>
        opened.withSession({ signal: live() }, async (session) => {
          const query = { sql: 'select id from orders', path: ['sql'] }
          const first = await session.count(query)
          await command(writer, 'INSERT INTO orders (id) VALUES (77)')
          return [first, await session.count(query)]
        }),
      )
      await command(writer, 'DELETE FROM orders WHERE id = 77')
      writer.destroy()
      expect(counts[0]).toBe(counts[1])
    })
  })

  describe('ends', () => {
    const running = async () =>
      (
        await select(
          "select count(*) from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()",
          {
            user: 'admin',
            password: ADMIN,
          },
        )
      ).rows[0]?.[0]

    it('in the server, too, when it is told to stop', async () => {
      const controller = new AbortController()
      const failed = expect(select('select sleep(600)', {}, controller.signal)).rejects.toThrow('stopped: enough')
      await vi.waitFor(async () => expect(await running()).toBe('1'), { timeout: 10_000, interval: 20 })
      controller.abort(new Error('enough'))
      await failed
      await vi.waitFor(async () => expect(await running()).toBe('0'), { timeout: 10_000, interval: 20 })
    })

    it('by the limit it has given the server', async () => {
      const limited = asking({}, (opened) =>
        opened.withSession({ signal: live(), timeoutMs: -900 }, (session) =>
          session.select({ sql: 'select sleep(600)', path: ['sql'] }, { limit: 1 }),
        ),
      )
      await expect(limited).rejects.toThrow('the server ended it at its time limit')
    })
  })

  describe('errors say who must act, and no secret', () => {
    it.each([
      ['a wrong password', { password: 'wrong-Password-77' }, /the password of "reader" was refused/],
      [
        'a database that is not there',
        { user: 'admin', password: ADMIN, database: 'nowhere' },
        /there is no database "nowhere"/,
      ],
      ['a port nobody listens on', { port: 1 }, /connection refused: nothing listens there/],
      [
        'a URL that cannot be read',
        { url: 'mysql//reader:wrong-Password-77@x' },
        /the URL of the connection cannot be read/,
      ],
      ['an option in the URL', { url: 'mysql://x/shop?ssl=true' }, /has an option "ssl", which is not read/],
    ])('%s', async (_, more, message) => {
      const error: Error = await select('select 1', more).then(
        () => new Error('none'),
        (thrown: Error) => thrown,
      )
      expect(error.message).toMatch(message)
      expect(error.message + JSON.stringify(error)).not.toContain('wrong-Password-77')
    })

    it('a message that quotes a row is withheld', async () => {
      const quoting = select("select extractvalue('<a/>', concat('~', note)) from orders where id = 1")
      await expect(quoting).rejects.toThrow(/^the server refused it with error 1105 \(message withheld/)
    })
  })

  it.each([
    ['prefer', {}, true],
    ['disable', { sslmode: 'disable' }, false],
    ['require', { sslmode: 'require' }, true],
  ] as const)('speaks TLS as sslmode says: %s', async (_, more, encrypted) => {
    const cipher = (
      await select(
        "select variable_value from information_schema.session_status where variable_name = 'SSL_CIPHER'",
        more,
      )
    ).rows
    expect((cipher[0]?.[0] ?? '') !== '').toBe(encrypted)
  })

  it('trusts only the certificate it is told to', async () => {
    await expect(select('select 1', { sslmode: 'verify-full' })).rejects.toThrow(/TLS failed/)
    expect((await select('select 1', { sslmode: 'verify-full', sslrootcert: ca })).rows).toEqual([['1']])
  })

  describe('in a check file', () => {
    const env = { WORD: PASSWORD, ADMIN }
    const write = (user: string, check: string, secret = 'word') =>
      writeFileSync(
        join(place.path, 'postflight.yaml'),
        `version: 1
secrets: { word: { env: WORD }, admin: { env: ADMIN } }
connections:
  main: { type: mysql, host: 127.0.0.1, port: ${server.port}, database: shop, user: ${user}, password: "\${secret.${secret}}" }
  uploads: { type: files, root: /tmp }
defaults: { owner: team-shop, severity: high, remediation: Restore it. }
checks:
  - { ${check} }
  - { id: value, kind: sql, connection: main, sql: select count(*) from hits, expect: { value: 0 } }
`,
      )
    const ROWS = 'id: orders, kind: rows, connection: main, table: orders, expect: { count: 3 }'

    it('passes', async () => {
      write('reader', ROWS)
      const { code, stdout } = await runCli(['verify', '--json'], { cwd: place.path, env })
      expect(JSON.parse(stdout).counts).toMatchObject({ pass: 2, checks: 2 })
      expect(stdout).not.toContain(PASSWORD)
      expect(code).toBe(0)
    })

    it.each([
      [
        'compare',
        'id: x, kind: compare, source: { connection: main, table: a }, target: { connection: main, table: a }',
      ],
      [
        'artifacts',
        'id: x, kind: artifacts, rows: { connection: main, sql: select path from f, key: path }, store: uploads',
      ],
      ['postgres', 'id: x, kind: postgres, connection: main'],
    ])('kind %s takes no such connection yet', async (kind, check) => {
      write('reader', check)
      const message = `connection "main" is of type mysql; check "x" (kind ${kind}) needs postgres here`
      await expect(runDoctor(place.path, env)).rejects.toMatchObject({
        issues: expect.arrayContaining([expect.objectContaining({ message })]),
      })
    })

    it.each([
      ['reader', 'word', [], ['EXECUTE on "shop".*'], 0],
      [
        'narrow',
        'word',
        [["SELECT command denied to user 'narrow'@'127.0.0.1' for table `shop`.`orders`", ['orders']]],
        [],
        1,
      ],
      ['admin', 'admin', [], ['ALL PRIVILEGES on *.*'], 0],
    ] as const)('doctor tells the rights of %s', async (user, secret, few, many, code) => {
      write(user, ROWS, secret)
      const looked = await seenBy(place.path, env, 'main')
      const { told } = looked
      expect(told).toMatchObject({ server: expect.stringMatching(/^MariaDB 1\d/), database: 'shop', tls: true })
      expect(told.too_few.map(({ right, checks }: { right: string; checks: unknown }) => [right, checks])).toEqual(few)
      expect(told.too_many.map(({ right }: { right: string }) => right)).toEqual(many)
      expect(Math.abs(told.clock_skew_ms)).toBeLessThan(1000)
      expect(looked.code).toBe(code)
    })
  })
})
