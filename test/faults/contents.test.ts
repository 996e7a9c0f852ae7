/** Contents that come slowly or not at all while they are verified: the time given is kept, and nothing untrue is said. */
import { createHash } from 'node:crypto'
import { createServer } from 'node:http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startS3 } from '../../fixtures/servers/s3.js'
import { type BreakOff, startTcpProxy } from '../../fixtures/servers/tcp-proxy.js'
import { CheckError } from '../../src/lib/errors.js'
import { openWorld, see, type World } from '../kinds/artifacts/world.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { outcomeOf } from './artifacts-world.js'

const CONTENT = Buffer.alloc(300_000, 'postflight')
const KEYS = Array.from({ length: 8 }, (_, index) => `content-${index}`)
/** Behind the answers about keys, in the middle of a content. */
const MIDDLE = 150_000

let database: TestDatabase
beforeAll(async () => {
  database = await createDatabase()
})
afterAll(() => database.drop())

const rows = {
  connection: 'main',
  sql: `select 'content-' || n as path, '${createHash('sha256').update(CONTENT).digest('hex')}' as sum from generate_series(0, ${KEYS.length - 1}) n`,
  key: 'path',
  checksum: { column: 'sum', algorithm: 'sha256' },
}
const main = () => ({ type: 'postgres', url: database.url })
/** `stuck`: whether a content has come to where it comes no further. */
type Use = (world: World, stuck: () => boolean) => Promise<void>

async function withObjects(fault: BreakOff, use: Use): Promise<void> {
  const server = await startS3()
  server.bucket('media')
  for (const key of KEYS) server.put('media', key, CONTENT)
  const { hostname, port, protocol } = new URL(server.endpoint)
  const proxy = await startTcpProxy({ host: hostname, port: Number(port) })
  proxy.breakOff(fault)
  const { region, accessKey, secretKey } = server
  const endpoint = `${protocol}//${hostname}:${proxy.port}`
  const access = { access_key: accessKey, secret_key: secretKey }
  const world = openWorld({
    main: main(),
    store: { type: 's3', bucket: 'media', endpoint, region, path_style: true, ...access },
  })
  try {
    await use(world, () => proxy.met() > 0)
  } finally {
    await world.close()
    await proxy.stop()
    await server.stop()
  }
}

/** A web server that sends some of each content, and then a byte now and then. */
async function withDrips(use: Use): Promise<void> {
  let dripped = 0
  const server = createServer(({ method, url }, answer) => {
    const known = KEYS.includes((url ?? '').slice(1))
    answer.writeHead(known ? 200 : 404, { 'content-length': known ? CONTENT.length : 0 })
    if (!known || method === 'HEAD') return void answer.end()
    answer.write(CONTENT.subarray(0, MIDDLE))
    const drip = setInterval(() => answer.write('p', () => dripped++), 50)
    answer.on('close', () => clearInterval(drip))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  const port = typeof address === 'object' ? address?.port : 0
  const world = openWorld({ main: main(), store: { type: 'http', url: `http://127.0.0.1:${port}/` } })
  try {
    await use(world, () => dripped > 0)
  } finally {
    await world.close()
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}

const STALLED: BreakOff = { how: 'stall', after: MIDDLE }

describe.concurrent.each<[string, (use: Use) => Promise<void>]>([
  ['objects that stop coming in their middle', (use) => withObjects(STALLED, use)],
  ['files of a web server that come drop by drop', withDrips],
])('%s', (_, within) => {
  test('are not reached within the budget of time', () =>
    within(async (world) => {
      const verify = { checksum: 'all', time_budget: '1s' }
      const seen = await see(world, { rows, store: 'store', verify })
      expect(seen.told).toEqual(KEYS.map((key) => `unverifiable ${key}`))
      expect(seen.findings.map(({ reason }) => reason)).toEqual(KEYS.map(() => 'not reached within the time of 1s'))
      expect(seen.subjects).toMatchObject({ verified: 0, checksum_mismatch: 0, missing: 0 })
      expect(seen.notes).toContain('checksums: 0 of 8 verified, 8 not reached within the budget')
    }))

  test('end with the check', () =>
    within(async (world, stuck) => {
      const check = new AbortController()
      const watch = setInterval(() => stuck() && check.abort(new DOMException('at its timeout', 'TimeoutError')), 20)
      const context = { signal: check.signal }
      const outcome = await outcomeOf(see(world, { rows, store: 'store', verify: { checksum: 'all' } }, { context }))
      clearInterval(watch)
      expect(outcome).toBeInstanceOf(CheckError)
      expect(outcome).toMatchObject({ message: 'the timeout came' })
    }))
})

test('one that stops coming leaves the others to be verified', () =>
  withObjects({ ...STALLED, times: 1 }, async (world, stuck) => {
    const verify = { checksum: 'all', time_budget: '5s' }
    const seen = await see(world, { rows, store: 'store', verify })
    expect(stuck()).toBe(true)
    expect(seen.told).toHaveLength(1)
    expect(seen.findings).toMatchObject([{ finding: 'unverifiable', reason: 'not reached within the time of 5s' }])
    expect(seen.subjects).toMatchObject({ verified: 7, checksum_mismatch: 0 })
  }))
