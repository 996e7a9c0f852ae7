import { makeWorkerUtils, runMigrations, runOnce, type WorkerUtils } from 'graphile-worker'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type Look, looking, reading } from './look.js'

describe('tasks of the real Graphile Worker', () => {
  let database: TestDatabase
  let pgPool: pg.Pool
  let utils: WorkerUtils
  let looks: Look

  beforeAll(async () => {
    database = await createDatabase()
    // A pool of its own Graphile Worker leaves while sessions still end, and nobody hears what becomes of them.
    pgPool = new pg.Pool({ connectionString: database.url })
    pgPool.on('error', () => undefined)
    await runMigrations({ pgPool })
    utils = await makeWorkerUtils({ pgPool })
    await utils.addJob('mail', {}, { maxAttempts: 1 })
    await utils.addJob('mail', {}, { maxAttempts: 5 })
    const bad = { mail: () => Promise.reject(new Error('no')) }
    await runOnce({ pgPool, taskList: bad, noHandleSignals: true, logger: await quiet() })
    await utils.addJob('mail', {})
    await utils.addJob('mail', {}, { runAt: new Date(Date.now() + 3_600_000) })
    await utils.addJob('mail', {}, { runAt: new Date(Date.now() - 3_600_000) })
    await utils.addJob('report', {})
    await database.client.query(
      "update graphile_worker._private_jobs set locked_at = now(), locked_by = 'w' where task_id = (select id from graphile_worker._private_tasks where identifier = 'report')",
    )
    looks = looking({ postgres: database.url })
  })
  afterAll(async () => {
    await looks.close()
    await utils.release()
    await pgPool.end()
    await database.drop()
  })

  const look = (name?: string) =>
    looks.look({ queue: { system: 'graphile-worker', connection: 'main', ...(name === undefined ? {} : { name }) } })

  it('counts a job in each state', async () => {
    // The one that failed first is tried again later, so it is delayed as well.
    expect(reading(await look('mail'))).toMatchObject({ waiting: 2, active: 0, delayed: 2, failed: 1, dead: 1 })
  })

  it('says how old the oldest is', async () => {
    const { oldest_job_age: age } = reading(await look('mail'))
    expect(age).toBeGreaterThanOrEqual(3_600_000)
    expect(age).toBeLessThan(3_660_000)
  })

  it('counts those of all tasks where none is named', async () => {
    expect(reading(await look())).toMatchObject({ waiting: 2, active: 1, delayed: 2 })
  })

  it('takes a task that was never there for a mistake', async () => {
    const error = await look('mial').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({
      message: 'there is no queue "mial" of Graphile Worker',
      hint: 'there are: mail, report',
    })
  })

  it('does not count what row-level security hides from the role', async () => {
    await database.client.query(`create role gw_reader_${database.name} login password 'x'`)
    try {
      await database.client.query(`grant usage on schema graphile_worker to gw_reader_${database.name};
        grant select on all tables in schema graphile_worker to gw_reader_${database.name}`)
      const url = new URL(database.url)
      url.username = `gw_reader_${database.name}`
      url.password = 'x'
      const limited = looking({ postgres: url.href })
      try {
        const ran = limited.look({ queue: { system: 'graphile-worker', connection: 'main', name: 'mail' } })
        await expect(ran).rejects.toThrow('row-level security')
      } finally {
        await limited.close()
      }
    } finally {
      await database.client.query(`drop owned by gw_reader_${database.name}; drop role gw_reader_${database.name}`)
    }
  })

  async function quiet() {
    const { Logger } = await import('graphile-worker')
    return new Logger(() => () => undefined)
  }
})

describe('tables of Graphile Worker before 0.13', () => {
  it('are counted by the task they name', async () => {
    const database = await createDatabase()
    // As 000001.sql to 000010.sql of graphile-worker leave them, the columns that count.
    await database.client.query(`create schema graphile_worker;
create table graphile_worker.jobs (id bigserial primary key, task_identifier text not null, run_at timestamptz not null default now(),
  attempts int not null default 0, max_attempts int not null default 25, last_error text, locked_at timestamptz);
insert into graphile_worker.jobs (task_identifier, attempts, last_error) values ('mail', 0, null), ('mail', 25, 'no'), ('other', 0, null)`)
    const looks = looking({ postgres: database.url })
    try {
      const ran = await looks.look({ queue: { system: 'graphile-worker', connection: 'main', name: 'mail' } })
      expect(reading(ran)).toMatchObject({ waiting: 1, dead: 1, active: 0 })
    } finally {
      await looks.close()
      await database.drop()
    }
  })
})
