import { spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import { type AddressInfo, createServer as createNetServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../../fixtures/servers/free-port.js'
import { type RedisServer, redisInstalled, startRedis } from '../../../fixtures/servers/redis.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { looking } from './look.js'

const { look } = looking({})
const root = process.getuid?.() === 0
const has = (program: string) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0

async function missing(spec: object, more = {}) {
  const { findings, observation } = await look(spec, more)
  const { subjects } = observation
  return { ...subjects, subjects, gaps: observation.gaps, notes: observation.notes, said: said(findings) }
}

function said(findings: readonly { readonly key?: string; readonly reason?: string }[]) {
  return Object.fromEntries(findings.map(({ key, reason }) => [key, reason]))
}

describe('variables a job needs', () => {
  const running = children()
  const MARK = `needs-env-${process.pid}`
  beforeAll(async () => {
    await running.start([MARK, 'good'], { A: 'x', Q: '"x"', E: '', N: 'x\n' })
    await running.start([MARK, 'two'], { A: 'x' })
    await running.start([MARK, 'two'], { B: 'x' })
    await running.start([MARK, 'bare'], { A: 'x' })
    await running.start([MARK, 'bare'], {})
  })
  afterAll(running.stop)

  it('are read from the process, and named with what is wrong', async () => {
    const spec = { running: { command: `${MARK} good` }, needs: { env: ['A', 'Q', 'E', 'N', 'PATH'] } }
    const { said, subjects, notes } = await missing(spec)
    expect(said).toEqual({
      'env Q': 'its value stands in quotes, which are part of it',
      'env E': 'empty',
      'env N': 'its value ends in a newline',
      'env PATH': 'not set',
    })
    expect(subjects).toMatchObject({ needs_missing: 4, needs_met: 1 })
    expect(notes?.[0]).toMatch(/^environment: that of process \d+$/)
  })

  it('may be what the check allows', async () => {
    const env = ['Q', 'E', 'N'].map((name) => ({ name, allow: ['quotes', 'empty', 'newline'] }))
    expect(await missing({ running: { command: `${MARK} good` }, needs: { env } })).toMatchObject({
      needs_missing: 0,
      needs_met: 3,
      said: {},
    })
  })

  it('have to be in every process', async () => {
    const { said } = await missing({ running: { command: `${MARK} two` }, needs: { env: ['A'] } })
    expect(said).toEqual({ 'env A': 'not set, in 1 of 2 processes' })
  })

  it('cannot be told where one of the processes shows none', async () => {
    const { gaps } = await missing({ running: { command: `${MARK} bare` }, needs: { env: ['A'] } })
    expect(gaps).toEqual(['env A: one of the processes: it shows no environment'])
  })

  it('cannot be told on a host where the process is not found', async () => {
    const found = await missing({ running: { command: `${MARK} none` }, needs: { env: ['A'] } })
    expect(found).toMatchObject({ running: 0, needs_missing: { unobserved: expect.stringContaining('not found') } })
    expect(found.gaps).toEqual(['env A: the process was not found, so neither was its environment'])
  })
})

describe('files a job needs', () => {
  const running = children()
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'postflight-needs-'))
    chmodSync(folder, 0o755)
    writeFileSync(join(folder, 'file'), '', { mode: 0o644 })
    mkdirSync(join(folder, 'private'), { mode: 0o700 })
    writeFileSync(join(folder, 'private/file'), '')
    mkdirSync(join(folder, 'open'))
    chmodSync(join(folder, 'open'), 0o777)
  })
  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true })
    await running.stop()
  })

  it('are there, or named', async () => {
    const files = [{ path: join(folder, 'file'), readable: true }, { path: join(folder, 'gone') }]
    const found = await missing({ needs: { files } })
    expect(found).toMatchObject({ needs_missing: 1, needs_met: 1 })
    expect(found.said).toEqual({ [`file ${join(folder, 'gone')}`]: 'it is not there' })
  })

  serverOrSkip('root', root)('of a worker that is another user', () => {
    const USER = 65_534
    const files = () => [
      { path: join(folder, 'open'), writable: true },
      { path: join(folder, 'file'), writable: true },
      { path: join(folder, 'private/file') },
    ]

    it('are looked at as that user, found from the process', async () => {
      chownSync(join(folder, 'private'), 0, 0)
      await running.start([`needs-files-${process.pid}`], {}, USER)
      const found = await missing({ running: { command: `needs-files-${process.pid}` }, needs: { files: files() } })
      expect(found.said).toEqual({
        [`file ${join(folder, 'file')}`]: 'not writable',
        [`file ${join(folder, 'private/file')}`]: 'a directory above it may not be entered',
      })
      expect(found.notes).toContain(`files: looked at as ${USER}:${USER}`)
    })

    it('are looked at as the user the check names', async () => {
      const found = await missing({ as: String(USER), needs: { files: files() } })
      expect(found).toMatchObject({ needs_missing: 2, needs_met: 1 })
    })
  })
})

