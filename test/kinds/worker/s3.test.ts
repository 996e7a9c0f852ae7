import { mkdtempSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installed } from '../../../fixtures/servers/installed.js'
import { type S3Server, startS3 } from '../../../fixtures/servers/s3.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import { runScript } from '../../../src/vantage/run.js'
import type { Vantage } from '../../../src/vantage/vantage.js'
import { serverOrSkip } from '../../support/require-server.js'
import { children } from './children.js'
import { missing } from './look.js'

const MARK = `needs-s3-${process.pid}`
const SECRET = 'sEcReT/se"cr\\et'
const running = children()
const { signal } = new AbortController()
let s3: S3Server
let late: S3Server
let bin: string
const local = createLocalVantage({ env: process.env })

beforeAll(async () => {
  const users = {
    odd: { accessKey: 'ODD', secretKey: SECRET, rights: { uploads: ['list' as const] } },
    none: { accessKey: 'NONE', secretKey: 'none-sEcReT' },
  }
  s3 = await startS3({ users })
  late = await startS3({ now: () => Date.now() + 3_600_000 })
  s3.bucket('uploads')
  late.bucket('uploads')
  bin = mkdtempSync(join(tmpdir(), 'postflight-bin-'))
  for (const tool of ['sh', 'tr', 'cat', 'head']) {
    symlinkSync(
      (await runScript(local, `command -v ${tool}`, [], { signal })).stdout.toString().trim(),
      join(bin, tool),
    )
  }
  await running.start([MARK], {
    AWS_ACCESS_KEY_ID: s3.accessKey,
    AWS_SECRET_ACCESS_KEY: s3.secretKey,
    LATE_KEY: late.accessKey,
    LATE_SECRET: late.secretKey,
    ODD_KEY: 'ODD',
    ODD_SECRET: SECRET,
    NONE_KEY: 'NONE',
    NONE_SECRET: 'none-sEcReT',
    WRONG: 'wrong-sEcReT',
    EMPTY: '',
    S3_ENDPOINT: s3.endpoint,
    PATH_ENDPOINT: `${s3.endpoint}/below`,
    GONE_ENDPOINT: 'http://sEcReT.invalid:9000',
  })
})
afterAll(async () => {
  await running.stop()
  await s3.stop()
  await late.stop()
  rmSync(bin, { recursive: true, force: true })
})

const UPLOADS = { bucket: 'uploads', endpoint: { env: 'S3_ENDPOINT' } }

async function needing(need: object, vantage: Vantage = local) {
  const found = await missing({ running: { command: MARK }, needs: { s3: [{ ...UPLOADS, ...need }] } }, { vantage })
  expect(JSON.stringify(found)).not.toContain('sEcReT')
  expect(JSON.stringify(found)).not.toContain(String(s3.port))
  return found
}

describe('a bucket that a worker needs', () => {
  const cases: readonly (readonly [string, object, string | RegExp])[] = [
    ['a variable that is not set', { secret_key: 'NOWHERE' }, 'NOWHERE: not set'],
    ['a variable that is empty', { access_key: 'EMPTY' }, 'EMPTY: empty'],
    ['a host that does not resolve', { endpoint: { env: 'GONE_ENDPOINT' } }, /^name: .*resolve/],
  ]
  it.each(cases)('is missing for %s', async (_, need, reason) => {
    expect((await needing(need)).said['s3 uploads']).toMatch(reason)
  })

  it('is reached without curl, and no login is claimed', async () => {
    const found = await needing({}, createLocalVantage({ env: { PATH: bin } }))
    expect(found).toMatchObject({ needs_missing: 0, logins: { unobserved: 's3 uploads: there is no curl there' } })
    expect(found.notes?.join()).toContain('s3 uploads: reached, but no login was tried: there is no curl there')
  })

  it('is an error without curl where a login is asked for', async () => {
    const found = await needing({ login: true }, createLocalVantage({ env: { PATH: bin } }))
    expect(found.gaps).toEqual(['s3 uploads: no login was tried: there is no curl there'])
  })
})

serverOrSkip('curl', installed('curl'))('a bucket asked by curl', () => {
  const good: readonly (readonly [string, object])[] = [
    ["the worker's own keys", {}],
    ['a prefix', { prefix: 'a b/ü+(1)' }],
    ['keys with quotes and slashes', { access_key: 'ODD_KEY', secret_key: 'ODD_SECRET' }],
  ]
  it.each(good)('is usable with %s', async (_, need) => {
    expect(await needing(need)).toMatchObject({ needs_missing: 0, needs_met: 1, logins: 1, said: {} })
  })

  const bad: readonly (readonly [string, () => object, string])[] = [
    ['another secret', () => ({ secret_key: 'WRONG' }), 'login: the secret key does not belong to the access key'],
    ['an unknown key', () => ({ access_key: 'WRONG' }), 'login: the access key is not known there'],
    ['another region', () => ({ region: 'eu-west-7' }), 'login: the bucket lies in another region'],
    [
      'a clock that is wrong',
      () => ({ endpoint: late.endpoint, access_key: 'LATE_KEY', secret_key: 'LATE_SECRET' }),
      'login: the clock there and that of the server are too far apart',
    ],
  ]
  it.each(bad)('is missing for %s', async (_, need, reason) => {
    const found = await needing(need())
    expect(found).toMatchObject({ needs_missing: 1, said: { 's3 uploads': `${reason}, from local` } })
  })

  it('is missing where there is none of that name', async () => {
    const found = await needing({ bucket: 'nowhere' })
    expect(found.said).toEqual({ 's3 nowhere': 'login: there is no such bucket, from local' })
  })

  it('cannot be told where the keys may not list it', async () => {
    const found = await needing({ access_key: 'NONE_KEY', secret_key: 'NONE_SECRET' })
    expect(found).toMatchObject({ subjects: { needs_missing: { unobserved: expect.stringMatching(/AccessDenied/) } } })
  })

  it('is not asked at an endpoint with a path', async () => {
    const found = await needing({ endpoint: { env: 'PATH_ENDPOINT' }, login: true })
    expect(found.gaps).toEqual([expect.stringMatching(/in a form that is not passed on/)])
  })

  it('is asked with nothing of the credentials among the words of a process', async () => {
    const words: string[] = []
    const watching: Vantage = {
      ...local,
      start: (argv, options) => {
        words.push(...argv)
        return local.start(argv, options)
      },
    }
    await needing({}, watching)
    expect(words.join(' ')).not.toContain(s3.secretKey)
    expect(words.join(' ')).not.toContain(s3.accessKey)
  })
})
