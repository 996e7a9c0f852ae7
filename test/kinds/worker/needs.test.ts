import { once } from 'node:events'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { freePort } from '../../../fixtures/servers/free-port.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { missing } from './look.js'

const root = process.getuid?.() === 0

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
    expect(found.said[`tcp 127.0.0.1:${closed}`]).toMatch(/^connect: .*refused$/)
    expect(found.said['tcp no-such-host.invalid:25']).toMatch(/^name: .*$/)
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
      [`http ${address}/silent`]: expect.stringMatching(/^response: no answer within .*$/),
    })
  })
})
