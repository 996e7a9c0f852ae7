/** Who is told of a run, from the built command, by real receivers on this machine. */
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Receiver, type Reply, startReceiver } from '../../fixtures/servers/receiver.js'
import { startSmtp } from '../../fixtures/servers/smtp.js'
import { makeTlsMaterial } from '../../fixtures/servers/tls.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { HOSTILE, SECRETS, secretsIn } from './leaks-world.js'

let place: ReturnType<typeof directoryOf>
const open: { stop: () => unknown }[] = []
beforeEach(() => {
  place = directoryOf()
})
afterEach(async () => {
  place.remove()
  await Promise.all(open.splice(0).map((one) => one.stop()))
})

async function receiver(...replies: readonly Reply[]): Promise<Receiver> {
  const one = await startReceiver(...replies)
  open.push(one)
  return one
}

const CLOSED = 1
const portOf = ({ url }: Receiver) => Number(new URL(url).port)

/** Two checks; each passes where its port is open. */
const checks = (a: number, b: number) => `defaults: { owner: team, severity: high, remediation: Open it., retry: none }
checks:
  - { id: a, kind: tcp, host: 127.0.0.1, port: ${a} }
  - { id: b, kind: tcp, host: 127.0.0.1, port: ${b}, owner: team-b, severity: critical }
`

function verify(text: string, flags: readonly string[] = [], options: Parameters<typeof runCli>[1] = {}) {
  writeFileSync(join(place.path, 'postflight.yaml'), `version: 1\nname: shop\n${text}`)
  return runCli(['verify', ...flags], { cwd: place.path, ...options })
}

const bodies = ({ received }: Receiver) => received.map(({ body }) => JSON.parse(body))
const paths = ({ received }: Receiver) => received.map(({ url }) => url.split('?')[0])

describe('a message that cannot be sent', () => {
  it.each([
    ['is said, and changes nothing', '', CLOSED, 1],
    ['is said, and changes nothing of a pass', ', send: always', undefined, 0],
    ['ends with 5 where it was required', ', send: always, required: true', undefined, 5],
    ['is not what a failure is told by', ', required: true', CLOSED, 1],
  ] as const)('%s', async (_, fields, port, code) => {
    const hook = await receiver({ status: 400 })
    const url = `${hook.url}/services/very-secret-path`
    const text = `notify:\n  ops: { type: webhook, url: "${url}"${fields} }\n${checks(port ?? portOf(hook), portOf(hook))}`
    const run = await verify(text, ['--json'])
    expect(run.code).toBe(code)
    const level = fields.includes('required') ? 'error' : 'warning'
    expect(run.stderr).toContain(`${level}: notify: ops was not told (webhook, ${new URL(url).host}): it answered 400`)
    expect(run.stderr + run.stdout).not.toContain('very-secret-path')
    expect(JSON.parse(run.stdout).exit.code).toBe(code === 5 ? 0 : code)
  })
})

