import { afterEach, describe, expect, it } from 'vitest'
import { type Receiver, type Reply, startReceiver } from '../../fixtures/servers/receiver.js'
import { HASTE, type Patience } from '../../src/notify/attempts.js'
import { createPing, cutBytes, pingUrl } from '../../src/notify/ping.js'

const QUICK: Patience = { attempts: 4, attemptMs: 2000, totalMs: 4000, pauseMs: 1 }
const open: Receiver[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((one) => one.stop()))
})

async function pingOf(replies: readonly Reply[], patience: Patience = QUICK) {
  const receiver = await startReceiver(...replies)
  open.push(receiver)
  const { signal } = new AbortController()
  const url = `${receiver.url}/ping/some-uuid`
  const ping = createPing({ url, rid: 'r-1', version: '0.1.0', patience: () => patience, signal: () => signal })
  return { ping, receiver }
}

it('tells of beginning and end with one id, and of the end with its code and a body', async () => {
  const { ping, receiver } = await pingOf([])
  ping.start()
  await receiver.has(1)
  expect(await ping.end(3, 'nothing could be told\n')).toBeUndefined()
  expect(receiver.received.map(({ method, url, body }) => [method, url, body])).toEqual([
    ['GET', '/ping/some-uuid/start?rid=r-1', ''],
    ['POST', '/ping/some-uuid/3?rid=r-1', 'nothing could be told\n'],
  ])
})

it.each<[string, string | undefined, number]>([
  ['as much as it keeps', '7', 7],
  ['10,000 bytes where it says nothing', undefined, 10_000],
  ['nothing, where it keeps nothing', '0', 0],
  ['no more than 100,000 bytes, whatever it says', '999999999', 100_000],
  ['10,000 bytes where it says what is no number', '-1', 10_000],
])('sends %s', async (_, limit, bytes) => {
  const headers = limit === undefined ? {} : { 'ping-body-limit': limit }
  const { ping, receiver } = await pingOf([{ status: 200, headers }])
  ping.start()
  await ping.end(0, 'x'.repeat(200_000))
  expect(receiver.received[1]?.body.length).toBe(bytes)
})

it.each<[string, readonly Reply[], string | undefined, number]>([
  ['fails twice', [{ status: 500 }, 'reset', { status: 200 }], undefined, 3],
  ['fails for good', [{ status: 500 }], 'it answered 500, after 4 attempts', 4],
  ['is not known', [{ status: 404 }], 'it answered 404: there is nothing of this address', 1],
])('one that %s', async (_, replies, why, requests) => {
  const { ping, receiver } = await pingOf(replies)
  expect(await ping.end(0, '')).toBe(why)
  expect(receiver.received).toHaveLength(requests)
})

it('does not wait at the end for a beginning that hangs, and it does not come after', async () => {
  const { ping, receiver } = await pingOf(['hang', { status: 200 }])
  ping.start()
  await receiver.has(1)
  expect(await ping.end(0, 'x')).toBeUndefined()
  expect(receiver.received.map(({ url }) => url.split('?')[0])).toEqual(['/ping/some-uuid/start', '/ping/some-uuid/0'])
})

it('is hasty after an interrupt', async () => {
  const { ping } = await pingOf(['hang'], { ...HASTE, attemptMs: 100, totalMs: 100 })
  expect(await ping.end(130, 'x')).toBe('no answer within 100ms')
})

describe('addresses and bodies', () => {
  it.each([
    ['https://ping.test/uuid', 'https://ping.test/uuid/start?rid=r'],
    ['https://ping.test/uuid/', 'https://ping.test/uuid/start?rid=r'],
    ['https://ping.test/key/slug?create=1', 'https://ping.test/key/slug/start?create=1&rid=r'],
  ])('%s', (base, url) => {
    expect(pingUrl(base, 'start', 'r')).toBe(url)
  })

  it.each([
    ['abc', 3, 'abc'],
    ['aäb', 2, 'a'],
    ['a😀', 4, 'a'],
    ['a😀', 5, 'a😀'],
  ])('%j cut to %i bytes', (text, most, kept) => {
    expect(cutBytes(text, most)).toBe(kept)
  })
})
