/** Mail, against a real server, and against ones that hang and break off. TLS is tried through the command line. */
import { createServer, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { type SmtpOptions, startSmtp } from '../../fixtures/servers/smtp.js'
import { type Patience, withAttempts } from '../../src/notify/attempts.js'
import { changeFor } from '../../src/notify/change.js'
import { email } from '../../src/notify/email.js'
import { noticeFor } from '../../src/notify/notice.js'
import { type Given, routeOf, seenRun } from './seen.js'

const QUICK: Patience = { attempts: 3, attemptMs: 3000, totalMs: 6000, pauseMs: 1 }
const open: { stop: () => unknown }[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()))
})

const HOSTILE = 'x\r\nBcc: evil@example.net\r\n.\r\nMAIL FROM:<evil@example.net>\r\n\u202e\x1b[31m'

function noticeOf(given: Partial<Given> = {}, name = 'shop') {
  const seen = seenRun({ a: { outcome: 'fail', ...given } }, { start: { name } })
  const change = changeFor(routeOf(), seen, { told: undefined, concerned: new Set(), closes: false })
  return noticeFor(routeOf(), seen, change, { present: () => ({ headline: HOSTILE }), values: true })
}

function send(port: number, more: Record<string, unknown> = {}, notice = noticeOf(), patience = QUICK) {
  const fields = { type: 'email', host: '127.0.0.1', port, tls: 'none', from: 'pf@example.net', to: 'ops@example.net' }
  const spec = email.schema.parse({ ...fields, ...more })
  return withAttempts(patience, new AbortController().signal, (signal) =>
    email.send(spec, notice, { signal, version: '0.1.0', route: 'ops' }),
  )
}

async function server(options: SmtpOptions = {}) {
  const one = await startSmtp(options)
  open.push(one)
  return one
}

/** Goes through the motions of SMTP, up to where `at` says otherwise. */
async function scripted(at: (line: string, socket: Socket) => boolean, greets = true): Promise<number> {
  const sockets = new Set<Socket>()
  const fake = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => {})
    if (greets) socket.write('220 fake\r\n')
    socket.on('data', (data) => {
      const line = data.toString()
      if (at(line, socket)) return
      socket.write(line.startsWith('DATA') ? '354 go on\r\n' : line.startsWith('EHLO') ? '250 fake\r\n' : '250 ok\r\n')
    })
  })
  await new Promise<void>((resolve) => fake.listen(0, '127.0.0.1', resolve))
  open.push({
    stop: () =>
      new Promise((resolve) => {
        fake.close(resolve)
        for (const socket of sockets) socket.destroy()
      }),
  })
  return (fake.address() as { port: number }).port
}

it('is one plain message that no machine answers', async () => {
  const smtp = await server()
  await send(smtp.port, { to: ['ops@example.net', 'boss@example.net'] })
  expect(smtp.offered).toEqual(['pf@example.net', 'ops@example.net', 'boss@example.net'])
  const [mail = ''] = smtp.mails
  for (const header of [
    'From: postflight <pf@example.net>',
    'To: ops@example.net, boss@example.net',
    'Subject: [postflight] shop: 1 failed (a)',
    'Auto-Submitted: auto-generated',
    'Content-Type: text/plain; charset=utf-8',
  ])
    expect(mail).toContain(`${header}\r\n`)
  expect(mail).toMatch(/^List-Id: <postflight-[0-9a-f]{32}\.example\.net>\r$/im)
  expect(mail).toMatch(/^Message-ID:\s+<20260615T120000Z-abcdef\.postflight-[0-9a-f]{32}@example\.net>\r$/im)
  expect(mail).toContain('fail  a  (high, team)')
  expect(mail).toContain('  fix: Restore it.')
})

