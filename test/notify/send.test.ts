/** What receivers may do to us, against real ones on this machine. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type Receiver, type Reply, startReceiver } from '../../fixtures/servers/receiver.js'
import { HASTE, type Patience } from '../../src/notify/attempts.js'
import type { Route } from '../../src/notify/route.js'
import { type Telling, tell } from '../../src/notify/tell.js'
import { type Given, routeOf, seenRun } from './seen.js'

const QUICK: Patience = { attempts: 4, attemptMs: 2000, totalMs: 4000, pauseMs: 1 }
const FAILED: Given = { outcome: 'fail', counts: { missing: 2 } }

const open: { stop: () => unknown }[] = []
let history: string
beforeEach(async () => {
  history = await mkdtemp(join(tmpdir(), 'postflight-notify-'))
})
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()))
  await rm(history, { recursive: true })
})

async function receiver(...replies: readonly Reply[]): Promise<Receiver> {
  const one = await startReceiver(...replies)
  open.push(one)
  return one
}

const hook = (url: string, given: Partial<Route> = {}) => routeOf({ spec: { url, headers: {} }, ...given })

function telling(
  routes: readonly Route[],
  given: { checks?: Record<string, Given>; patience?: Patience; signal?: AbortSignal; history?: string } = {},
): Promise<Telling> {
  const checks = given.checks ?? { a: FAILED }
  return tell(routes, seenRun(checks), {
    present: ({ length }) => ({ headline: `finding ${length}` }),
    values: true,
    checks: Object.keys(checks).map((id) => ({ id, severity: 'high', owner: 'team' })),
    history: given.history,
    version: '0.1.0',
    patience: given.patience ?? QUICK,
    signal: given.signal ?? new AbortController().signal,
  })
}

const whyNot = async (url: string, patience?: Patience) =>
  (await telling([hook(url)], patience === undefined ? {} : { patience })).failed[0]?.why

describe('a receiver', () => {
  it.each<[string, readonly Reply[], string | undefined, number]>([
    ['that takes it', [{ status: 204 }], undefined, 1],
    ['that fails once', [{ status: 500 }, { status: 200 }], undefined, 2],
    ['that fails for good', [{ status: 503 }], 'it answered 503, after 4 attempts', 4],
    ['that breaks off once', ['reset', { status: 200 }], undefined, 2],
    ['that breaks off for good', ['reset'], 'the other side broke off the connection, after 4 attempts', 4],
    ['that wants patience', [{ status: 429, headers: { 'retry-after': '0' } }, { status: 200 }], undefined, 2],
    [
      'that wants more patience than there is',
      [{ status: 429, headers: { 'retry-after': '3600' } }],
      'it answered 429: it was asked too often; it wants to be left alone for 1h',
      1,
    ],
    ['that does not know it', [{ status: 404 }], 'it answered 404: there is nothing of this address', 1],
    ['that answers without an end', ['endless'], undefined, 1],
  ])('%s', async (_, replies, why, requests) => {
    const { url, received, idle } = await receiver(...replies)
    expect(await whyNot(url)).toBe(why)
    expect(received).toHaveLength(requests)
    // Nothing is left that would keep the process, or read on for ever.
    await idle()
  })

  it('that hangs is given up, each attempt and all together', async () => {
    const { url, received } = await receiver('hang')
    const why = await whyNot(url, { attempts: 4, attemptMs: 150, totalMs: 400, pauseMs: 1 })
    expect(why).toMatch(/^no answer within \d+ms, after [34] attempts$/)
    expect(received.length).toBeGreaterThan(1)
  })

  it.each([301, 302, 303, 307, 308])('that redirects with %i sends nothing to anybody else', async (status) => {
    const elsewhere = await receiver()
    const { url } = await receiver({ status, headers: { location: `${elsewhere.url}/taken?token=x` } })
    const why = await whyNot(`${url}/secret-path`)
    expect(why).toBe(`it redirects (${status}) to ${new URL(elsewhere.url).host}, which is not followed`)
    expect(elsewhere.received).toHaveLength(0)
  })

  it('that is not there is told in words', async () => {
    const { url, stop } = await startReceiver()
    await stop()
    expect(await whyNot(url, HASTE)).toBe('connection refused')
  })

  it('that speaks no HTTP is told in words', async () => {
    const server: Server = createServer(
      (socket) =>
        void socket
          .on('error', () => {})
          .resume()
          .end('220 hello\r\n'),
    )
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    open.push({ stop: () => new Promise((resolve) => server.close(resolve)) })
    const { port } = server.address() as { port: number }
    expect(await whyNot(`http://127.0.0.1:${port}`, HASTE)).toMatch(/^what answers does not speak HTTP/)
  })

  it('gets the headers that are meant for it, and none that cannot be sent', async () => {
    const { url, received } = await receiver()
    await telling([hook(url, { spec: { url, headers: { Authorization: 'Bearer x' } } })])
    expect(received[0]?.headers).toMatchObject({
      authorization: 'Bearer x',
      'content-type': 'application/json',
      'user-agent': 'postflight/0.1.0',
    })
    const { failed } = await telling([hook(url, { spec: { url, headers: { 'x-a': 'secret\r\nx-b: c' } } })])
    expect(failed[0]?.why).toBe('a header holds what no header can')
    expect(received).toHaveLength(1)
  })
})

it('tells all at once: one that hangs holds up nobody', async () => {
  const stuck = await receiver('hang')
  const well = await receiver()
  const patience = { ...HASTE, attemptMs: 800, totalMs: 800 }
  const { told, failed } = await telling([hook(stuck.url), hook(well.url, { name: 'well' })], { patience })
  expect([told, failed.map(({ why }) => why)]).toEqual([['well'], ['no answer within 800ms']])
})

it('ends at an interrupt', async () => {
  const stuck = await receiver('hang')
  const interrupt = new AbortController()
  const told = telling([hook(stuck.url)], {
    signal: interrupt.signal,
    patience: { ...QUICK, attemptMs: 60_000, totalMs: 60_000 },
  })
  await stuck.has(1)
  interrupt.abort('SIGINT')
  expect((await told).failed.map(({ why }) => why)).toEqual(['interrupted'])
})

describe('what was told is kept with the history', () => {
  const run = (url: string, checks: Record<string, Given>) => telling([hook(url)], { checks, history })
  const bodies = ({ received }: Receiver) =>
    received.map(({ body }) => JSON.parse(body) as { status: string; troubles: { change: string }[] })

  it('so that a failure is told once, and that it is over once', async () => {
    const one = await receiver()
    for (const checks of [
      { a: FAILED },
      { a: FAILED },
      { a: { outcome: 'pass' } as const },
      { a: { outcome: 'pass' } as const },
    ])
      await run(one.url, checks)
    expect(bodies(one).map(({ status }) => status)).toEqual(['trouble', 'resolved'])
  })

  it('so that what could not be sent is told by the next run', async () => {
    const broken = await receiver({ status: 400 })
    expect((await run(broken.url, { a: FAILED })).told).toEqual([])
    const one = await receiver()
    expect((await run(one.url, { a: FAILED })).told).toEqual(['ops'])
    expect(bodies(one)[0]?.troubles[0]?.change).toBe('new')
  })

  it('and told all again where it is damaged, which is said', async () => {
    const one = await receiver()
    await run(one.url, { a: FAILED })
    const [file = ''] = await readdir(history)
    await writeFile(join(history, file), '{"v":1,')
    const { told, warnings } = await run(one.url, { a: FAILED })
    expect([told, warnings]).toEqual([
      ['ops'],
      ['what routes were told before cannot be read: they were told all again'],
    ])
    expect(await readFile(join(history, file), 'utf8')).toContain('"missing":2')
  })
})
