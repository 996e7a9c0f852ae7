import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type S3Server, startS3 } from '../../fixtures/servers/s3.js'
import { REPORTER_NAMES } from '../../src/reporters/index.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { directoryOf, runCli } from '../support/run-cli.js'
import { commandsIn, filesBelow, HOSTILE, PIN, SECRETS, secretsIn, UNSHOWN } from './leaks-world.js'

let database: TestDatabase
let s3: S3Server
let web: Server
let elsewhere: Server
let place: ReturnType<typeof directoryOf>
const seenElsewhere: string[] = []
const ROLE = `leaks_${process.pid}`

const listening = (server: Server) =>
  new Promise<number>((resolve) => {
    server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })

/** Keys that hold every secret in several spellings, and every hostile text. */
const KEYS = [
  ...Object.values(SECRETS).flatMap((secret) => [
    `k/${secret}.txt`,
    `e/${encodeURIComponent(secret)}`,
    `b/${Buffer.from(`x${secret}`).toString('base64')}`,
  ]),
  ...HOSTILE.map((text, index) => `${text}${index}`),
]

beforeAll(async () => {
  database = await createDatabase()
  const sql = (text: string, values: unknown[] = []) => database.client.query(text, values)
  await sql(`create role ${ROLE} login superuser password '${SECRETS.dsn.replaceAll("'", "''")}'`)
  await sql('create table uploads (path text, note text)')
  for (const key of KEYS) await sql('insert into uploads values ($1, $2)', [key, UNSHOWN])
  await sql('create table shown (text text, number bigint)')
  for (const key of KEYS) await sql('insert into shown values ($1, $2)', [key, SECRETS.digits])
  await sql(
    `create or replace function raises(text) returns int language plpgsql as $$ begin raise exception E'x\\n::error::%', $1; end $$`,
  )
  s3 = await startS3({
    users: { app: { accessKey: 'AKLEAKS', secretKey: SECRETS.s3, rights: { media: ['list', 'get'] } } },
  })
  s3.bucket('media')
  for (const key of KEYS) s3.put('media', `${key}-object`, 'x')
  elsewhere = createServer((request, answer) => {
    seenElsewhere.push(JSON.stringify(request.headers), request.url ?? '')
    answer.writeHead(404).end()
  })
  const port = await listening(elsewhere)
  web = createServer((request, answer) => {
    const name = request.url?.includes('redirect') ? 302 : request.url?.includes('broken') ? 500 : 404
    answer.writeHead(name, { location: `http://localhost:${port}${request.url?.split('?')[0]}`, 'x-echo': 'x' }).end()
  })
  await listening(web)
})
afterAll(async () => {
  await s3.stop()
  web.close()
  elsewhere.close()
  await database.client.query(`drop owned by ${ROLE}; drop role ${ROLE}`)
  await database.drop()
})
beforeEach(() => {
  place = directoryOf({ 'key.pem': SECRETS.file })
  for (const name of ['files', 'out', 'tmp']) mkdirSync(join(place.path, name))
  for (const key of KEYS) {
    const name = key.replaceAll('/', '_')
    if (name.length < 200) writeFileSync(join(place.path, 'files', name), 'x')
  }
})
afterEach(() => place.remove())

const HEAD = `version: 1
name: ${JSON.stringify(HOSTILE.join(' '))}
secrets: { dsn: { env: DSN }, s3: { env: S3_SECRET }, header: { env: HEADER }, pin: { env: PIN }, pem: { file: key.pem }, digits: { env: DIGITS }, basic: { env: BASIC } }
defaults: { owner: ${JSON.stringify(HOSTILE[0])}, severity: high, remediation: ${JSON.stringify(HOSTILE.join('\n'))}, timeout: 20s }
`
const connections = (extra = '') => `connections:
  main: { type: postgres, url: "\${secret.dsn}" }
  files: { type: files, root: ./files }
  media: { type: s3, endpoint: "${s3.endpoint}", path_style: true, bucket: media, access_key: AKLEAKS, secret_key: "\${secret.s3}" }
  pem: { type: http, url: "http://127.0.0.1:1/", headers: { x-key: "\${secret.pem}", x-digits: "\${secret.digits}", x-basic: "\${secret.basic}" } }
  web: { type: http, url: "http://app:${encodeURIComponent(SECRETS.basic)}@127.0.0.1:${(web.address() as AddressInfo).port}/redirect?token=\${env.URL_TOKEN}", headers: { x-token: "\${secret.header}", authorization: "Bearer \${secret.pin}" } }
${extra}`
const quoted = (text: string) => JSON.stringify(text)
const artifacts = (id: string, store: string, sql = 'select path from uploads') =>
  `  - { id: ${id}, kind: artifacts, title: ${quoted(HOSTILE.join(' '))}, rows: { connection: main, sql: ${quoted(sql)}, key: path }, store: ${store} }\n`
