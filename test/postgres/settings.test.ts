import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { connectionSchema, type PostgresSpec } from '../../src/connections/schema.js'
import { parseConninfo } from '../../src/postgres/conninfo.js'
import { parseName, quoteLiteral, quoteName } from '../../src/postgres/quote.js'
import { resolveSettings } from '../../src/postgres/settings.js'
import { tlsAttempts } from '../../src/postgres/tls.js'

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'postflight-home-'))
  writeFileSync(
    join(home, '.pg_service.conf'),
    "# services\n[other]\nhost=wrong\n\n[shop]\nhost=db.shop\nport=6000\ndbname=shop db\nuser=svc\npassword=it's\n[last]\nhost=wrong\n",
  )
  writeFileSync(
    join(home, '.pgpass'),
    [
      '# comment',
      'db.a:5432:d:u:plain',
      'db.b:*:*:*:any:thing\\\\x',
      'db\\:c:5432:d:u:colon',
      '/run/pg:*:*:*:socket',
      '*:*:*:last:end',
    ].join('\n'),
    { mode: 0o600 },
  )
  writeFileSync(join(home, 'open'), 'db.a:5432:d:u:plain')
  chmodSync(join(home, 'open'), 0o644)
  writeFileSync(join(home, 'root.crt'), 'certificate')
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

function settings(spec: Record<string, unknown>, env: Record<string, string> = {}) {
  const parsed = connectionSchema.parse({ type: 'postgres', ...spec }) as PostgresSpec
  return resolveSettings(parsed, { HOME: home, ...env })
}

describe('connection strings are read as libpq reads them', () => {
  const cases: readonly (readonly [text: string, info: Record<string, string>])[] = [
    [
      'postgres://u:p%40ss@h:1/d?sslmode=require',
      { user: 'u', password: 'p@ss', host: 'h', port: '1', dbname: 'd', sslmode: 'require' },
    ],
    ['postgresql://', {}],
    ['postgresql://h', { host: 'h' }],
    ['postgres:///d?host=/run/pg', { dbname: 'd', host: '/run/pg' }],
    ['postgres://%2Frun%2Fpg/d', { host: '/run/pg', dbname: 'd' }],
    ['postgres://u@[::1]:6/d', { user: 'u', host: '::1', port: '6', dbname: 'd' }],
    ['postgres://a:1,b,[::2]:3/d', { host: 'a,b,::2', port: '1,,3', dbname: 'd' }],
    ['postgres://h/d?ssl=true&application_name=x', { host: 'h', dbname: 'd', sslmode: 'require' }],
    ['postgres://u:a:b@h', { user: 'u', password: 'a:b', host: 'h' }],
    [
      "host=h port = 5 password='it\\'s \\\\ x' dbname=a\\ b user=''",
      { host: 'h', port: '5', password: "it's \\ x", dbname: 'a b' },
    ],
    ['service=shop', { service: 'shop' }],
  ]
  test.each(cases)('%s', (text, info) => expect(parseConninfo(text)).toEqual(info))

  test.each(['postgres://u:hun@ter2@h/db', 'postgres://u:1?hunter2=x@h/db', 'postgres://u:hunter2#@h/db'])(
    'a password whose special characters are not encoded is neither a host nor a parameter: %s',
    (text) => {
      let message = ''
      try {
        parseConninfo(text)
      } catch (error) {
        message = String(error)
      }
      expect(message).toContain('cannot be read')
      expect(message).not.toMatch(/ter2/)
    },
  )

  test.each(['host', 'host=a b', 'postgres://h?x', 'postgres://%zz@h', "host='a", 'postgres://h:port/', 'mysql://h/d'])(
    'refused: %s',
    (text) => expect(() => parseConninfo(text)).toThrow(/cannot be read|means nothing here/),
  )
})

describe('what is given nearer wins', () => {
  test('fields, then URL, then service, then variables, then defaults', () => {
    const env = { PGHOST: 'env', PGUSER: 'env', PGDATABASE: 'env', PGPORT: '7', PGPASSWORD: 'env' }
    const found = settings({ url: 'postgres://url@/?service=shop', user: 'field' }, env)
    expect(found.user).toBe('field')
    expect(found.database).toBe('shop db')
    expect(found.hosts).toEqual([{ host: 'db.shop', port: 6000 }])
    expect(found.password({ host: 'db.shop', port: 6000 })).toEqual({ password: "it's" })
    expect(settings({}, env)).toMatchObject({ user: 'env', database: 'env', hosts: [{ host: 'env', port: 7 }] })
    expect(settings({ host: 'h', user: 'u' })).toMatchObject({ database: 'u', hosts: [{ host: 'h', port: 5432 }] })
    expect(settings({ service: 'shop' }).user).toBe('svc')
    expect(settings({}, { PGSERVICE: 'shop' }).user).toBe('svc')
  })
  test('several hosts, each with its port', () => {
    expect(settings({ url: 'postgres://a:1,b:2/d' }).hosts).toEqual([
      { host: 'a', port: 1 },
      { host: 'b', port: 2 },
    ])
    expect(settings({ url: 'host=a,b hostaddr=10.0.0.1,10.0.0.2 port=9' }).hosts).toEqual([
      { host: 'a', address: '10.0.0.1', port: 9 },
      { host: 'b', address: '10.0.0.2', port: 9 },
    ])
    expect(() => settings({ url: 'host=a,b,c port=1,2' })).toThrow('2 ports are given for 3 hosts')
  })
  test.each(['0', '65536', 'x'])('port %s is refused', (port) =>
    expect(() => settings({ host: 'h' }, { PGPORT: port })).toThrow('port'),
  )
})