describe('who is told', () => {
  it('goes by owner and severity, each of its own', async () => {
    const [team, grave, all] = [await receiver(), await receiver(), await receiver()]
    const routes = `notify:
  of-team: { type: webhook, url: "${team.url}", owner: team }
  grave: { type: slack, url: "${grave.url}", severity: critical }
  everything: { type: pagerduty, routing_key: abcdefgh-123, url: "${all.url}" }
`
    const run = await verify(`${routes}${checks(CLOSED, CLOSED)}`)
    expect(run.code).toBe(1)
    expect(run.stderr).toContain('told of-team, grave, everything')
    const [forTeam] = bodies(team)
    expect(forTeam).toMatchObject({ status: 'trouble', exit: { code: 1 } })
    expect(forTeam.troubles).toHaveLength(1)
    expect(forTeam.troubles[0]).toMatchObject({ id: 'a', remediation: 'Open it.', place: 'postflight.yaml:9' })
    const [forGrave] = bodies(grave)
    expect(JSON.stringify(forGrave)).toContain('team-b')
    expect(JSON.stringify(forGrave)).not.toContain('fail  a ')
    expect(bodies(all)[0]).toMatchObject({
      routing_key: 'abcdefgh-123',
      event_action: 'trigger',
      payload: { severity: 'critical', summary: 'shop: 2 failed (b and a)' },
    })
  })

  it('is told of what changed, over several runs with a history', async () => {
    const hook = await receiver()
    const port = portOf(hook)
    const run = (a: number, b: number, ...flags: string[]) =>
      verify(`notify:\n  ops: { type: webhook, url: "${hook.url}" }\n${checks(a, b)}`, ['--history', 'kept', ...flags])
    await run(CLOSED, port)
    await run(CLOSED, port)
    // By hand: nobody is told, and it counts for nothing.
    await run(CLOSED, CLOSED, '--no-notify')
    await run(CLOSED, CLOSED)
    await run(port, CLOSED, '--check', 'a')
    await run(port, CLOSED)
    await run(port, port)
    await run(port, port)
    const told = bodies(hook).map(({ status, troubles, resolved, clear }) => [
      status,
      troubles.map(({ id, change }: { id: string; change: string }) => `${id} ${change}`),
      resolved.map(({ id }: { id: string }) => id),
      clear,
    ])
    expect(told).toEqual([
      ['trouble', ['a new'], [], false],
      ['trouble', ['b new', 'a standing'], [], false],
      ['resolved', [], ['a'], false],
      ['resolved', [], ['b'], true],
    ])
    expect(readdirSync(join(place.path, 'kept')).filter((name) => name.startsWith('told-'))).toHaveLength(1)
  })

  it('is told by every run in trouble where no history is kept, and nothing of one that passes', async () => {
    const hook = await receiver()
    for (const port of [CLOSED, CLOSED, portOf(hook)])
      await verify(`notify:\n  ops: { type: webhook, url: "${hook.url}" }\n${checks(port, portOf(hook))}`)
    expect(bodies(hook).map(({ status }) => status)).toEqual(['trouble', 'trouble'])
  })

  it('is nobody for a part of a run, or a report', async () => {
    const hook = await receiver()
    const text = `notify:\n  ops: { type: webhook, url: "${hook.url}", send: always }\nping: "${hook.url}/p"\n${checks(CLOSED, CLOSED)}`
    expect((await verify(text, ['--shard', '1/1', '--reporter', 'ndjson:part.ndjson'])).code).toBe(1)
    expect((await runCli(['report', 'part.ndjson'], { cwd: place.path })).code).toBe(1)
    expect(hook.received).toHaveLength(0)
  })

  it('is shown by plan, without what is secret, and who is told of nothing by lint', async () => {
    const text = `secrets: { hook: { env: HOOK } }
notify:
  ops: { type: slack, url: "\${secret.hook}", owner: taem }
  mail: { type: email, host: mail.test, from: a@b.test, to: c@d.test, severity: critical, required: true }
ping: "\${secret.hook}"
${checks(CLOSED, CLOSED)}`
    writeFileSync(join(place.path, 'postflight.yaml'), `version: 1\n${text}`)
    const env = { HOOK: 'https://hooks.slack.com/services/T0/B0/very-secret' }
    const plan = await runCli(['plan'], { cwd: place.path, env })
    for (const words of [
      'slack to hooks.slack.com',
      'email to c@d.test by mail.test',
      'required',
      'told to nobody: a',
      'ping hooks.slack.com',
    ])
      expect(plan.stdout).toContain(words)
    const lint = await runCli(['lint'], { cwd: place.path, env })
    expect(lint.stderr).toContain('notify "ops" is for "taem", who owns no check')
    expect(lint.stderr).toContain('did you mean "team"?')
    const document = JSON.parse((await runCli(['plan', '--json'], { cwd: place.path, env })).stdout)
    expect(document.notify.map(({ name, checks: of }: { name: string; checks: string[] }) => [name, of])).toEqual([
      ['ops', []],
      ['mail', ['b']],
    ])
    expect(JSON.stringify(document) + plan.stdout + lint.stderr + lint.stdout).not.toContain('very-secret')
  })
})

describe('a ping', () => {
  it('tells a whole run’s beginning and end, as the file says', async () => {
    const hook = await receiver()
    expect((await verify(`ping: "${hook.url}/p"\n${checks(portOf(hook), CLOSED)}`)).code).toBe(1)
    expect(paths(hook)).toEqual(['/p/start', '/p/1'])
    const [start, end] = hook.received.map(({ url }) => new URL(url, hook.url).searchParams.get('rid'))
    expect(start).toMatch(/^[0-9a-f-]{36}$/)
    expect(end).toBe(start)
    expect(hook.received[1]?.body).toContain('fail  b  (critical, team-b)')
  })

  it.each<[string, readonly string[], readonly string[], number]>([
    ['leaves the file’s address alone in a narrowed run', ['--check', 'a'], [], 0],
    ['and in one by hand', ['--no-notify'], [], 0],
    ['goes where the flag says, also then', ['--check', 'a', '--no-notify', '--ping', 'URL'], ['/q/start', '/q/0'], 0],
    ['tells that nothing ran', ['--check', 'nonsense', '--ping', 'URL'], ['/q/2'], 2],
  ])('%s', async (_, flags, told, code) => {
    const hook = await receiver()
    const given = flags.map((flag) => (flag === 'URL' ? `${hook.url}/q` : flag))
    const run = await verify(`ping: "${hook.url}/p"\n${checks(portOf(hook), portOf(hook))}`, given)
    expect(run.code, run.stderr).toBe(code)
    expect(paths(hook)).toEqual(told)
  })

  it('that cannot be sent is said, with the host alone, and is 5 where it was required', async () => {
    const hook = await receiver({ status: 404 })
    const ping = (more: string) =>
      `ping: { url: "${hook.url}/very-secret"${more} }\n${checks(portOf(hook), portOf(hook))}`
    const [plain, required] = [await verify(ping('')), await verify(ping(', required: true'))]
    expect([plain.code, required.code]).toEqual([0, 5])
    expect(plain.stderr).toContain(`warning: ping: ${new URL(hook.url).host} was not told: it answered 404`)
    expect(plain.stderr + required.stderr).not.toContain('very-secret')
  })

  it('refuses what is no address without repeating it', async () => {
    const run = await verify(checks(CLOSED, CLOSED), ['--ping', 'very-secret'])
    expect([run.code, run.stderr.includes('very-secret')]).toEqual([2, false])
  })

  it('tells of an interrupt, and of it nobody else is told', async () => {
    const hook = await receiver()
    const stuck = await receiver('hang')
    const text = `notify:\n  ops: { type: webhook, url: "${hook.url}/hook", send: always }\nping: "${hook.url}/p"
defaults: { owner: team, severity: high, remediation: Wait., retry: none }
checks:
  - { id: slow, kind: http, url: "${stuck.url}", timeout: 1m }
`
    const run = await verify(text, [], {
      started: (child) => void Promise.all([stuck.has(1), hook.has(1)]).then(() => child.kill('SIGINT')),
    })
    expect(run.code).toBe(130)
    expect(run.stderr).not.toContain('notify')
    expect(paths(hook)).toEqual(['/p/start', '/p/130'])
  })

  it('ends at an interrupt that comes while somebody is told', async () => {
    const [stuck, hook] = [await receiver('hang'), await receiver()]
    const text = `notify:\n  ops: { type: webhook, url: "${stuck.url}", send: always }\nping: "${hook.url}/p"\n${checks(portOf(hook), portOf(hook))}`
    const run = await verify(text, [], { started: (child) => void stuck.has(1).then(() => child.kill('SIGTERM')) })
    expect(run.code).toBe(143)
    expect(run.stderr).toContain('notify: ops was not told')
    expect(paths(hook)).toEqual(['/p/start', '/p/143'])
  })
})

