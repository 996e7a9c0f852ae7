import { type AddressInfo, connect as connectSocket, createServer, type Socket } from 'node:net'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { PostgresError, type PostgresSource } from '../../src/postgres/source.js'
import { throughSession } from '../../src/postgres/through-session.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import { ask, inSession, openTest, until } from './open.js'

let db: TestDatabase
const opened: PostgresSource[] = []
const open = (...args: Parameters<typeof openTest>): PostgresSource => {
  const source = openTest(...args)
  opened.push(source)
  return source
}

beforeAll(async () => {
  db = await createDatabase()
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((source) => source.close()))
  // Nothing is left open, whatever a test did.
  await until(async () => (await sessions()).length === 0)
})
afterAll(() => db?.drop())

async function sessions(state?: string): Promise<readonly { readonly pid: number; readonly state: string }[]> {
  const { rows } = await db.client.query(
    "select pid, state from pg_stat_activity where datname = current_database() and application_name like 'postflight%'",
  )
  return state === undefined ? rows : rows.filter((row) => row.state === state)
}

/** Earlier statements of a session are active too. */
async function sleeping(): Promise<boolean> {
  const { rows } = await db.client.query(
    "select 1 from pg_stat_activity where datname = current_database() and wait_event = 'PgSleep'",
  )
  return rows.length === 1
}

async function terminate(): Promise<void> {
  await db.client.query('select pg_terminate_backend($1)', [(await sessions())[0]?.pid])
}

/** A server that waits for its client's socket does not look at cancel requests. */
async function stuckOnWriting(): Promise<void> {
  let seen = 0
  await until(async () => {
    const { rows } = await db.client.query(
      "select 1 from pg_stat_activity where datname = current_database() and state = 'active' and wait_event = 'ClientWrite'",
    )
    seen = rows.length === 1 ? seen + 1 : 0
    return seen > 10
  })
}

const aborting = (): { readonly controller: AbortController; readonly signal: AbortSignal } => {
  const controller = new AbortController()
  return { controller, signal: controller.signal }
}

describe('an abort ends what the server is doing', () => {
  const busy = "select set_config('statement_timeout', '0', true), pg_sleep(600)"
  test.each(['select', 'stream'] as const)('by %s, although the query has lifted its own timeout', async (way) => {
    const source = open({ url: db.url })
    const { controller, signal } = aborting()
    const running = source.withSession({ signal, timeoutMs: 60_000 }, async (session) => {
      if (way === 'select') await session.select(ask(busy), { limit: 1 })
      else for await (const _ of session.stream(ask('select pg_sleep(600)'))) expect.fail('there is no row')
    })
    const failed = expect(running).rejects.toThrow('stopped: time is up')
    await until(async () => (await sessions('active')).length === 1)
    controller.abort(new Error('time is up'))
    await failed
    // Told by the server itself, not left to it to notice that nobody listens.
    expect(await sessions('active')).toEqual([])
  })

  test('while a stream waits for its reader, who then learns of it', async () => {
    const source = open({ url: db.url })
    const { controller, signal } = aborting()
    const seen = source.withSession({ signal }, async (session) => {
      for await (const _ of session.stream(ask("select repeat('x', 1000) from generate_series(1, 1000000)"))) {
        await stuckOnWriting()
        controller.abort(new Error('enough'))
        await until(async () => (await sessions('active')).length === 0)
        // Ended by the server on request; a connection that was cut would be gone.
        expect(await sessions('idle in transaction (aborted)')).toHaveLength(1)
      }
    })
    await expect(seen).rejects.toThrow('stopped: enough')
  })

  test('between statements the next one is refused', async () => {
    const source = open({ url: db.url })
    const { controller, signal } = aborting()
    const running = source.withSession({ signal }, async (session) => {
      await session.select(ask('select 1'), { limit: 1 })
      controller.abort(new Error('enough'))
      await session.select(ask('select 1'), { limit: 1 })
    })
    await expect(running).rejects.toThrow('stopped: enough')
  })

  test('before anything was opened', async () => {
    const { controller, signal } = aborting()
    controller.abort(new Error('enough'))
    await expect(open({ url: db.url }).withSession({ signal }, async () => {})).rejects.toThrow(PostgresError)
  })

  test('between the statements a stream is made of, for which its cancel request is too early', async () => {
    await db.client.query('create table locked as select 1 as id')
    const proxy = await firstConnectionOnly(new URL(db.url), (cancel) => cancel.destroy())
    try {
      // Its columns are not told before this is over.
      await db.client.query('begin; lock table locked in access exclusive mode')
      const { controller, signal } = aborting()
      const running = open({ url: proxy.url }).withSession({ signal }, async (session) => {
        for await (const _ of session.stream(ask('select pg_sleep(600) from locked'))) expect.fail('there is no row')
      })
      const failed = expect(running).rejects.toThrow('stopped: time is up')
      await until(
        async () =>
          (await db.client.query("select from pg_locks where not granted and relation = 'locked'::regclass"))
            .rowCount === 1,
      )
      controller.abort(new Error('time is up'))
      await proxy.later()
      await db.client.query('commit')
      await failed
    } finally {
      await db.client.query('rollback; drop table locked')
      await proxy.close()
    }
  })

  test('and where no cancel request gets through, the connection is cut', async () => {
    const proxy = await firstConnectionOnly(new URL(db.url))
    try {
      const source = open({ url: proxy.url })
      const { controller, signal } = aborting()
      const running = source.withSession({ signal }, (session) =>
        session.select(ask('select pg_sleep(600)'), { limit: 1 }),
      )
      const failed = expect(running).rejects.toThrow('stopped: time is up')
      await until(async () => (await sessions('active')).length === 1)
      controller.abort(new Error('time is up'))
      await failed
      const [left] = await sessions()
      if (left !== undefined) await db.client.query('select pg_terminate_backend($1)', [left.pid])
    } finally {
      await proxy.close()
    }
  })
})

