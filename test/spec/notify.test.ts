import { expect, it } from 'vitest'
import { load, told } from './load.js'

const CHECKS = `defaults: { owner: team-shop, severity: high, remediation: Look. }
connections: { main: { type: postgres, host: db } }
checks:
  - { id: x, kind: count, connection: main, table: t, expect: { count: 1 } }
`
const file = (notify: string) => ({ 'a.yaml': `version: 1\n${notify}\n${CHECKS}` })
const PAGER = 'type: pagerduty, routing_key: "${env.PD_KEY}"'
const options = { env: { PD_KEY: 'abcdefgh1234', HOOK_URL: 'https://hooks.slack.com/services/T0/B0/x1' } }

/** What is written, and what is told of it; under the caret comes what it is about. */
it.each<[string, string, string]>([
  [
    'an unknown key',
    `notify: { ops: { ${PAGER}, ownr: team-shop } }`,
    'unknown key "ownr" in notify "ops" | ownr did you mean "owner"?',
  ],
  [
    'an unknown channel',
    'notify: { ops: { type: slak } }',
    'unknown type "slak" of notify "ops" | slak did you mean "slack"?',
  ],
  [
    'no channel',
    'notify: { ops: { url: "https://x.test" } }',
    'notify "ops" has no "type" | ops known: webhook, slack, pagerduty, email',
  ],
  ['a list', 'notify: [a]', '"notify": expected a mapping, not a list | notify'],
  ['a name that is none', `notify: { Ops: { ${PAGER} } }`, '"Ops" cannot be the name of a route | Ops'],
  ['a missing field', 'notify: { ops: { type: pagerduty } }', 'missing "routing_key" in notify "ops" | ops'],
  ['a field of another channel', `notify: { ops: { ${PAGER}, host: h } }`, 'unknown key "host" in notify "ops" | host'],
  [
    'an unknown outcome',
    `notify: { ops: { ${PAGER}, outcomes: [fial] } }`,
    '"outcomes[0]" of notify "ops": expected fail, error, blocked or warn | fial did you mean "fail"?',
  ],
  [
    'an address of another kind',
    'notify: { ops: { type: webhook, url: "ftp://x.test/secret" } }',
    '"url" of notify "ops" is not valid | "ftp://x.test/secret"',
  ],
  [
    'a wrong recipient',
    'notify: { ops: { type: email, host: h, from: a@b.c, to: "a@b.c, d@e.f" } }',
    '"to" of notify "ops": an address is name@host | "a@b.c, d@e.f"',
  ],
  [
    'a secret where none may stand',
    `notify: { ops: { ${PAGER}, owner: "\${env.PD_KEY}" } }`,
    '${env.PD_KEY} has the name of a credential: it may stand only in URLs, passwords, keys and header values',
  ],
  [
    'a literal credential',
    'notify: { ops: { type: pagerduty, routing_key: abcdefgh1234 } }',
    'a literal credential in notify "ops" | ************',
  ],
  [
    'the address of a hook',
    'notify: { ops: { type: slack, url: "https://hooks.slack.com/services/T0/B0/x1" } }',
    'a literal credential in notify "ops" | "https://hooks.slack.com/services/********"',
  ],
  [
    'an owner who owns nothing',
    `notify: { ops: { ${PAGER}, owner: [team-shop, team-shpo] } }`,
    'notify "ops" is for "team-shpo", who owns no check | team-shpo did you mean "team-shop"?',
  ],
  [
    'a severity no check has',
    `notify: { ops: { ${PAGER}, severity: critical } }`,
    'notify "ops" is never told anything of a check: no check has severity critical or above | critical',
  ],
  [
    'warnings, where none can warn',
    `notify: { ops: { ${PAGER}, outcomes: [warn] } }`,
    'notify "ops" is never told anything of a check: none of its checks can warn',
  ],
  [
    'a password in the clear',
    'notify: { ops: { type: email, host: h, tls: none, user: u, password: "${env.PD_KEY}", from: a@b.c, to: d@e.f } }',
    'notify "ops": the password and the message cross the network in the clear | none',
  ],
  [
    'half a login',
    'notify: { ops: { type: email, host: h, user: u, from: a@b.c, to: d@e.f } }',
    'notify "ops": a login takes both user and password',
  ],
  [
    'a ping with an unknown key',
    'ping: { url: "https://x.test", requierd: true }',
    'unknown key "requierd" in "ping" | requierd did you mean "required"?',
  ],
  ['a ping that is no address', 'ping: "x.test/very-secret"', '"ping" is not valid'],
])('tells of %s', async (_, text, expected) => {
  const { issues, text: shown } = await told(file(text), options)
  const [message = '', rest] = expected.split(' | ')
  expect(issues.map((issue) => issue.message)).toEqual([expect.stringContaining(message)])
  const [issue] = issues
  const { place } = issue ?? {}
  const under = place?.text.slice(place.column - 1, (place.endColumn ?? 0) - 1) ?? ''
  if (rest !== undefined) expect(`${under} ${issue?.hint ?? ''}`).toContain(rest)
  expect(shown).not.toContain('abcdefgh1234')
  expect(shown).not.toContain('B0/x1')
})

it('refuses it in a pack, and twice', async () => {
  const pack = await told({
    'a.yaml': `version: 1\ninclude: [{ pack: ./p.yaml, as: p }]\n${CHECKS}`,
    'p.yaml': `version: 1\nnotify: { ops: { ${PAGER} } }\nchecks: []\n`,
  })
  expect(pack.issues.map(({ message }) => message)).toContain('a pack cannot have "notify"')
  const twice = await told({
    'a.yaml': `version: 1\ninclude: [b.yaml]\nnotify: { ops: { ${PAGER} } }\nping: "https://x.test/a"\n${CHECKS}`,
    'b.yaml': 'version: 1\nnotify: { ops: { type: webhook, url: "https://x.test" } }\nping: "https://x.test/b"\n',
  })
  const messages = twice.issues.map(({ message }) => message)
  expect(messages).toContain('route "ops" is declared twice')
  expect(messages).toContain('"ping" may be set once')
})

it('reads a route with what it leaves out, and hides what nobody should know', async () => {
  const { notify, ping, secrets } = await load(
    file(`notify: { ops: { type: slack, url: "\${env.HOOK_URL}" } }\nping: "https://x.test/some-uuid"`),
    options,
  )
  expect(notify).toMatchObject([
    {
      name: 'ops',
      severity: 'low',
      outcomes: ['fail', 'error', 'blocked'],
      send: 'on_change',
      required: false,
      findings: 3,
    },
  ])
  expect(ping).toEqual({ url: 'https://x.test/some-uuid', required: false })
  expect(secrets.map(({ value }) => value)).toEqual([options.env.HOOK_URL, 'https://x.test/some-uuid'])
})
