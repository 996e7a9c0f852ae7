/** One check of every kind around the data, against other sides that give back all they were told, and hostile text. */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { join } from 'node:path'
import { startScriptedDns } from '../../fixtures/servers/scripted-dns.js'
import { startScriptedRedis } from '../../fixtures/servers/scripted-redis.js'
import { startScriptedTcp } from '../../fixtures/servers/scripted-tcp.js'
import { makeCertificate, makeTlsMaterial, startTlsServer } from '../../fixtures/servers/tls.js'
import { HOSTILE, SECRETS, UNSHOWN } from '../cli/leaks-world.js'

export interface World {
  /** The check file. */
  readonly text: string
  readonly env: Readonly<Record<string, string>>
  /** What the other sides were told. */
  readonly told: () => string
  /** Turns every server off. The check file stays good. */
  readonly off: () => Promise<void>
}

/** On one line of a protocol. */
const LINE = HOSTILE.map((text) => text.replaceAll(/[\r\n]/g, ' ')).join(' ')
const ALL = HOSTILE.join('\n')
const quoted = (text: string) => JSON.stringify(text)

export async function startWorld(directory: string, postgresUrl: string): Promise<World> {
  const told: string[] = []
  const hear = (text: string) => {
    told.push(text)
    return text
  }
  const banner = await startScriptedTcp((socket) => socket.write(`220 ${LINE}\r\n`))
  const mail = await startScriptedTcp((socket) => {
    socket.write(`220 ${LINE}\r\n`)
    socket.on('data', (said) => {
      const text = hear(said.toString('utf8')).trim()
      const word = /^AUTH PLAIN (\S+)/.exec(text)?.[1] ?? ''
      if (/^EHLO/.test(text)) socket.write(`250-${LINE}\r\n250-AUTH PLAIN\r\n250 SIZE 1000\r\n`)
      else socket.write(`535 ${Buffer.from(word, 'base64').toString('utf8').replaceAll('\0', ' ')} ${word} ${LINE}\r\n`)
    })
  })
  const redis = await startScriptedRedis((command, ...args) => {
    hear(args.join(' '))
    if (command === 'AUTH') return new Error(`WRONGPASS ${args.join(' ')} ${LINE}`)
    if (command === 'PING') return 'PONG'
    if (command === 'DBSIZE') return 7
    return command === 'INFO'
      ? `redis_version:${LINE}\r\nrole:master\r\nexecutable:${UNSHOWN}\r\n`
      : new Error(`ERR ${LINE} ${UNSHOWN}`)
  })
  const names = await startScriptedDns(({ type }) => [
    { answers: [{ type: type as 'TXT', name: 'shop.test', ttl: 60, data: HOSTILE as string[] }] },
  ])
  const root = makeCertificate({ subject: ALL, authority: true })
  const leaf = makeCertificate({ subject: LINE, names: [`x\x1b[31m${HOSTILE[2]}`, 'good.test'], issuer: root })
  const material = makeTlsMaterial()
  const tls = await startTlsServer({ material: { ...material, served: { ...material.served, 'good.test': leaf } } })
  const web = createServer((request, answer) => {
    let body = ''
    request.on('data', (chunk) => {
      body += String(chunk)
    })
    request.on('end', () => {
      hear(`${JSON.stringify(request.headers)}${body}`)
      const raw = answer.socket
      const headers = `x-hostile: ${Buffer.from(LINE.replaceAll('\x1b', ' ').replaceAll('\x07', ' ')).toString('latin1')}\r\nset-cookie: ${UNSHOWN}`
      const echo = JSON.stringify({ hostile: ALL, secret: UNSHOWN, headers: request.headers, body })
      raw?.end(`HTTP/1.1 500 ${HOSTILE[2]}\r\n${headers}\r\nconnection: close\r\n\r\n${echo}`, 'latin1')
    })
  })
  const bucket = createServer((request, answer) => {
    hear(JSON.stringify(request.headers))
    const code = HOSTILE.join('').replaceAll(/[^\x20-\x7e]/g, '')
    answer
      .writeHead(403, { 'content-type': 'application/xml' })
      .end(`<Error><Code>${code}</Code><Message>${UNSHOWN} ${LINE.replaceAll(/\p{Cc}/gu, ' ')}</Message></Error>`)
  })
  const [webPort, bucketPort] = await Promise.all([listening(web), listening(bucket)])

  const mark = `worker-${randomBytes(6).toString('hex')}`
  const worker = spawn(process.execPath, ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)', mark, ALL], {
    env: {
      SMTP_PASSWORD: UNSHOWN,
      QUOTED: `"${UNSHOWN}"`,
      NEWLINE: `${UNSHOWN}\n`,
      DATABASE_URL: `postgres://u:${encodeURIComponent(UNSHOWN)}@127.0.0.1:1/d`,
      REDIS_URL: `redis://:${UNSHOWN}@${HOSTILE[2]}/0`,
    },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  await once(worker.stdout, 'data')

  const backups = join(directory, 'backups')
  const volume = join(directory, `volume ${LINE.replaceAll('/', '_').slice(0, 60)}`)
  mkdirSync(backups)
  mkdirSync(volume)
  writeFileSync(join(volume, 'id.json'), JSON.stringify({ id: UNSHOWN }))
  for (const [index, text] of HOSTILE.entries()) {
    const name = text.replaceAll('/', '_')
    writeFileSync(join(volume, name), UNSHOWN)
    writeFileSync(
      join(backups, `${name}${index}.sql`),
      `--\n-- PostgreSQL database dump\n--\n-- Dumped from database version ${text}\nCOPY ${text} FROM stdin;\n${UNSHOWN}\n`,
    )
  }
  const printed = join(directory, 'printed')
  writeFileSync(printed, `${ALL}\n${UNSHOWN}\n`)
  const wrong = new URL(postgresUrl)
  const text = `version: 1
secrets: { mail: { env: MAIL }, key: { env: KEY }, token: { env: TOKEN }, login: { env: LOGIN } }
connections:
  main: { type: postgres, host: ${wrong.hostname}, port: ${wrong.port}, user: nobody-here, password: "\${secret.mail}", database: ${quoted(LINE)} }
  queue: { type: redis, host: 127.0.0.1, port: ${redis.port}, user: ${quoted('a user')}, password: "\${secret.token}" }
  media: { type: s3, endpoint: "http://127.0.0.1:${bucketPort}", path_style: true, bucket: media, access_key: AKLEAKS, secret_key: "\${secret.key}" }
  backups: { type: files, root: ${quoted(backups)} }
defaults: { owner: me, severity: high, remediation: fix it, timeout: 5s, retry: none }
checks:
  - { id: tcp, kind: tcp, host: 127.0.0.1, port: ${banner.port}, banner: true, expect: { banner: { starts_with: "250 " } } }
  - { id: tls, kind: tls, host: 127.0.0.1, port: ${tls.port}, servername: good.test, expect: { subject: x, issuer: x, names: { contains: x } } }
  - { id: dns, kind: dns, name: shop.test, type: TXT, resolver: "127.0.0.1:${names.port}", expect: { answers: { any: { in: [x] } } } }
  - { id: smtp, kind: smtp, host: 127.0.0.1, port: ${mail.port}, tls: none, login_in_the_clear: true, user: "\${secret.login}", password: "\${secret.mail}", expect: { banner: x, extensions: { contains: x } } }
  - { id: redis-open, kind: redis, host: 127.0.0.1, port: ${redis.port}, expect: { version: x, role: master } }
  - { id: redis-login, kind: redis, host: 127.0.0.1, port: ${redis.port}, password: "\${secret.token}" }
  - { id: redis-connection, kind: redis, connection: queue }
  - { id: http, kind: http, url: "http://127.0.0.1:${webPort}/x?token=\${secret.token}", method: POST, headers: { x-key: "\${secret.key}" }, body: "login=\${secret.login}", expect: { body: { not_contains: secret }, "header:set-cookie": x, "header:x-hostile": x, "json:$.hostile": x } }
  - { id: s3, kind: s3, connection: media }
  - { id: postgres, kind: postgres, connection: main }
  - { id: rows, kind: rows, connection: main, table: orders, expect: { count: 1 } }
  - { id: resource, kind: resource, measure: connections_used, connection: main, expect: { value: { lt: 90% } } }
  - id: worker
    kind: worker
    running: { command: ${quoted(mark)}, min: 2 }
    queue: { connection: queue, system: bullmq, name: ${quoted(LINE)} }
    needs:
      env: [SMTP_PASSWORD, QUOTED, NEWLINE, MISSING]
      files: [{ path: ${quoted(`/nowhere/${LINE}`)} }]
      urls: [{ env: REDIS_URL, host: elsewhere }]
      postgres: [{ env: DATABASE_URL }]
    same_as: { from: local, env: [SMTP_PASSWORD] }
    expect: { waiting: 0 }
  - { id: volume, kind: volume, path: ${quoted(volume)}, sentinel: { file: id.json, id: another }, paths: [${quoted(`nothing ${LINE.replaceAll('/', '_')}`)}], expect: { source: x, owner: 4711 } }
  - { id: backup, kind: backup, store: backups, match: "*.sql", contains: [${quoted(LINE)}], expect: { newest_age: { lt: 1d }, newest_size: { gte: 1GB }, format: x } }
  - { id: command, kind: command, command: [sh, -c, 'cat "$0"; cat "$0" >&2; printf "%s" "$TOKEN"; exit 3', ${quoted(printed)}], env: { TOKEN: "\${secret.token}" }, expect: { stdout: x, stderr: { empty: true }, "json:$.a": 1 } }
  - { id: no-command, kind: command, command: [${quoted(`/nowhere/${LINE}`)}], env: { TOKEN: "\${secret.token}" } }
`
  const servers = [banner, mail, redis, names, tls]
  let stopped: Promise<unknown> | undefined
  return {
    text,
    env: { MAIL: SECRETS.dsn, KEY: SECRETS.s3, TOKEN: SECRETS.env, LOGIN: SECRETS.basic },
    told: () => told.join('\n'),
    off: async () => {
      stopped ??= Promise.all([...servers.map((server) => server.stop()), ended(web), ended(bucket), gone(worker)])
      await stopped
    },
  }
}

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => {
    server.listen(0, '127.0.0.1', () => {
      const address = server.address()
      resolve(typeof address === 'object' && address !== null ? address.port : 0)
    })
  })
}

function ended(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

async function gone(child: ReturnType<typeof spawn>): Promise<void> {
  const exit = once(child, 'exit')
  child.kill('SIGKILL')
  await exit
}
