import { createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, it } from 'vitest'
import { freePort } from '../../fixtures/servers/free-port.js'
import { withDeadline } from '../../src/probes/deadline.js'
import { lookTcp } from '../../src/probes/tcp.js'
import { createLocalVantage } from '../../src/vantage/local.js'

const vantage = createLocalVantage({ env: {} })
let server: Server | undefined
afterEach(() => new Promise<void>((resolve) => (server === undefined ? resolve() : server.close(() => resolve()))))

async function listen(greet: (socket: Socket) => void, host = '127.0.0.1'): Promise<number> {
  server = createServer((socket) => {
    socket.on('error', () => {})
    greet(socket)
  })
  const listening = server
  await new Promise<void>((resolve, reject) => listening.once('error', reject).listen(0, host, resolve))
  const address = listening.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

const connections = () => new Promise<number>((resolve) => server?.getConnections((_, count) => resolve(count)))

function look(host: string, port: number, options: { banner?: boolean; timeoutMs?: number; family?: 4 | 6 } = {}) {
  const { banner, family, timeoutMs = 5000 } = options
  return withDeadline(new AbortController().signal, timeoutMs, (signal) =>
    lookTcp(vantage, { host, port, family }, { signal, banner }),
  )
}

describe('a port', () => {
  it('that is open is reached, with its address', async () => {
    const port = await listen(() => {})
    expect(await look('127.0.0.1', port)).toMatchObject({ reached: true, seen: { address: '127.0.0.1' } })
    await expect.poll(connections).toBe(0)
  })

  it('that nobody listens on fails at connect', async () => {
    const port = await freePort()
    expect(await look('127.0.0.1', port)).toEqual({
      reached: false,
      step: 'connect',
      reason: `127.0.0.1:${port} (127.0.0.1): connection refused`,
    })
  })

  it('of a name that does not resolve fails at name', async () => {
    expect(await look('nowhere.invalid', 80)).toMatchObject({ reached: false, step: 'name' })
  })

  it('of an address of another family fails at name', async () => {
    expect(await look('127.0.0.1', 80, { family: 6 })).toMatchObject({ reached: false, step: 'name' })
  })
})

describe('a banner', () => {
  const cases: readonly (readonly [string, (socket: Socket) => void, unknown])[] = [
    [
      'ends with its line',
      (socket) => socket.write('220 ready\r\n221 more\r\n'),
      { reached: true, seen: { banner: '220 ready' } },
    ],
    ['need not end in a newline', (socket) => socket.write('SSH-2.0'), { reached: true, seen: { banner: 'SSH-2.0' } }],
    [
      'may come in pieces',
      (socket) => socket.write('22', () => socket.write('0 ok\n')),
      { seen: { banner: '220 ok' } },
    ],
    [
      'that never comes fails at response',
      () => {},
      { reached: false, step: 'response', reason: expect.stringMatching(/^no answer within/) },
    ],
    [
      'that ends before it began fails at response',
      (socket) => socket.end(),
      { reached: false, step: 'response', reason: 'it closed the connection without a word' },
    ],
    ['that is reset fails', (socket) => socket.resetAndDestroy(), { reached: false }],
    [
      'without an end is cut',
      (socket) => socket.write('x'.repeat(100_000)),
      { reached: true, seen: { banner: 'x'.repeat(1024) } },
    ],
  ]
  it.each(cases)('%s', async (_, greet, outcome) => {
    const port = await listen(greet)
    const began = performance.now()
    expect(await look('127.0.0.1', port, { banner: true, timeoutMs: 1000 })).toMatchObject(outcome as object)
    expect(performance.now() - began).toBeLessThan(2000)
    await expect.poll(connections).toBe(0)
  })
})

it('that is stopped from outside is no result', async () => {
  const port = await listen(() => {})
  const controller = new AbortController()
  const looked = lookTcp(vantage, { host: '127.0.0.1', port }, { signal: controller.signal, banner: true })
  await expect.poll(connections).toBe(1)
  controller.abort(new Error('enough'))
  await expect(looked).rejects.toThrow('enough')
  await expect.poll(connections).toBe(0)
})
