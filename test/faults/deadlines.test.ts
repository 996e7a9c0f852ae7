/**
 * That a check ends within its timeout plus one second whatever the other side does, says at which step, and holds no
 * connection and no process afterwards.
 */
import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { expect, test } from 'vitest'
import { startFaulty } from '../../fixtures/servers/faulty.js'
import { startFullBacklog } from '../../fixtures/servers/full-backlog.js'
import { type DnsAnswer, startScriptedDns } from '../../fixtures/servers/scripted-dns.js'
import { type ScriptedTcp, startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import { sshdInstalled, startSshd } from '../../fixtures/servers/sshd.js'
import { serverOrSkip } from '../support/require-server.js'
import { dialogue, TALKERS, WAYS } from './misbehaving.js'
import { expectRowsToEnd, type Row } from './watched-run.js'

/** Times of a machine that is busy with something else prove nothing; what hangs does so each time. */
const AGAIN = { retry: 2 }

serverOrSkip('/proc', existsSync('/proc/self/fd'))('an other side that', () => {
  test.each(inPairs(Object.keys(WAYS)))('%s; %s', AGAIN, async (...ways) => {
    await Promise.all(
      ways.map((way) => {
        const play = WAYS[way] as (typeof WAYS)[string]
        const talkers = Object.entries(TALKERS)
        return withServers(
          talkers.map(([, talker]) => play(talker)),
          (servers) =>
            expectRowsToEnd(
              talkers.map(([name, { check, is }], index) => ({
                name,
                check,
                is,
                server: servers[index] as ScriptedTcp,
              })),
            ),
        )
      }),
    )
  })

  test('listens, and never accepts', AGAIN, async () => {
    const server = await startFullBacklog()
    try {
      const rows = Object.entries(TALKERS).map(([name, { check, is }]) => {
        return { name, check, is: is === 'read' ? is : /^connect$/, server } as const
      })
      await expectRowsToEnd(rows)
    } finally {
      await server.stop()
    }
  })

  test('agrees to TLS, and goes no further', AGAIN, async () => {
    const smtp = dialogue(['220 mail\r\n', '250-mail\r\n250 STARTTLS\r\n', '220 go on\r\n'])
    const imap = dialogue(['* OK imap\r\n', '* CAPABILITY IMAP4rev1 STARTTLS\r\na OK\r\n', 'a OK go on\r\n'])
    const postgres = dialogue(['', 'S'])
    await withServers([smtp, imap, postgres, smtp], async ([a, b, c, d]) => {
      const starttls = (protocol: string, server: ScriptedTcp | undefined) => ({
        name: protocol,
        check: `kind: tls, host: 127.0.0.1, port: \${port}, starttls: ${protocol}`,
        is: /^handshake$/,
        server: server as ScriptedTcp,
      })
      await expectRowsToEnd([
        starttls('smtp', a),
        starttls('imap', b),
        starttls('postgres', c),
        {
          name: 'mail',
          check: 'kind: smtp, host: 127.0.0.1, port: ${port}',
          is: /^handshake$/,
          server: d as ScriptedTcp,
        },
      ])
    })
  })

  test('sends a browser round and round', AGAIN, async () => {
    const servers = await Promise.all((['redirect loop', 'redirects ever on'] as const).map((one) => startFaulty(one)))
    try {
      await expectRowsToEnd(
        servers.map((server, index) => ({
          name: `round-${index}`,
          check: 'kind: http, url: "http://127.0.0.1:${port}/", follow: 20',
          is: /^response$/,
          server,
        })),
      )
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  })

  const address = { type: 'A', name: 'db.shop.test', ttl: 60, data: '10.0.0.4' } as const
  const truncated = { truncated: true }
  const NAME_SERVERS: Readonly<Record<string, (over: 'udp' | 'tcp') => readonly (DnsAnswer | Buffer)[]>> = {
    'never answers': () => [],
    'answers garbage': () => [Buffer.from('\x00\xff garbage')],
    'answers nothing but zeros': () => [Buffer.alloc(12)],
    'answers somebody else': () => [{ answers: [address], otherId: 1 }],
    'answers over TCP, and then does not': (over) => (over === 'udp' ? [truncated] : []),
    'answers garbage over TCP': (over) => (over === 'udp' ? [truncated] : [Buffer.alloc(40, 0xff)]),
    'truncates over TCP, too': () => [truncated],
  }
  test('is a name server and misbehaves', AGAIN, async () => {
    const entries = Object.entries(NAME_SERVERS)
    const servers = await Promise.all(entries.map(([, script]) => startScriptedDns(({ over }) => script(over))))
    try {
      const rows = entries.flatMap(([name], index): readonly Row[] => {
        const [server, is] = [servers[index] as (typeof servers)[number], /^(connect|response)$/]
        const check = 'kind: dns, name: db.shop.test, resolver: "127.0.0.1:${port}"'
        return [{ name: name.toLowerCase(), check, is, server }]
      })
      await expectRowsToEnd(rows)
    } finally {
      await Promise.all(servers.map((server) => server.stop()))
    }
  })
})

serverOrSkip('sshd', sshdInstalled() && existsSync('/proc/self/fd'))('behind ssh, an other side', () => {
  test.each(['stays silent', 'says one byte a second', 'never comes to an end'])('that %s', AGAIN, async (way) => {
    const sshd = await startSshd()
    const names = ['tcp', 'tls', 'redis', 'smtp', 's3 with endless xml', 'http'] as const
    const talkers = names.map((name) => TALKERS[name] as (typeof TALKERS)[string])
    try {
      await withServers(
        talkers.map((talker) => (WAYS[way] as (typeof WAYS)[string])(talker)),
        async (servers) => {
          const rows = names.map((name, index): Row => {
            const { check, is } = talkers[index] as (typeof TALKERS)[string]
            return { name, check: `${check}, from: { ssh: other }`, is, server: servers[index] as ScriptedTcp }
          })
          await expectRowsToEnd(rows, `  other: ${JSON.stringify(sshd.connection)}\n`)
        },
      )
      await expect.poll(() => below(sshd.pid), { timeout: 3000 }).toEqual([])
    } finally {
      await sshd.stop()
    }
  })
})

/** Two at a time are what a small machine can do at once. */
function inPairs(all: readonly string[]): readonly (readonly string[])[] {
  return all.flatMap((one, index) => (index % 2 === 0 ? [[one, ...all.slice(index + 1, index + 2)]] : []))
}

async function withServers(
  plays: readonly Parameters<typeof startScriptedTcp>[0][],
  use: (servers: readonly ScriptedTcp[]) => Promise<void>,
): Promise<void> {
  const servers = await Promise.all(plays.map((play) => startScriptedTcp(play)))
  try {
    await use(servers)
  } finally {
    await Promise.all(servers.map((server) => server.stop()))
  }
}

/** Command lines of what sshd runs for those who are logged in, and of what was left behind by them. */
function below(sshd: number): readonly string[] {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const all = lines.map((line) => /^\s*(\d+)\s+(\d+)\s+(.*)$/.exec(line)?.slice(1) ?? [])
  const found = new Set([String(sshd)])
  for (let before = 0; before < found.size; ) {
    before = found.size
    for (const [pid = '', parent = ''] of all) if (found.has(parent)) found.add(pid)
  }
  return all.filter(([pid = '']) => found.has(pid) && pid !== String(sshd)).map(([, , args = '']) => args)
}