it('sends mail by STARTTLS with a login', async () => {
  const material = makeTlsMaterial()
  const smtp = await startSmtp({ material, login: { user: 'pf', password: 'right-password' } })
  open.push(smtp)
  writeFileSync(join(place.path, 'ca.pem'), material.ca)
  const text = `secrets: { mail: { env: MAIL_PASSWORD } }
notify:
  ops: { type: email, host: 127.0.0.1, port: ${smtp.port}, user: pf, password: "\${secret.mail}", from: a@b.test, to: c@d.test, required: true }
${checks(CLOSED, CLOSED)}`
  const env = { MAIL_PASSWORD: 'right-password', NODE_EXTRA_CA_CERTS: join(place.path, 'ca.pem') }
  const run = await verify(text, [], { env })
  expect([run.code, smtp.logins(), smtp.messages()], run.stderr).toEqual([1, 1, 1])
})

it('lets no secret into a byte that is sent, in any spelling, nor a hidden character', async () => {
  const [hook, smtp] = [await receiver(), await startSmtp()]
  open.push(smtp)
  const planted = Object.values(SECRETS).flatMap((secret) => [
    secret,
    encodeURIComponent(secret),
    Buffer.from(`x${secret}`).toString('base64'),
    Buffer.from(secret).toString('hex'),
  ])
  const text = JSON.stringify([...planted, ...HOSTILE].join(' '))
  const env = Object.fromEntries(Object.entries(SECRETS).map(([name, value]) => [`S_${name.toUpperCase()}`, value]))
  const run = await verify(
    `secrets: { ${Object.keys(SECRETS)
      .map((name) => `${name}: { env: S_${name.toUpperCase()} }`)
      .join(', ')} }
notify:
  hook: { type: webhook, url: "${hook.url}/hook", headers: { x-own: "\${secret.s3}" } }
  slack: { type: slack, url: "${hook.url}/slack" }
  pager: { type: pagerduty, routing_key: "\${secret.digits}", url: "${hook.url}/pager" }
  mail: { type: email, host: 127.0.0.1, port: ${smtp.port}, tls: none, from: a@b.test, to: c@d.test }
ping: "${hook.url}/ping"
defaults: { owner: ${text}, severity: high, remediation: ${text}, runbook: ${text}, retry: none }
checks:
  - { id: a, kind: tcp, host: 127.0.0.1, port: 1, title: ${text} }
`,
    [],
    { env },
  )
  expect(run.code, run.stderr.slice(0, 500)).toBe(1)
  expect(new Set(paths(hook))).toEqual(new Set(['/ping/start', '/hook', '/slack', '/pager', '/ping/1']))
  // What a receiver is given to know us by is for it alone.
  const sent = hook.received.map(({ url, body, headers }) => {
    const { 'x-own': _, ...others } = headers
    return url + JSON.stringify(others) + (url === '/pager' ? body.replace(SECRETS.digits, '') : body)
  })
  const mail = quotedPrintable(smtp.mails[0] ?? '')
  for (const bytes of [...sent, smtp.mails[0] ?? '', mail]) {
    expect(secretsIn(bytes)).toEqual([])
    expect(bytes.match(/[^\P{C}\r\n]/u)).toBeNull()
  }
  expect(sent.join()).toContain('<secret ')
})

function quotedPrintable(mail: string): string {
  const bytes = mail
    .replace(/=\r\n/g, '')
    .replace(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