test('the server ends a statement at the time given with the session', async () => {
  const running = open({ url: db.url }).withSession({ signal: new AbortController().signal, timeoutMs: 1 }, (session) =>
    session.select(ask('select pg_sleep(600)'), { limit: 1 }),
  )
  await expect(running).rejects.toThrow('the server ended it at its statement timeout')
})

test('leaving a stream early ends the query, and the source goes on', async () => {
  const source = open({ url: db.url, limit: 1 })
  await inSession(source, async (session) => {
    for await (const page of session.stream(ask("select repeat('x', 100) from generate_series(1, 10000000)"))) {
      expect(page.length).toBeGreaterThan(0)
      break
    }
    expect(await sessions('active')).toEqual([])
  })
  expect(await inSession(source, (session) => session.count(ask('select 1')))).toBe(1n)
})

describe('a session for generators', () => {
  test('ends when its reader leaves early', async () => {
    const source = open({ url: db.url, limit: 1 })
    const options = { signal: new AbortController().signal }
    const numbers = throughSession(source, options, async function* (session) {
      for await (const page of session.stream(ask('select * from generate_series(1, 100000)'))) yield page.length
    })
    for await (const _ of numbers) break
    expect(await inSession(source, (session) => session.count(ask('select 1')))).toBe(1n)
  })
  test('hands an error on', async () => {
    const options = { signal: new AbortController().signal }
    // biome-ignore lint/correctness/useYield: it fails first
    const broken = throughSession(open({ url: db.url }), options, async function* (session) {
      await session.count(ask('select * from nowhere'))
    })
    await expect(broken.next()).rejects.toThrow('relation "nowhere" does not exist')
  })
})