const sqlCheck = (id: string, field: string, sql: string, rest = '') =>
  `  - { id: ${id}, kind: sql, connection: main, ${field}: ${quoted(sql)}${rest} }\n`

function env() {
  const url = new URL(database.url)
  url.username = ROLE
  url.password = encodeURIComponent(SECRETS.dsn)
  return {
    DSN: url.href,
    S3_SECRET: SECRETS.s3,
    HEADER: SECRETS.header,
    URL_TOKEN: SECRETS.env,
    DIGITS: SECRETS.digits,
    BASIC: SECRETS.basic,
    PIN,
    PGPASSWORD: SECRETS.env,
    TMPDIR: join(place.path, 'tmp'),
    LANG: 'C.UTF-8',
  }
}

const CHECKS = () =>
  [
    artifacts('on-disk', 'files'),
    artifacts('in-bucket', 'media'),
    artifacts('on-web', 'web'),
    sqlCheck(
      'shown-rows',
      'violations',
      'select text, number from shown',
      ', show: { columns: [text, number], limit: 100 }',
    ),
    sqlCheck('unshown-rows', 'violations', 'select note from uploads'),
    sqlCheck('a-value', 'sql', 'select text from shown limit 1', ', expect: { value: x }'),
    sqlCheck('digits', 'sql', 'select max(number) from shown', ', expect: { value: 1 }'),
    sqlCheck('cast', 'sql', 'select max(note::int) from uploads', ', expect: { value: 1 }'),
    sqlCheck('raised', 'sql', 'select max(raises(note)) from uploads', ', expect: { value: 1 }'),
    sqlCheck('no-table', 'sql', `select 1 from "${HOSTILE[0]} ${HOSTILE[3]}"`, ', expect: { value: 1 }'),
    sqlCheck('syntax', 'sql', `select 1 frm '${HOSTILE[2]}'`, ', expect: { value: 1 }'),
  ].join('')

/** All that a run has written anywhere. */
async function everything(args: readonly string[], text: string) {
  writeFileSync(join(place.path, 'postflight.yaml'), text)
  const out = join(place.path, 'out')
  const result = await runCli(args, { cwd: out, env: env() })
  const files = filesBelow(out)
  const decoded = [...files].map(([name, bytes]) => ({ name, text: bytes.toString('utf8') }))
  return {
    ...result,
    texts: [{ name: 'stdout', text: result.stdout }, { name: 'stderr', text: result.stderr }, ...decoded],
    left: readdirSync(join(place.path, 'tmp')),
  }
}

function holdsNothing({ texts, left }: Awaited<ReturnType<typeof everything>>): void {
  for (const { name, text } of texts) {
    expect.soft(secretsIn(text), `secrets in ${name}`).toEqual([])
    // Key lists are made for tools, byte for byte.
    if (!/\.(txt|nul)$/.test(name)) {
      // Whole lines of one format are commands; nothing from elsewhere may begin one.
      const told = /^(run\.github|stdout)$/.test(name) ? text.replaceAll(ANNOTATION, 'annotation ') : text
      expect.soft(commandsIn(told), `commands in ${name}`).toEqual([])
    }
  }
  expect.soft(left, 'scratch left behind').toEqual([])
}

const ANNOTATION = /^::(?:error|warning|notice) (?:[a-zA-Z]+=[^:,\n]*,?)+::/gm
const FILES = REPORTER_NAMES.map((name) => `${name}:run.${name}`)