describe('hosts a job needs', () => {
  it('take a connection, or are named with the step that failed', async () => {
    const open = Number(new URL(inject('postgresUrl')).port)
    const closed = await freePort()
    const tcp = [
      { host: '127.0.0.1', port: open },
      { host: '127.0.0.1', port: closed },
      { host: 'no-such-host.invalid', port: 25 },
      { host: '127.0.0.1', port: open, family: 'ipv6' },
    ]
    const found = await missing({ needs: { tcp } })
    expect(found).toMatchObject({ needs_missing: 3, needs_met: 1 })
    expect(found.said[`tcp 127.0.0.1:${closed}`]).toMatch(/^connect: .*refused, from local$/)
    expect(found.said['tcp no-such-host.invalid:25']).toMatch(/^name: .*, from local$/)
  })
})

describe('web services a job needs', () => {
  let server: Server
  let address: string
  beforeAll(async () => {
    server = createServer((request, answer) => {
      if (request.url !== '/silent') answer.writeHead(request.url?.startsWith('/old') ? 410 : 204).end()
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  it('answer, or are named with the step that failed and without what the query holds', async () => {
    const http = [
      { url: `${address}/` },
      { url: `${address}/old?key=secret` },
      { url: `${address}/old`, status: [410] },
      { url: `${address}/silent` },
    ]
    const found = await missing({ needs: { http } }, { check: { timeoutMs: 4000 } })
    expect(found).toMatchObject({ needs_missing: 2, needs_met: 2 })
    expect(found.said).toEqual({
      [`http ${address}/old?key=…`]: 'expectation: it answers with status 410, to local',
      [`http ${address}/silent`]: expect.stringMatching(/^response: no answer within .*, from local$/),
    })
  })
})

describe('services whose URL stands in the environment', () => {
  const running = children()
  const MARK = `needs-services-${process.pid}`
  const SECRET = 'pass-word-nobody-sees'
  let redis: RedisServer | undefined
  beforeAll(async () => {
    const url = new URL(inject('postgresUrl'))
    const wrong = new URL(url)
    wrong.password = SECRET
    const gone = new URL(url)
    gone.port = String(await freePort())
    redis = redisInstalled() ? await startRedis({ password: 'p%40ss word'.replace('%40', '@') }) : undefined
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
  })
  const needing = (needs: object) => missing({ running: { command: MARK }, needs })

  it('are reached, or named by their variable alone', async () => {
    const env = (name: string) => ({ env: name, login: false })
    const postgres = ['DATABASE_URL', 'GONE_URL', 'NAME_URL', 'NOWHERE_URL'].map(env)
    const found = await needing({ postgres })
    expect(found.said).toEqual({
      'postgres GONE_URL': 'connect: connection refused, from local',
      'postgres NAME_URL': expect.stringMatching(/^name: .*resolve.*, from local$/),
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
      { vantage: await bare() },
    )
    expect(found).toMatchObject({ needs_missing: 0, logins: { unobserved: expect.stringContaining('no psql') } })
    expect(found.notes?.join()).toContain('reached, but no login was tried: there is no psql there')
  })

  it('without a client are an error where a login is asked for', async () => {
    const found = await missing(
      { running: { command: MARK }, needs: { postgres: [{ env: 'DATABASE_URL', login: true }] } },
      { vantage: await bare() },
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
    const { createLocalVantage } = await import('../../../src/vantage/local.js')
    const found = await missing(
      { running: { command: `${MARK}-mute` }, needs: { redis: [{ env: 'MUTE_URL' }] } },
      {
        vantage: createLocalVantage({ env: { PATH: `${fake}:${process.env['PATH']}` } }),
        check: { timeoutMs: 4000 },
      },
    )
    mute.close()
    rmSync(fake, { recursive: true })
    expect(found.said).toEqual({ 'redis MUTE_URL': expect.stringMatching(/^login: no answer within .*, from local$/) })
  })

  serverOrSkip('psql', has('psql'))('with psql', () => {
    it('are logged in to with the credentials in the value', async () => {
      const found = await needing({ postgres: [{ env: 'DATABASE_URL' }, { env: 'WRONG_URL' }] })
      expect(found).toMatchObject({ logins: 1, needs_missing: 1 })
      expect(found.said).toEqual({ 'postgres WRONG_URL': 'login: the password was refused, from local' })
      expect(JSON.stringify(found)).not.toContain(SECRET)
    })
  })

  serverOrSkip('redis-cli', has('redis-cli') && redisInstalled())('with redis-cli', () => {
    it('are logged in to with the credentials in the value', async () => {
      const found = await needing({ redis: [{ env: 'REDIS_URL' }, { env: 'REDIS_WRONG_URL' }] })
      expect(found).toMatchObject({ logins: 1, needs_missing: 1 })
      expect(found.said).toEqual({ 'redis REDIS_WRONG_URL': 'login: the password was refused, from local' })
    })
  })

  /** Where there is a shell and its tools, and nothing else. */
  async function bare() {
    const { createLocalVantage } = await import('../../../src/vantage/local.js')
    const bin = mkdtempSync(join(tmpdir(), 'postflight-bin-'))
    for (const tool of ['sh', 'tr', 'cat', 'sha256sum']) {
      spawnSync('ln', ['-s', spawnSync('which', [tool]).stdout.toString().trim(), join(bin, tool)])
    }
    return createLocalVantage({ env: { PATH: bin } })
  }
})

describe('variables that are the same in another place', () => {
  const running = children()
  const MARK = `same-${process.pid}`
  beforeAll(async () => {
    await running.start([MARK, 'mailer'], { KEY: 'one', OTHER: 'two', EMPTY: '', HERE: 'x' })
    await running.start([MARK, 'web'], { KEY: 'one', OTHER: 'three', EMPTY: '' })
  })
  afterAll(running.stop)
  const spec = (env: readonly string[], more = {}) => ({
    running: { command: `${MARK} mailer` },
    same_as: { from: 'local', command: `${MARK} web`, env, ...more },
  })

  it('are found to be so', async () => {
    expect(await missing(spec(['KEY']))).toMatchObject({ env_differs: 0, said: {} })
  })

  it('or are named; what is set in neither, or empty in both, agrees with nothing', async () => {
    const found = await missing(spec(['KEY', 'OTHER', 'EMPTY', 'HERE', 'NOWHERE']))
    expect(found.subjects['env_differs']).toBe(4)
    expect(found.said).toEqual({
      'env OTHER': 'another value than in local',
      'env EMPTY': 'empty here and in local',
      'env HERE': 'not set in local',
      'env NOWHERE': 'not set here and in local',
    })
  })

  it('have to be so in every process: an old one may still have the old value', async () => {
    await running.start([MARK, 'old'], { KEY: 'one' })
    await running.start([MARK, 'old'], { KEY: 'before' })
    const found = await missing(spec(['KEY'], { command: `${MARK} old` }))
    expect(found.said).toEqual({ 'env KEY': 'another value than in local' })
  })

  it('cannot be told where the other process is not found', async () => {
    const found = await missing(spec(['KEY'], { command: `${MARK} none` }))
    expect(found.gaps).toEqual(['environment of local: the process was not found'])
    expect(found.subjects['env_differs']).toEqual({ unobserved: 'environment of local: the process was not found' })
  })
})