describe('the password file', () => {
  const cases: readonly (readonly [host: string, user: string, password: string | undefined])[] = [
    ['db.a', 'u', 'plain'],
    ['db.a', 'v', undefined],
    ['db.b', 'anybody', 'any:thing\\x'],
    ['db:c', 'u', 'colon'],
    ['/run/pg', 'u', 'socket'],
    ['elsewhere', 'last', 'end'],
  ]
  test.each(cases)('%s as %s', (host, user, password) => {
    const found = settings({ host, user, database: 'd' })
    expect(found.password({ host, port: 5432 }).password).toBe(password)
  })
  test('is passed over where others may read it, and that is said', () => {
    const found = settings({ host: 'db.a', user: 'u', database: 'd' }, { PGPASSFILE: join(home, 'open') })
    expect(found.password({ host: 'db.a', port: 5432 })).toEqual({ ignored: expect.stringContaining('chmod 600') })
  })
})

describe('sslmode means what libpq means', () => {
  const host = { host: 'db.example', port: 5432 }
  const root = () => join(home, 'root.crt')
  const attempts = (info: Record<string, string>, at = host) =>
    tlsAttempts(info, at, { HOME: '/nowhere' }).map((tls) =>
      tls === undefined
        ? 'plain'
        : tls.rejectUnauthorized === false
          ? 'tls'
          : tls.checkServerIdentity === undefined
            ? 'full'
            : 'ca',
    )
  test.each([
    ['disable', ['plain']],
    ['allow', ['plain', 'tls']],
    ['prefer', ['tls', 'plain']],
    ['require', ['tls']],
  ])('%s', (sslmode, expected) => expect(attempts({ sslmode })).toEqual(expected))
  test('none given is prefer', () => expect(attempts({})).toEqual(['tls', 'plain']))
  test('require with a root certificate verifies the chain', () =>
    expect(attempts({ sslmode: 'require', sslrootcert: root() })).toEqual(['ca']))
  test('verify-ca and verify-full', () => {
    expect(attempts({ sslmode: 'verify-ca', sslrootcert: root() })).toEqual(['ca'])
    expect(attempts({ sslmode: 'verify-full', sslrootcert: root() })).toEqual(['full'])
  })
  test.each(['verify-ca', 'verify-full'])('%s without a root certificate is refused', (sslmode) =>
    expect(() => attempts({ sslmode })).toThrow('no root certificate'),
  )
  test('the system store asks for verify-full', () => {
    expect(attempts({ sslrootcert: 'system' })).toEqual(['full'])
    expect(() => attempts({ sslrootcert: 'system', sslmode: 'require' })).toThrow('too weak')
  })
  test('a Unix socket has none', () =>
    expect(attempts({ sslmode: 'verify-full' }, { host: '/run/pg', port: 5432 })).toEqual(['plain']))
  test('a certificate is held against the name, not the address', () => {
    const [tls] = tlsAttempts({ sslmode: 'require' }, { host: 'db.example', port: 1 }, {})
    expect(tls).toMatchObject({ host: 'db.example', servername: 'db.example' })
    expect(tlsAttempts({ sslmode: 'require' }, { host: '10.0.0.1', port: 1 }, {})[0]).not.toHaveProperty('servername')
  })
})

describe('names are quoted, whatever they hold', () => {
  test.each([
    ['orders', '"orders"'],
    ['shop.Orders', '"shop"."Orders"'],
    ['"a.b".c', '"a.b"."c"'],
    ['"x""; drop table y; --"', '"x""; drop table y; --"'],
    ['"q""q"', '"q""q"'],
    ['db.s.t', '"db"."s"."t"'],
    ['größe', '"größe"'],
  ])('%s', (text, quoted) => expect(quoteName(text)).toBe(quoted))
  test.each([
    '',
    '.',
    'a.',
    '.a',
    'a..b',
    'a.b.c.d',
    '"a',
    '"a"b',
    'x"; drop table y; --',
    '""',
    'a\0',
    ' ',
    'x'.repeat(64),
    'ü'.repeat(32),
  ])('refused: %j', (text) => expect(parseName(text)).toBeUndefined())
  test.each([
    ["it's", "'it''s'"],
    ["\\' or", "E'\\\\'' or'"],
  ])('literal %s', (text, quoted) => expect(quoteLiteral(text)).toBe(quoted))
})
