import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createRedactor } from '../../src/lib/redact.js'

const TOKEN = 'pässw0rd "é\\n+/?&= x'
const DSN = 'postgres://app:h%40rd-to-guess@db.example.net:5432/shop?sslmode=require'
const PEM = `-----BEGIN KEY-----\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nBKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj\n-----END KEY-----\n`
const redactor = createRedactor([
  { name: 'token', value: TOKEN },
  { name: 'db_url', value: DSN },
  { name: 'old_db', value: "host=old user=app password='it\\'s long enough' dbname=shop" },
  { name: 'pem', value: PEM },
  { name: 'file', value: 'with-a-newline-at-the-end\n' },
  { name: 'pin', value: '1234' },
])

const base64 = (text: string) => Buffer.from(text, 'utf8').toString('base64')

/** Spellings with what must not be left of them. */
const SPELT: [string, string, string][] = [
  ['plain', `x ${TOKEN} y`, 'w0rd'],
  ['percent-encoded', encodeURIComponent(TOKEN), 'w0rd'],
  ['percent-encoded in lower case', encodeURIComponent(TOKEN).toLowerCase().replace('P', 'p'), 'w0rd'],
  ['as a form', new URLSearchParams({ q: TOKEN }).toString(), 'w0rd'],
  ['JSON', JSON.stringify({ deep: TOKEN }), 'w0rd'],
  ['JSON in JSON', JSON.stringify(JSON.stringify({ deep: TOKEN })), 'w0rd'],
  ['base64 at offset 0', base64(TOKEN), base64(TOKEN).slice(4, 12)],
  ['base64 at offset 1', base64(`1${TOKEN}`), base64(`1${TOKEN}`).slice(4, 12)],
  ['base64 at offset 2', base64(`22${TOKEN}tail`), base64(`22${TOKEN}`).slice(4, 12)],
  [
    'base64url',
    Buffer.from(`..${TOKEN}`).toString('base64url'),
    Buffer.from(`..${TOKEN}`).toString('base64url').slice(4, 12),
  ],
  ['hex', Buffer.from(TOKEN).toString('hex'), Buffer.from(TOKEN).toString('hex').slice(4, 12)],
  ['the whole DSN', `cannot reach ${DSN}`, 'h%40rd'],
  ['the password of a DSN, as written', 'password h%40rd-to-guess failed', 'rd-to-guess'],
  ['the password of a DSN, decoded', 'password h@rd-to-guess failed', 'rd-to-guess'],
  ['basic authentication of a DSN', `Basic ${base64('app:h@rd-to-guess')}`, base64('app:h@rd-to-guess').slice(0, 12)],
  ['the password of a keyword string', "password it's long enough", 'long enough'],
  ['a line of a key', 'bad line BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj in key', 'BKcwggSj'],
  ['without its newline', 'got with-a-newline-at-the-end.', 'newline'],
  ['an unknown password in a URL', 'GET https://me:unknown1@host.example/x', 'unknown1'],
  ['an unknown token in a query', 'GET https://host.example/x?page=2&access_token=unknown1&z=1', 'unknown1'],
  ['an unknown signature', 's3 https://b.s3.example/k?X-Amz-Signature=unknown1', 'unknown1'],
  ['an unknown token behind a known one', `https://h/?a=${encodeURIComponent(TOKEN)}&token=unknown1`, 'unknown1'],
  ['an unknown password that holds a quote', `postgres://me:unkn'own1@host/db`, 'own1'],
  ['an unknown token in another case', 'GET https://host/x?accessToken=unknown1', 'unknown1'],
  ['an unknown password that holds an @', 'postgres://me:unkn@own1@host/db', 'own1'],
]

test.each(SPELT)('%s', (_, text, rest) => {
  expect(text).toContain(rest)
  expect(redactor.text(text)).not.toContain(rest)
  expect(redactor.text(text)).toMatch(/<secret \w/)
  expect(redactor.holds(text)).toBe(true)
  const event = { type: 'check:end', message: text, deep: [{ row: { [text]: text } }] }
  expect(JSON.stringify(redactor.event(event))).not.toContain(rest)
})

const KEPT = [
  'postgres://app@db.example.net/shop',
  'https://host.example/x?page=2&sort=name',
  'pässw0rd',
  's3://media/originals/',
  'user:pass',
  '1234 rows, port :1234, file 1234.txt',
  'the password failed',
]

test.each(KEPT)('%s stays', (text) => {
  expect(redactor.text(text)).toBe(text)
  expect(redactor.holds(text)).toBe(false)
})

