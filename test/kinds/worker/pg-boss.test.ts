import PgBoss from 'pg-boss'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type Look, looking, reading } from './look.js'

describe('a queue of the real pg-boss 10', () => {
  let database: TestDatabase
  let boss: PgBoss
  let looks: Look

  beforeAll(async () => {
    database = await createDatabase()
    boss = new PgBoss({ connectionString: database.url, supervise: false, schedule: false })
    boss.on('error', () => {})
    await boss.start()
    await boss.createQueue('mail')
    await boss.createQueue('idle')
    await boss.send('mail', {}, {})
    await boss.send('mail', {}, { startAfter: 3600 })
    for (const retryLimit of [0, 3]) {
      await boss.send('mail', {}, { priority: 9, retryLimit, retryDelay: 0 })
      const [job] = await boss.fetch('mail', { priority: true })
      if (job !== undefined) await boss.fail('mail', job.id)
    }
    await boss.send('mail', {}, { priority: 99 })
    await boss.fetch('mail', { priority: true })
    looks = looking({ postgres: database.url })
  })
  afterAll(async () => {
    await looks.close()
    await boss.stop({ graceful: false })
    await database.drop()
  })

  const look = (name: string) => looks.look({ queue: { system: 'pg-boss', connection: 'main', name } })

  it('counts a job in each state', async () => {
    expect(reading(await look('mail'))).toMatchObject({ waiting: 2, active: 1, delayed: 1, failed: 1 })
  })

  it('agrees with the library on what waits', async () => {
    const { waiting } = reading(await look('mail'))
    const delayed = 1
    expect(Number(waiting) + delayed).toBe(await boss.getQueueSize('mail', { before: 'active' }))
  })

  it('says how old the oldest is', async () => {
    await database.client.query(
      "update pgboss.job set start_after = now() - interval '2 hours', created_on = now() - interval '3 hours' where name = 'mail' and state = 'created' and start_after <= now()",
    )
    const { oldest_job_age: age } = reading(await look('mail'))
    expect(age).toBeGreaterThanOrEqual(7_200_000)
    expect(age).toBeLessThan(7_260_000)
  })

  it('is 0 for a queue that is registered and empty', async () => {
    expect(reading(await look('idle'))).toMatchObject({ waiting: 0, oldest_job_age: 0, failed: 0 })
  })

  it('takes a queue that is not registered for a mistake, and names those that are', async () => {
    const error = await look('mial').catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ message: 'there is no queue "mial" of pg-boss', hint: 'there are: idle, mail' })
  })
})

describe('tables of pg-boss 9', () => {
  let database: TestDatabase
  let looks: Look

  beforeAll(async () => {
    database = await createDatabase()
    // The columns that count, as pg-boss 9.0 (src/plans.js) creates them.
    await database.client.query(`create schema pgboss;
create table pgboss.job (id uuid primary key default gen_random_uuid(), name text not null, state text not null default 'created',
  startafter timestamptz not null default now(), createdon timestamptz not null default now());
create table pgboss.archive (like pgboss.job);
create table pgboss.schedule (name text primary key, cron text not null);
insert into pgboss.job (name, state, startafter) values ('mail', 'created', now()), ('mail', 'expired', now()),
  ('mail', 'retry', now() + interval '1 hour'), ('mail', 'active', now()), ('mail', 'completed', now());
insert into pgboss.schedule values ('nightly', '0 3 * * *');`)
    looks = looking({ postgres: database.url })
  })
  afterAll(async () => {
    await looks.close()
    await database.drop()
  })

  it('are counted by their own columns', async () => {
    const ran = await looks.look({ queue: { system: 'pg-boss', connection: 'main', name: 'mail' } })
    expect(reading(ran)).toMatchObject({ waiting: 1, active: 1, delayed: 1, failed: 1 })
  })

  it('name what is missing where they are of no version', async () => {
    await database.client.query('alter table pgboss.job rename column startafter to start')
    const look = looks.look({ queue: { system: 'pg-boss', connection: 'main', name: 'mail' } })
    await expect(look).rejects.toThrow('pgboss.job has no column startafter')
  })

  it('are looked for in the schema the check names', async () => {
    const look = looks.look({ queue: { system: 'pg-boss', connection: 'main', name: 'mail', schema: 'jobs' } })
    await expect(look).rejects.toThrow('there is no table jobs.job, where pg-boss keeps its jobs')
  })
})
