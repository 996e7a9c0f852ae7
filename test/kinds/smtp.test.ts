import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { freePort } from '../../fixtures/servers/free-port.js'
import { dripping, silent, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import { type SmtpOptions, type SmtpServer, startSmtp } from '../../fixtures/servers/smtp.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import { smtp } from '../../src/kinds/smtp/kind.js'
import { runKind } from './run.js'

const SECRET = 'a-Password-of-the-relay'
const LOGIN = { user: 'shop', password: SECRET }
const FORMS = [SECRET, Buffer.from(SECRET).toString('base64'), Buffer.from(`\0shop\0${SECRET}`).toString('base64')]
const material = makeTlsMaterial()
const directory = mkdtempSync(join(tmpdir(), 'postflight-smtp-test-'))
const ca = join(directory, 'ca.pem')
writeFileSync(ca, material.ca)
afterAll(() => rmSync(directory, { recursive: true }))

async function look(spec: object, timeoutMs = 5000) {
  const { observation } = await runKind(
    smtp,
    { host: '127.0.0.1', ca, helo: 'shop.test', ...spec },
    { check: { timeoutMs }, now: () => new Date() },
  )
  const said = JSON.stringify(observation)
  for (const form of FORMS) expect(said).not.toContain(form)
  return observation
}

describe('a mail server', () => {
  let server: SmtpServer
  const started: SmtpServer[] = []
  const start = async (options: SmtpOptions = {}) => {
    const one = await startSmtp({ material, login: LOGIN, ...options })
    started.push(one)
    return one
  }
  beforeAll(async () => {
    server = await start({ refuses: { 'gone@shop.test': 550, 'later@shop.test': 451, 'us@old.test': 553 } })
  })
  afterAll(() => Promise.all(started.map((one) => one.stop())))
  afterEach(() => expect.poll(server.open).toBe(0))

  it('is seen up to the message, which is never sent', async () => {
    const { subjects, notes, method } = await look({
      port: server.port,
      ...LOGIN,
      mail_from: 'us@shop.test',
      rcpt_to: 'them@shop.test',
    })
    expect(subjects).toMatchObject({
      reachable: true,
      failed_step: 'none',
      banner: expect.stringContaining('mail.test'),
      starttls: true,
      size_limit: 10_000_000,
      protocol: 'TLSv1.3',
      trusted: true,
      auth_ok: true,
      sender_ok: true,
      recipient_ok: true,
      latency: expect.any(Number),
      expires_in: expect.any(Number),
    })
    expect(subjects['extensions']).toEqual(expect.arrayContaining(['AUTH', 'SIZE', 'PIPELINING']))
    expect(notes).toEqual([])
    expect(method).toBe('socket')
    expect(server.offered).toEqual(['us@shop.test', 'them@shop.test'])
    expect(server.messages()).toBe(0)
  })

  it('with TLS from the start is seen too', async () => {
    const other = await start({ implicit: true })
    const { subjects } = await look({ port: other.port, tls: 'implicit', ...LOGIN })
    expect(subjects).toMatchObject({ reachable: true, trusted: true, auth_ok: true })
  })

  it.each(['PLAIN', 'LOGIN'] as const)('that only knows AUTH %s is logged in to', async (mechanism) => {
    const other = await start({ mechanisms: [mechanism] })
    expect((await look({ port: other.port, ...LOGIN })).subjects).toMatchObject({ auth_ok: true })
  })

  it('that wants what we cannot do leaves the login unobserved', async () => {
    const other = await start({ mechanisms: ['CRAM-MD5'] })
    const { subjects } = await look({ port: other.port, ...LOGIN })
    expect(subjects).toMatchObject({ reachable: true, auth_ok: { unobserved: expect.stringContaining('CRAM-MD5') } })
  })

  it('that refuses the password says so', async () => {
    const { subjects, notes } = await look({ port: server.port, user: 'shop', password: 'wrong' })
    expect(subjects).toMatchObject({ reachable: true, auth_ok: false })
    expect(notes?.join()).toMatch(/login: the server answers 535/)
  })

  it('that offers no login cannot be logged in to', async () => {
    const other = await start({ without: ['AUTH'] })
    expect((await look({ port: other.port, ...LOGIN })).subjects).toMatchObject({ auth_ok: false })
  })

  it.each([
    [
      'sender',
      { mail_from: 'us@old.test', rcpt_to: 'them@shop.test' },
      { sender_ok: false, recipient_ok: { unobserved: expect.any(String) } },
      '553',
    ],
    [
      'recipient',
      { mail_from: 'us@shop.test', rcpt_to: 'gone@shop.test' },
      { sender_ok: true, recipient_ok: false },
      '550',
    ],
    [
      'recipient for now',
      { mail_from: 'us@shop.test', rcpt_to: 'later@shop.test' },
      { recipient_ok: { unobserved: expect.stringContaining('451') } },
      '451',
    ],
  ])('that refuses the %s says so', async (_, spec, wanted, code) => {
    const { subjects, notes } = await look({ port: server.port, ...spec })
    expect(subjects).toMatchObject({ reachable: true, ...wanted })
    expect(JSON.stringify([subjects, notes])).toContain(`answers ${code}`)
  })

  it.each([
    ['expired.test', /expired/],
    ['mismatch.test', /other\.example/],
    ['self.test', /signed by itself/],
  ] as const)('whose certificate is bad (%s) gets no password', async (certificate, why) => {
    const other = await start({ certificate })
    const { subjects, notes } = await look({ port: other.port, servername: certificate, ...LOGIN })
    expect(subjects).toMatchObject({ reachable: true, trusted: false, auth_ok: { unobserved: expect.any(String) } })
    expect(notes?.join()).toMatch(why)
    expect(other.logins()).toBe(0)
  })

  it('without encryption gets no password, unless the check file says so', async () => {
    const other = await start()
    const spec = { port: other.port, tls: 'none', ...LOGIN }
    expect((await look(spec)).subjects).toMatchObject({ auth_ok: { unobserved: expect.any(String) } })
    expect(other.logins()).toBe(0)
    expect((await look({ ...spec, login_in_the_clear: true })).subjects).toMatchObject({ auth_ok: true })
  })

  it('that does not offer STARTTLS fails at the handshake, and is told nothing more', async () => {
    const other = await start({ without: ['STARTTLS'] })
    const { subjects, notes } = await look({ port: other.port, ...LOGIN })
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'handshake' })
    expect(notes?.join()).toContain('does not offer STARTTLS')
    expect(other.logins()).toBe(0)
    expect((await look({ port: other.port, tls: 'none' })).subjects).toMatchObject({ reachable: true, starttls: false })
  })

  it('that is not there fails at connect', async () => {
    const { subjects } = await look({ port: await freePort() })
    expect(subjects).toMatchObject({ reachable: false, failed_step: 'connect' })
  })
})