describe('nothing secret or hostile comes out', () => {
  test.each(['table', 'plain', 'ndjson', 'github'])('of a run told as %s', async (reporter) => {
    const flags = [...FILES, reporter].flatMap((one) => ['--reporter', one])
    const run = await everything(
      ['verify', '../postflight.yaml', ...flags, '--findings', 'found', '--debug'],
      `${HEAD}${connections()}checks:\n${CHECKS()}`,
    )
    expect(run.code).toBe(1)
    holdsNothing(run)
    const recorded = run.texts.find(({ name }) => name === 'run.ndjson')?.text ?? ''
    for (const id of ['on-disk', 'in-bucket', 'shown-rows']) expect(recorded).toContain(`"id":"${id}"`)
    const again = await everything(['report', 'run.ndjson', '--reporter', reporter], '')
    holdsNothing(again)
  })

  test('of connections that fail', async () => {
    const bad = `  refused: { type: postgres, host: 127.0.0.1, port: 1, user: u, password: "\${secret.header}" }
  at: { type: postgres, url: "postgres://u:\${secret.basic}@127.0.0.1:1/db" }
  raw: { type: postgres, url: "postgres://u:\${secret.dsn}@127.0.0.1:1/db" }
  param: { type: postgres, url: "postgres://127.0.0.1:1/db?\${secret.header}=1" }
  keys: { type: s3, endpoint: "${s3.endpoint}", path_style: true, bucket: media, access_key: AKLEAKS, secret_key: "\${secret.pem}" }
  nobucket: { type: s3, endpoint: "${s3.endpoint}", path_style: true, bucket: nowhere, access_key: AKLEAKS, secret_key: "\${secret.s3}" }
  closed: { type: http, url: "http://u:%zz\${secret.header}@127.0.0.1:1/x", headers: { authorization: "Bearer \${secret.pin}" } }
`
    const stores = ['pem', 'keys', 'nobucket', 'closed'].map((name) => artifacts(`at-${name}`, name))
    const databases = ['refused', 'at', 'raw', 'param'].map(
      (name) => `  - { id: db-${name}, kind: rows, connection: ${name}, table: x, expect: { count: 1 } }\n`,
    )
    const flags = FILES.flatMap((one) => ['--reporter', one])
    const run = await everything(
      ['verify', '../postflight.yaml', ...flags, '--findings', 'found', '--debug'],
      `${HEAD}${connections(bad)}checks:\n${[...stores, ...databases].join('')}`,
    )
    expect(run.code).toBe(3)
    holdsNothing(run)
  })

  test('of lint and plan, and of check files that are wrong', async () => {
    const good = `${HEAD}${connections()}checks:\n${CHECKS()}`
    for (const args of [['lint'], ['lint', '--json'], ['plan'], ['plan', '--json']]) {
      holdsNothing(await everything([...args, '../postflight.yaml'], good))
    }
    const wrong = good.replaceAll('limit: 100', `${quoted(HOSTILE[3] ?? '')}: 1`).replace('kind: sql', 'kind: sq1')
    for (const args of [['lint'], ['lint', '--json'], ['verify', '--debug']]) {
      const run = await everything([...args, '../postflight.yaml'], wrong)
      expect(run.code).toBe(2)
      holdsNothing(run)
    }
  })

  test.each(HOSTILE)('of a command line that holds %j', async (text) => {
    for (const args of [
      ['verify', text],
      ['verify', `--${text}`],
      [text],
      ['verify', '--var', text],
      ['report', text],
    ]) {
      holdsNothing(await everything([...args, '--debug'], ''))
    }
  })
})

test('credentials stay with the host they are for', async () => {
  seenElsewhere.length = 0
  const { code } = await everything(
    ['verify', '../postflight.yaml'],
    `${HEAD}${connections()}checks:\n${artifacts('on-web', 'web', "select 'a.txt' as path")}`,
  )
  expect(code).not.toBe(70)
  expect(seenElsewhere.join()).toContain('a.txt')
  expect(secretsIn(seenElsewhere.join())).toEqual([])
})
