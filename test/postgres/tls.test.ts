/** sslmode against a real server with TLS. Certificates are made by the openssl of the machine. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../fixtures/servers/postgres.js'
import { serverOrSkip } from '../support/require-server.js'
import { ask, inSession, openTest } from './open.js'

const OPENSSL = process.env['OPENSSL'] ?? 'openssl'

function hasOpenssl(): boolean {
  try {
    execFileSync(OPENSSL, ['version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

const directory = mkdtempSync(join(tmpdir(), 'postflight-tls-'))
afterAll(() => rmSync(directory, { recursive: true, force: true }))
const file = (name: string) => join(directory, name)

function makeCertificates(): void {
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes']
  const openssl = (...args: string[]) => execFileSync(OPENSSL, args, { stdio: 'ignore' })
  for (const ca of ['ca', 'other']) {
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      file(`${ca}.key`),
      '-out',
      file(`${ca}.crt`),
      '-subj',
      `/CN=${ca}`,
      '-days',
      '2',
    )
  }
  const config = file('san.cnf')
  writeFileSync(config, 'subjectAltName=DNS:localhost')
  openssl('req', ...key, '-keyout', file('server.key'), '-out', file('server.csr'), '-subj', '/CN=localhost')
  openssl(
    'x509',
    '-req',
    '-in',
    file('server.csr'),
    '-CA',
    file('ca.crt'),
    '-CAkey',
    file('ca.key'),
    '-CAcreateserial',
    '-out',
    file('server.crt'),
    '-days',
    '2',
    '-extfile',
    config,
  )
}

serverOrSkip('openssl', hasOpenssl())('against a server with TLS', () => {
  let server: PostgresServer
  beforeAll(async () => {
    makeCertificates()
    server = await startPostgres({
      ssl: { cert: readFileSync(file('server.crt'), 'utf8'), key: readFileSync(file('server.key'), 'utf8') },
    })
  })
  afterAll(() => server?.stop())

  const TLS = "select case when ssl then 'tls' else 'plain' end from pg_stat_ssl where pid = pg_backend_pid()"
  async function connect(host: string, query: Record<string, string>): Promise<string> {
    const url = new URL(server.url)
    url.hostname = host
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value)
    const source = openTest({ url: url.href })
    try {
      return String((await inSession(source, (session) => session.select(ask(TLS), { limit: 1 }))).rows[0]?.[0])
    } catch (error) {
      return `${(error as Error).message} ${(error as { hint?: string }).hint}`
    } finally {
      await source.close()
    }
  }

  const cases: readonly (readonly [host: string, query: Record<string, string>, outcome: RegExp])[] = [
    ['localhost', {}, /^tls$/],
    ['localhost', { sslmode: 'disable' }, /^plain$/],
    ['localhost', { sslmode: 'allow' }, /^plain$/],
    ['localhost', { sslmode: 'prefer' }, /^tls$/],
    ['localhost', { sslmode: 'require' }, /^tls$/],
    ['localhost', { sslmode: 'require', channel_binding: 'require' }, /^tls$/],
    ['localhost', { sslmode: 'disable', channel_binding: 'require' }, /channel binding/],
    ['localhost', { sslmode: 'require', sslrootcert: file('other.crt') }, /TLS failed.*sslrootcert/],
    ['localhost', { sslmode: 'verify-ca', sslrootcert: file('other.crt') }, /TLS failed.*sslrootcert/],
    ['localhost', { sslmode: 'verify-ca', sslrootcert: file('ca.crt') }, /^tls$/],
    ['localhost', { sslmode: 'verify-full', sslrootcert: file('ca.crt') }, /^tls$/],
    ['localhost', { sslrootcert: 'system' }, /TLS failed/],
    ['127.0.0.1', { sslmode: 'verify-ca', sslrootcert: file('ca.crt') }, /^tls$/],
    ['127.0.0.1', { sslmode: 'verify-full', sslrootcert: file('ca.crt') }, /TLS failed.*another name/],
    [
      '127.0.0.1',
      { host: 'localhost', hostaddr: '127.0.0.1', sslmode: 'verify-full', sslrootcert: file('ca.crt') },
      /^tls$/,
    ],
    [
      '127.0.0.1',
      { host: 'other.name', hostaddr: '127.0.0.1', sslmode: 'verify-full', sslrootcert: file('ca.crt') },
      /another name/,
    ],
    ['localhost', { sslmode: 'verify-full', sslrootcert: file('missing.crt') }, /cannot read/],
  ]
  test.each(cases)('%s %o', async (host, query, outcome) => expect(await connect(host, query)).toMatch(outcome))

  test('a query is cancelled through TLS', async () => {
    const url = new URL(server.url)
    url.searchParams.set('sslmode', 'require')
    const source = openTest({ url: url.href })
    const controller = new AbortController()
    const running = source.withSession({ signal: controller.signal }, async (session) => {
      setImmediate(() => controller.abort(new Error('enough')))
      await session.select(ask('select pg_sleep(600)'), { limit: 1 })
    })
    await expect(running).rejects.toThrow('stopped: enough')
    await source.close()
  })
})