describe('a mail server that misbehaves', () => {
  type Play = Parameters<typeof startScriptedTcp>[0]
  const says =
    (...lines: readonly string[]): Play =>
    (socket) => {
      const left = [...lines]
      socket.write(left.shift() ?? '')
      socket.on('data', () => socket.write(left.shift() ?? ''))
    }
  const TLS_OFFERED = '250-mail.test\r\n250 STARTTLS\r\n'

  it.each<readonly [string, Play, string, string]>([
    ['says nothing', silent, 'response', 'no answer within'],
    ['greets and says no more', says('220 mail.test\r\n'), 'response', 'no answer within'],
    ['sends a byte a second', dripping('220 mail.test'), 'response', 'no answer within'],
    ['greets without end', says('220-mail.test\r\n'), 'response', 'no answer within'],
    ['talks on and on', (socket) => socket.write('220-x\r\n'.repeat(20_000)), 'response', 'on and on'],
    ['blocks the new address', says('554 5.7.1 blocked by policy\r\n'), 'response', '554 5.7.1 blocked by policy'],
    ['speaks another protocol', says('HTTP/1.1 400 Bad Request\r\n'), 'response', 'does not speak SMTP'],
    ['hangs up', (socket) => socket.end(), 'response', 'closed the connection'],
    ['is silent in the handshake', says('220 m\r\n', TLS_OFFERED, '220 go\r\n'), 'handshake', 'no answer within'],
    ['takes STARTTLS back', says('220 m\r\n', TLS_OFFERED, '454 not now\r\n'), 'handshake', '454 not now'],
    [
      'goes on in the clear',
      says('220 m\r\n', TLS_OFFERED, '220 go\r\n250 AUTH PLAIN\r\n'),
      'handshake',
      'in the clear',
    ],
  ])('that %s is not reached, in time, and nothing stays open', async (_, play, step, text) => {
    const server = await startScriptedTcp(play)
    const began = performance.now()
    const { subjects, notes } = await look({ port: server.port, ...LOGIN }, 1500)
    expect(performance.now() - began).toBeLessThan(2500)
    expect(subjects).toMatchObject({ reachable: false, failed_step: step, trusted: { unobserved: expect.any(String) } })
    expect(notes?.join()).toContain(text)
    for (const form of FORMS) expect(server.received()).not.toContain(form)
    await expect.poll(server.open).toBe(0)
    await server.stop()
  })

  it('and knows no EHLO is greeted the old way', async () => {
    const server = await startScriptedTcp(says('220 m\r\n', '502 what?\r\n', '250 m\r\n', '221 bye\r\n'))
    const { subjects } = await look({ port: server.port, tls: 'none' })
    await server.stop()
    expect(subjects).toMatchObject({ reachable: true, extensions: [], size_limit: { unobserved: expect.any(String) } })
  })
})

describe('a check file', () => {
  const problems = (spec: object) =>
    smtp.lint?.(smtp.schema.parse({ host: 'h', port: 25, ...spec })).map(({ path }) => path.join('.'))

  it.each([
    ['a user without a password', { user: 'u' }, ['user']],
    ['a password without a user', { password: 'p' }, ['password']],
    ['a recipient without a sender', { rcpt_to: 'a@b' }, ['rcpt_to']],
    ['a login in the clear', { tls: 'none', user: 'u', password: 'p' }, ['tls']],
    ['a login in the clear on purpose', { tls: 'none', user: 'u', password: 'p', login_in_the_clear: true }, []],
  ])('%s', (_, spec, paths) => {
    expect(problems(spec)).toEqual(paths)
  })

  it.each(['a@b\r\nDATA', 'a@b> SIZE=1', 'a b@c'])('may not smuggle a command in an address: %j', (address) => {
    expect(smtp.schema.safeParse({ host: 'h', port: 25, mail_from: address }).success).toBe(false)
  })
})
