/** Servers that begin in the clear: smtp-server from npm, PostgreSQL, and scripted ones for what npm has no server of. */
import { createServer, type Server, type Socket } from 'node:net'
import { createSecureContext, TLSSocket } from 'node:tls'
import { SMTPServer } from 'smtp-server'
import { afterEach, describe, expect, it } from 'vitest'
import { startPostgres } from '../../fixtures/servers/postgres.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import { withDeadline } from '../../src/probes/deadline.js'
import type { StartTls } from '../../src/probes/starttls-names.js'
import { lookTls } from '../../src/probes/tls.js'
import { createLocalVantage } from '../../src/vantage/local.js'

const vantage = createLocalVantage({ env: {} })
const material = makeTlsMaterial()
const pair = material.served['good.test']

const closers: (() => Promise<void>)[] = []
afterEach(async () => {
  for (const close of closers.splice(0)) await close()
})

function look(port: number, starttls: StartTls, timeoutMs = 5000) {
  return withDeadline(new AbortController().signal, timeoutMs, (signal) =>
    lookTls(
      vantage,
      { host: '127.0.0.1', port },
      { signal, starttls, servername: 'good.test', ca: material.ca, now: new Date() },
    ),
  )
}

async function portOf(server: Pick<Server, 'listen' | 'address' | 'close'>): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closers.push(() => new Promise<void>((resolve) => void server.close(() => resolve())))
  return (server.address() as { port: number }).port
}

/** Says `greeting`, and for each line it gets what the script has for its first word. */
function scripted(greeting: string, script: Readonly<Record<string, string>>): Promise<number> {
  const server = createServer((socket: Socket) => {
    socket.on('error', () => {})
    socket.write(greeting)
    const take = (chunk: Buffer) => {
      const line = chunk.toString('latin1').trim()
      const answer = script[line] ?? 'what?\r\n'
      socket.write(answer)
      if (!/OK|234|^220/i.test(answer)) return
      socket.off('data', take)
      const secured = new TLSSocket(socket, { isServer: true, secureContext: createSecureContext(pair) })
      secured.on('error', () => {})
    }
    socket.on('data', take)
  })
  return portOf(server)
}

describe('STARTTLS', () => {
  it('of smtp, against smtp-server', async () => {
    const smtp = new SMTPServer({ key: pair.key, cert: pair.cert, authOptional: true })
    smtp.on('error', () => {})
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise<void>((resolve) => void smtp.close(() => resolve())))
    const { port } = smtp.server.address() as { port: number }
    expect(await look(port, 'smtp')).toMatchObject({ reached: true, seen: { trusted: true, subject: 'CN=good.test' } })
  })

  it('of smtp, against smtp-server without it', async () => {
    const smtp = new SMTPServer({ disabledCommands: ['STARTTLS'] })
    await new Promise<void>((resolve) => smtp.listen(0, '127.0.0.1', resolve))
    closers.push(() => new Promise<void>((resolve) => void smtp.close(() => resolve())))
    const { port } = smtp.server.address() as { port: number }
    expect(await look(port, 'smtp')).toEqual({
      reached: false,
      step: 'handshake',
      reason: 'the smtp server does not offer TLS',
    })
  })

  it('of postgres, against PostgreSQL with and without TLS', async () => {
    const [secured, plain] = await Promise.all([startPostgres({ ssl: pair }), startPostgres()])
    try {
      expect(await look(Number(new URL(secured.url).port), 'postgres')).toMatchObject({
        reached: true,
        seen: { trusted: true },
      })
      expect(await look(Number(new URL(plain.url).port), 'postgres')).toMatchObject({
        reached: false,
        reason: 'the postgres server does not offer TLS',
      })
    } finally {
      await Promise.all([secured.stop(), plain.stop()])
    }
  })

  it.each<[StartTls, string, Record<string, string>]>([
    ['imap', '* OK ready\r\n', { 'a1 STARTTLS': '* still here\r\na1 OK go on\r\n' }],
    ['pop3', '+OK ready\r\n', { STLS: '+OK go on\r\n' }],
    ['ftp', '220-hello\r\n220 ready\r\n', { 'AUTH TLS': '234 go on\r\n' }],
  ])('of %s, against a scripted server', async (protocol, greeting, script) => {
    const port = await scripted(greeting, script)
    expect(await look(port, protocol)).toMatchObject({ reached: true, seen: { trusted: true } })
  })

  it.each<[StartTls, string, Record<string, string>, RegExp]>([
    ['imap', '* OK ready\r\n', { 'a1 STARTTLS': 'a1 NO never\r\n' }, /imap server does not offer TLS/],
    ['pop3', '+OK ready\r\n', { STLS: '-ERR never\r\n' }, /pop3 server does not offer TLS/],
    ['ftp', '220 ready\r\n', { 'AUTH TLS': '502 never\r\n' }, /answers 502 where ftp has 234/],
    ['smtp', 'SSH-2.0-OpenSSH_9.2\r\n', {}, /does not speak smtp/],
    ['imap', 'SSH-2.0-OpenSSH_9.2\r\n', {}, /does not speak imap/],
    ['smtp', '', {}, /^no answer within/],
    ['imap', `* OK ${'x'.repeat(100_000)}`, {}, /talks on and on/],
    // The words an attacker puts in front of the handshake.
    ['imap', '* OK ready\r\n', { 'a1 STARTTLS': 'a1 OK go on\r\n* injected\r\n' }, /went on in the clear/],
  ])('of %s, against a scripted server that will not (%#)', async (protocol, greeting, script, reason) => {
    const port = await scripted(greeting, script)
    const looked = await look(port, protocol, 1000)
    expect(looked).toEqual({ reached: false, step: 'handshake', reason: expect.stringMatching(reason) })
  })
})