it('cannot be made another message by what stands in it', async () => {
  const smtp = await server()
  const planned = { title: HOSTILE, remediation: HOSTILE, runbook: HOSTILE, owner: HOSTILE }
  const end = { message: HOSTILE, notes: [HOSTILE], diagnoses: [{ summary: HOSTILE }] }
  await send(smtp.port, {}, noticeOf({ planned, end, findings: [{ finding: 'missing', key: 'k' }] }, HOSTILE))
  expect(smtp.mails).toHaveLength(1)
  expect(smtp.offered).toEqual(['pf@example.net', 'ops@example.net'])
  const [head = '', body = ''] = (smtp.mails[0] ?? '').split('\r\n\r\n')
  expect(head.replaceAll('\r\n ', ' ')).not.toMatch(/^bcc:/im)
  expect(`${head}${body}`.match(/[^\P{C}\r\n]/u)).toBeNull()
})

it.each(['a@b.c, evil@example.net', 'a@b.c\r\nBcc: e@example.net', '<a@b.c>', 'a b@c.d', 'nobody', 'a@b@c'])(
  'goes to no address such as %j',
  (to) => {
    const given = { type: 'email', host: 'h', from: 'a@b.c', to }
    expect(email.schema.safeParse(given).success).toBe(false)
    expect(email.schema.safeParse({ ...given, from: to, to: 'a@b.c' }).success).toBe(false)
  },
)

describe('a login', () => {
  const login = { user: 'pf', password: 'right' }

  it('that is right', async () => {
    const smtp = await server({ login })
    await send(smtp.port, login)
    expect([smtp.logins(), smtp.messages()]).toEqual([1, 1])
  })

  it('that is refused is not tried again, and its password is not told', async () => {
    const smtp = await server({ login })
    await expect(send(smtp.port, { ...login, password: 'wrong-password' })).rejects.toThrow(
      /^it answered 535: the login is refused$/,
    )
    expect([smtp.logins(), smtp.messages()]).toEqual([1, 0])
  })

  it('that is not offered: nothing goes without it', async () => {
    const smtp = await server({ without: ['AUTH'] })
    await expect(send(smtp.port, login)).rejects.toThrow()
    expect(smtp.messages()).toBe(0)
  })
})

describe('a server', () => {
  it('that refuses the recipient for good is asked once', async () => {
    const smtp = await server({ refuses: { 'ops@example.net': 550 } })
    await expect(send(smtp.port)).rejects.toThrow(/^it answered 550/)
    expect(smtp.offered).toHaveLength(2)
  })

  it('that refuses it for now is asked again', async () => {
    const smtp = await server({ refuses: { 'ops@example.net': 451 } })
    await expect(send(smtp.port)).rejects.toThrow(/^it answered 451.*, after 3 attempts$/)
  })

  it('that refuses one of several says so', async () => {
    const smtp = await server({ refuses: { 'b@example.net': 550 } })
    await expect(send(smtp.port, { to: ['a@example.net', 'b@example.net'] })).rejects.toThrow(
      '1 of 2 recipients were refused',
    )
  })

  it('that has no STARTTLS gets nothing in the clear', async () => {
    const smtp = await server({ without: ['STARTTLS'] })
    await expect(send(smtp.port, { tls: 'starttls' })).rejects.toThrow(/^it does not offer STARTTLS$/)
    expect(smtp.offered).toEqual([])
  })

  it('whose certificate is not trusted gets nothing', async () => {
    const smtp = await server()
    await expect(send(smtp.port, { tls: 'starttls' })).rejects.toThrow(/^its certificate is not trusted/)
    expect(smtp.offered).toEqual([])
  })

  it('that never greets is given up', async () => {
    const port = await scripted(() => true, false)
    await expect(send(port, {}, noticeOf(), { ...QUICK, attempts: 1, attemptMs: 200 })).rejects.toThrow(
      /^no answer within 200ms$/,
    )
  })

  it('that breaks off in the middle of the message is asked again, with the same message', async () => {
    const ids: string[] = []
    const port = await scripted((line, socket) => {
      const id = /^Message-ID:\s+(\S+)/im.exec(line)?.[1]
      if (id === undefined) return false
      ids.push(id)
      if (ids.length === 1) socket.destroy()
      return ids.length === 1
    })
    await send(port)
    expect(ids).toEqual([ids[0], ids[0]])
  })
})
