import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../../fixtures/servers/free-port.js'
import { type RedisServer, redisInstalled, startRedis } from '../../../fixtures/servers/redis.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { missing } from './look.js'

const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

describe('services whose URL stands in the environment', () => {
  const running = children()
  const MARK = `needs-services-${process.pid}`
  const SECRET = 'pass-word-nobody-sees'
  let redis: RedisServer | undefined
  let bin: string
  let few: Vantage
  beforeAll(async () => {
    bin = mkdtempSync(join(tmpdir(), 'postflight-bin-'))
    few = bare()
    const url = new URL(inject('postgresUrl'))
    const wrong = new URL(url)
    wrong.password = SECRET
    const gone = new URL(url)
    gone.port = String(await freePort())
    redis = redisInstalled() ? await startRedis({ password: 'p@ss word' }) : undefined
    await running.start([MARK], {
      DATABASE_URL: url.href,
      WRONG_URL: wrong.href,
      GONE_URL: gone.href,
      NAME_URL: `postgres://u:${SECRET}@no-such-host.invalid/x`,
      NO_URL: SECRET,
      REDIS_URL: `redis://:${encodeURIComponent('p@ss word')}@127.0.0.1:${redis?.port ?? 1}/1`,
      REDIS_WRONG_URL: `redis://:${SECRET}@127.0.0.1:${redis?.port ?? 1}/1`,
    })
  })
  afterAll(async () => {
    await running.stop()
    await redis?.stop()
    rmSync(bin, { recursive: true, force: true })
  })
  const needing = (needs: object) => missing({ running: { command: MARK }, needs })

  it('are reached, or named by their variable alone', async () => {
    const env = (name: string) => ({ env: name, login: false })
    const postgres = ['DATABASE_URL', 'GONE_URL', 'NAME_URL', 'NOWHERE_URL'].map(env)
    const found = await needing({ postgres })
    expect(found.said).toEqual({
      'postgres GONE_URL': 'connect: connection refused',
      'postgres NAME_URL': expect.stringMatching(/^name: .*resolve.*$/),
      'postgres NOWHERE_URL': 'not set',
    })
    expect(JSON.stringify(found)).not.toContain('no-such-host')
  })

  it('point where the check says, or that is told', async () => {
    const found = await needing({
      urls: [
        { env: 'DATABASE_URL', host: 'db.new' },
        { env: 'DATABASE_URL', host: '127.0.0.1' },
      ],
    })
    expect(found).toMatchObject({ needs_missing: 1, needs_met: 1 })
    expect(found.said).toEqual({ 'url DATABASE_URL': 'it points to another host than db.new' })
  })

  it('cannot be told where the value is no URL, and the value is kept', async () => {
    const found = await needing({ urls: [{ env: 'NO_URL' }] })
    expect(found.gaps).toEqual(['url NO_URL: its value is no URL that can be taken apart with certainty'])
    expect(JSON.stringify(found)).not.toContain(SECRET)
  })

  it('without a client are reached, and no login is claimed', async () => {
    const found = await missing(
      { running: { command: MARK }, needs: { postgres: [{ env: 'DATABASE_URL' }] } },
      { vantage: few },
    )
    expect(found).toMatchObject({ needs_missing: 0, logins: { unobserved: expect.stringContaining('no psql') } })
    expect(found.notes?.join()).toContain('reached, but no login was tried: there is no psql there')
  })

  it('without a client are an error where a login is asked for', async () => {
    const found = await missing(
      { running: { command: MARK }, needs: { postgres: [{ env: 'DATABASE_URL', login: true }] } },
      { vantage: few },
    )
    expect(found.gaps).toEqual(['postgres DATABASE_URL: no login was tried: there is no psql there'])
  })

  it('that take a connection and then say nothing are named in time', async () => {
    const mute = createNetServer(() => undefined).listen(0, '127.0.0.1')
    await once(mute, 'listening')
    const { port } = mute.address() as AddressInfo
    const fake = mkdtempSync(join(tmpdir(), 'postflight-bin-'))
    writeFileSync(join(fake, 'redis-cli'), '#!/bin/sh\nexec sleep 60\n', { mode: 0o755 })
    await running.start([`${MARK}-mute`], { MUTE_URL: `redis://:${SECRET}@127.0.0.1:${port}/0` })
    const found = await missing(
      { running: { command: `${MARK}-mute` }, needs: { redis: [{ env: 'MUTE_URL' }] } },
      {
        vantage: createLocalVantage({ env: { PATH: `${fake}:${process.env['PATH']}` } }),
        check: { timeoutMs: 4000 },
      },
    )
    mute.close()
    rmSync(fake, { recursive: true })
    expect(found.said).toEqual({ 'redis MUTE_URL': expect.stringMatching(/^login: no answer within .*$/) })
  })

  it.each([
    ['an option, as PgBouncer refuses', '', '', 1],
    ['a mode of TLS psql does not know', '?sslmode=no-verify', 'psql: error: invalid sslmode value: "no-verify"', 0],
    [
      'certificates psql does not find',
      '?sslmode=verify-full',
      'root certificate file "/x/root.crt" does not exist',
      0,
    ],
    ['credentials in the query', '?user=u&password=p', 'fe_sendauth: no password supplied', 0],
  ])('are not called refused for %s', async (_, query, said, logins) => {
    const fake = mkdtempSync(join(tmpdir(), 'postflight-bin-'))
    const psql = `#!/bin/sh\n[ -z "\${PGOPTIONS+set}" ] || exit 2\n[ -z "$SAID" ] || { echo "$SAID" >&2; exit 2; }\necho 1\n`
    writeFileSync(join(fake, 'psql'), psql, { mode: 0o755 })
    const mark = `${MARK}-odd-${said.length}`
    await running.start([mark], { ODD_URL: `${new URL(inject('postgresUrl')).href.replace(/\?.*/, '')}${query}` })
    const env = { PATH: `${fake}:${process.env['PATH']}`, SAID: said }
    const found = await missing(
      { running: { command: mark }, needs: { postgres: [{ env: 'ODD_URL' }] } },
      { vantage: createLocalVantage({ env }) },
    )
    rmSync(fake, { recursive: true })
    expect(found).toMatchObject({
      needs_missing: 0,
      said: {},
      logins: logins === 1 ? 1 : { unobserved: expect.anything() },
    })
  })

  serverOrSkip('psql', has('psql'))('with psql', () => {
    it('are logged in to with the credentials in the value', async () => {
      const found = await needing({ postgres: [{ env: 'DATABASE_URL' }, { env: 'WRONG_URL' }] })
      expect(found).toMatchObject({ logins: 1, needs_missing: 1 })
      expect(found.said).toEqual({ 'postgres WRONG_URL': 'login: the password was refused' })
      expect(JSON.stringify(found)).not.toContain(SECRET)
    })
  })

  serverOrSkip('redis-cli', has('redis-cli') && redisInstalled())('with redis-cli', () => {
    it('are logged in to with the credentials in the value', async () => {
      const found = await needing({ redis: [{ env: 'REDIS_URL' }, { env: 'REDIS_WRONG_URL' }] })
      expect(found).toMatchObject({ logins: 1, needs_missing: 1 })
      expect(found.said).toEqual({ 'redis REDIS_WRONG_URL': 'login: the password was refused' })
    })
  })

  /** Where there is a shell and its tools, and nothing else. */
  function bare() {
    for (const tool of ['sh', 'tr', 'cat']) {
      const path = spawnSync('sh', ['-c', `command -v ${tool}`])
        .stdout.toString()
        .trim()
      symlinkSync(path, join(bin, tool))
    }
    return createLocalVantage({ env: { PATH: bin } })
  }
})