const SHORT: [string, string][] = [
  ['redis://u:1234@host', '1234'],
  ['u:1234@host', '1234'],
  ['password=1234', '1234'],
  ['{"token": "1234"}', '1234'],
  ['Authorization: Bearer 1234', '1234'],
]

test.each(SHORT)('a short secret is hidden in %s', (text, rest) => {
  expect(redactor.text(text)).not.toContain(rest)
})

test('the password in the URL of a redis server is hidden where it stands alone', () => {
  const alone = createRedactor([{ name: 'redis_url', value: 'redis://:se%40cret-of-redis@cache:6379/1' }])
  expect(alone.text('WRONGPASS se@cret-of-redis')).toBe('WRONGPASS <secret redis_url>')
})

test('a short secret is warned about by name', () => {
  expect(redactor.warnings).toEqual([expect.stringContaining('"pin"')])
  expect(redactor.warnings.join()).not.toContain('1234')
})

describe('events', () => {
  test('pass unchanged where they hold nothing', () => {
    const event = { type: 'check:end', id: 'a', subjects: { missing: 3 } }
    expect(redactor.event(event)).toBe(event)
  })

  test('keep their own vocabulary whatever the secret', () => {
    const weak = createRedactor([{ name: 'weak', value: 'critical' }])
    const event = { type: 'run:start', checks: [{ id: 'critical', severity: 'critical', title: 'is critical' }] }
    expect(weak.event(event).checks).toEqual([{ id: 'critical', severity: 'critical', title: 'is <secret weak>' }])
    const finding = { finding: { finding: 'critical', key: 'critical', row: { id: 'critical' } } }
    expect(weak.event(finding).finding).toEqual({
      finding: 'critical',
      key: '<secret weak>',
      row: { id: '<secret weak>' },
    })
  })

  test('hide a secret of digits where it is a number, but never rename a subject', () => {
    const digits = createRedactor([
      { name: 'digits', value: '1234567890' },
      { name: 'word', value: 'violations' },
    ])
    const event = { id: 'a', done: 1234567890, subjects: { violations: 1234567890 }, row: { violations: 1234567890 } }
    expect(digits.event(event)).toEqual({
      id: 'a',
      done: 1234567890,
      subjects: { violations: '<secret digits>' },
      row: { '<secret word>': '<secret digits>' },
    })
  })

  test('are not changed in place', () => {
    const event = { message: TOKEN }
    redactor.event(event)
    expect(event.message).toBe(TOKEN)
  })
})

test('the longest secret wins where one holds another', () => {
  const both = createRedactor([
    { name: 'part', value: 'abcdefgh' },
    { name: 'whole', value: 'abcdefgh-ijkl' },
  ])
  expect(both.text('abcdefgh-ijkl abcdefgh')).toBe('<secret whole> <secret part>')
})

test('without secrets only URLs are cleaned', () => {
  expect(createRedactor([]).text('http://a:b@c and x')).toBe('http://a:<secret password>@c and x')
  expect(createRedactor([{ name: 'empty', value: '' }]).warnings).toEqual([])
})

test('no spelling of a random secret is left in any message', () => {
  const secret = fc
    .string({ minLength: 10, maxLength: 30, unit: 'grapheme' })
    .filter((text) => text.trim().length >= 10)
  fc.assert(
    fc.property(secret, fc.string(), fc.string(), (value, before, after) => {
      const hidden = createRedactor([{ name: 's', value }])
      expect(hidden.text(before + value + after)).not.toContain(value)
      const carried = base64(before + value + after)
      expect(Buffer.from(hidden.text(carried).replace(/<secret s>/g, ''), 'base64').toString('utf8')).not.toContain(
        value,
      )
      expect(JSON.stringify(hidden.event({ a: [before + value + after] }))).not.toContain(
        JSON.stringify(value).slice(1, -1),
      )
    }),
    { numRuns: 150 },
  )
})

/** A row value may be as long as anybody likes. */
test.each([
  ['dots before a URL', `${'a.'.repeat(100_000)} ://`],
  ['schemes', '://'.repeat(70_000)],
  ['names without a value', `x://u/${'?token'.repeat(40_000)}`],
  ['logins that never end', '://a:'.repeat(50_000)],
  ['marks that never end', '://<secret '.repeat(20_000)],
])('%s do not take for ever', (_, text) => {
  const start = performance.now()
  redactor.text(text)
  expect(performance.now() - start).toBeLessThan(2000)
})
