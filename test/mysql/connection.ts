/** A MySQL connection: it only reads, ends when told to, says who must act, and speaks TLS. */
import { describe, expect, it, vi } from 'vitest'
import { ADMIN, live, type Shop } from './shop.js'

export function mysqlConnections(use: () => Shop): void {
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
      const counted = async () => (await use().select('select count(*) from hits')).rows[0]
      const before = await counted()
      await expect(use().select(query)).rejects.toThrow(message)
      expect(await counted()).toEqual(before)
    })

    it('also as a user who may do everything', async () => {
      await expect(use().select('select hit()', { user: 'admin', password: ADMIN })).rejects.toThrow(
        /it tried to write/,
      )
    })

    it('what it looks at stays as it is from the first look on', async () => {
      const admin = use().spec({ user: 'admin', password: ADMIN })
      const counts = await use().asking(admin, (opened) =>
        opened.withSession({ signal: live() }, async (session) => {
          const query = { sql: 'select id from orders', path: ['sql'] }
          const first = await session.count(query)
          await use().write('INSERT INTO orders (id) VALUES (77)')
          return [first, await session.count(query)]
        }),
      )
      await use().write('DELETE FROM orders WHERE id = 77')
      expect(counts[0]).toBe(counts[1])
    })
  })

  describe('ends', () => {
    const running = async () =>
      (
        await use().select(
          "select count(*) from information_schema.processlist where info like '%sleep(600)%' and id <> connection_id()",
          {
            user: 'admin',
            password: ADMIN,
          },
        )
      ).rows[0]?.[0]

    it('in the server, too, when it is told to stop', async () => {
      const controller = new AbortController()
      const failed = expect(use().select('select sleep(600)', {}, controller.signal)).rejects.toThrow('stopped: enough')
      await vi.waitFor(async () => expect(await running()).toBe('1'), { timeout: 10_000, interval: 20 })
      controller.abort(new Error('enough'))
      await failed
      await vi.waitFor(async () => expect(await running()).toBe('0'), { timeout: 10_000, interval: 20 })
    })

    it('by the limit it has given the server', async () => {
      const limited = use().asking({}, (opened) =>
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
      const error: Error = await use()
        .select('select 1', more)
        .then(
          () => new Error('none'),
          (thrown: Error) => thrown,
        )
      expect(error.message).toMatch(message)
      expect(error.message + JSON.stringify(error)).not.toContain('wrong-Password-77')
    })

    it('a message that quotes a row is withheld', async () => {
      const quoting = use().select("select extractvalue('<a/>', concat('~', note)) from orders where id = 1")
      await expect(quoting).rejects.toThrow(/^the server refused it with error 1105 \(message withheld/)
    })
  })

  it.each([
    ['prefer', {}, true],
    ['disable', { sslmode: 'disable' }, false],
    ['require', { sslmode: 'require' }, true],
  ] as const)('speaks TLS as sslmode says: %s', async (_, more, encrypted) => {
    const cipher = (
      await use().select(
        "select variable_value from information_schema.session_status where variable_name = 'SSL_CIPHER'",
        more,
      )
    ).rows
    expect((cipher[0]?.[0] ?? '') !== '').toBe(encrypted)
  })

  it('trusts only the certificate it is told to', async () => {
    await expect(use().select('select 1', { sslmode: 'verify-full' })).rejects.toThrow(/TLS failed/)
    expect((await use().select('select 1', { sslmode: 'verify-full', sslrootcert: use().ca })).rows).toEqual([['1']])
  })
}