describe('no more sessions than the limit', () => {
  test('are open at once, and all get their turn', async () => {
    const source = open({ url: db.url, limit: 2 })
    let most = 0
    const uses = Array.from({ length: 8 }, () =>
      inSession(source, async (session) => {
        most = Math.max(most, (await sessions()).length)
        return session.count(ask('select 1'))
      }),
    )
    expect(await Promise.all(uses)).toEqual(Array(8).fill(1n))
    expect(most).toBe(2)
  })

  test('a waiter whose signal aborts leaves the queue, and says what it waited for', async () => {
    const source = open({ url: db.url, limit: 1 })
    await inSession(source, async () => {
      const { controller, signal } = aborting()
      const waiting = source.withSession({ signal }, async () => {})
      const failed = expect(waiting).rejects.toThrow(/no session became free; 1 may be open at once/)
      controller.abort(new Error('time is up'))
      await failed
    })
    expect(await inSession(source, (session) => session.count(ask('select 1')))).toBe(1n)
  })
})

describe('connections', () => {
  test('are used again', async () => {
    const source = open({ url: db.url, limit: 1 })
    const pid = () =>
      inSession(source, async (session) => (await session.query({ text: 'select pg_backend_pid()' })).rows[0]?.[0])
    expect(await pid()).toBe(await pid())
  })
  test('are used again after a query failed', async () => {
    const source = open({ url: db.url, limit: 1 })
    await expect(inSession(source, (session) => session.count(ask('select 1 where 1/0 = 1')))).rejects.toThrow(
      'division by zero',
    )
    expect(await inSession(source, (session) => session.count(ask('select 1')))).toBe(1n)
  })
  test('carry no lock over to the next check', async () => {
    const source = open({ url: db.url, limit: 1 })
    await inSession(source, (session) => session.select(ask('select pg_advisory_lock(7)'), { limit: 1 }))
    expect((await db.client.query('select pg_try_advisory_lock(7) as free')).rows).toEqual([{ free: true }])
    await db.client.query('select pg_advisory_unlock_all()')
  })
  test('that died unnoticed are replaced', async () => {
    const source = open({ url: db.url, limit: 1 })
    await inSession(source, async () => {})
    const [idle] = await sessions()
    await db.client.query('select pg_terminate_backend($1)', [idle?.pid])
    await until(async () => (await sessions()).length === 0)
    expect(await inSession(source, (session) => session.count(ask('select 1')))).toBe(1n)
  })
  test('lost in the middle of a query say so', async () => {
    const source = open({ url: db.url })
    const running = inSession(source, (session) => session.count(ask('select pg_sleep(600)')))
    const failed = expect(running).rejects.toThrow('the server ended the session')
    await until(sleeping)
    await terminate()
    await failed
  })
  test('lost between two queries say why', async () => {
    const source = open({ url: db.url })
    const running = inSession(source, async (session) => {
      await session.count(ask('select 1'))
      await terminate()
      await until(async () => (await sessions()).length === 0)
      // What the server said is here, and is read before this turn comes.
      await new Promise((resolve) => setImmediate(resolve))
      return session.count(ask('select 2'))
    })
    await expect(running).rejects.toThrow(/the server ended the session: .*administrator command/)
  })
  test('cannot be had from a closed source', async () => {
    const source = open({ url: db.url })
    await source.close()
    await expect(inSession(source, async () => {})).rejects.toThrow('closed')
  })
})

interface Proxy {
  readonly url: string
  /** A connection after the first was there, and is gone. */
  readonly later: () => Promise<void>
  readonly close: () => Promise<void>
}

/** Passes the first connection on; lets all later ones hang, as a firewall that has turned would, or does `turned` to them. */
async function firstConnectionOnly(target: URL, turned: (socket: Socket) => void = () => {}): Promise<Proxy> {
  const sockets: Socket[] = []
  let first = true
  let seen = () => {}
  const later = new Promise<void>((resolve) => {
    seen = resolve
  })
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    if (!first) {
      socket.once('close', () => seen())
      return turned(socket)
    }
    first = false
    const onward = connectSocket(Number(target.port), target.hostname)
    sockets.push(onward)
    onward.on('error', () => {})
    socket.pipe(onward).pipe(socket)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = new URL(target)
  url.port = String((server.address() as AddressInfo).port)
  url.searchParams.set('sslmode', 'disable')
  return {
    url: url.href,
    later: () => later,
    close: () => {
      for (const socket of sockets) socket.destroy()
      return new Promise((resolve) => server.close(() => resolve()))
    },
  }
}
