import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type Look, looking, reading } from './look.js'
import { SCHEMAS } from './schemas.js'

/** A job in each state, in a queue `mail`, and one in another. */
const JOBS: Readonly<Record<keyof typeof SCHEMAS, string>> = {
  solid_queue: `insert into solid_queue_jobs (id, queue_name, class_name, created_at, updated_at)
  select n, case when n = 9 then 'other' else 'mail' end, 'Mail', now(), now() from generate_series(1, 9) n;
insert into solid_queue_ready_executions (job_id, queue_name, created_at) values
  (1, 'mail', now() - interval '1 hour'), (2, 'mail', now()), (9, 'other', now() - interval '9 hours');
insert into solid_queue_scheduled_executions (job_id, queue_name, scheduled_at, created_at) values
  (3, 'mail', now() + interval '1 hour', now()), (4, 'mail', now() - interval '2 hours', now() - interval '3 hours');
insert into solid_queue_claimed_executions (job_id, created_at) values (5, now());
insert into solid_queue_failed_executions (job_id, created_at) values (6, now()), (7, now());
insert into solid_queue_pauses values ('other', now());
insert into solid_queue_processes (kind, last_heartbeat_at, pid, metadata, created_at, name) values
  ('Worker', now(), 1, '{"polling_interval":0.1,"queues":"ma*","thread_pool_size":3}', now(), 'w1'),
  ('Worker', now(), 2, '{"queues":"other"}', now(), 'w2'), ('Worker', now() - interval '1 hour', 3, '{"queues":"*"}', now(), 'w3'),
  ('Dispatcher', now(), 4, '{}', now(), 'd1');`,
  good_job: `insert into good_jobs (queue_name, scheduled_at, performed_at, finished_at, error, created_at, updated_at, retried_good_job_id) values
  ('mail', null, null, null, null, now() - interval '2 hours', now(), null), ('mail', now() - interval '1 hour', null, null, 'E', now() - interval '9 hours', now(), null),
  ('mail', null, null, null, null, now(), now(), null), ('mail', now() + interval '1 hour', null, null, null, now(), now(), null),
  ('mail', null, now(), null, null, now(), now(), null), ('mail', null, now(), now(), 'E', now(), now(), null),
  ('mail', null, now(), now(), 'E', now(), now(), gen_random_uuid()), ('mail', null, now(), now(), null, now(), now(), null),
  ('other', null, null, null, null, now() - interval '9 hours', now(), null);
insert into good_job_processes (created_at, updated_at, state) values (now(), now(), '{}'), (now(), now() - interval '1 hour', '{}');`,
  oban: `insert into oban_jobs (queue, worker, state, scheduled_at) select queue, 'Mail', state::oban_job_state, timezone('UTC', now()) + at::interval from (values
  ('mail', 'available', '-2 hours'), ('mail', 'available', '0'), ('mail', 'scheduled', '-1 hour'), ('mail', 'scheduled', '1 hour'),
  ('mail', 'executing', '0'), ('mail', 'retryable', '1 hour'), ('mail', 'discarded', '0'), ('mail', 'completed', '-9 hours'), ('other', 'available', '-9 hours')) v(queue, state, at);`,
  river: `insert into river_job (queue, kind, state, scheduled_at, max_attempts, finalized_at) select queue, 'mail', state::river_job_state, now() + at::interval, 3,
  case when state in ('discarded', 'completed') then now() end from (values
  ('mail', 'available', '-2 hours'), ('mail', 'available', '0'), ('mail', 'scheduled', '-1 hour'), ('mail', 'scheduled', '1 hour'),
  ('mail', 'running', '0'), ('mail', 'retryable', '1 hour'), ('mail', 'discarded', '0'), ('mail', 'completed', '-9 hours'), ('other', 'available', '-9 hours')) v(queue, state, at);
insert into river_queue (name, paused_at, updated_at) values ('mail', null, now()), ('idle', now(), now());`,
  delayed_job: `insert into delayed_jobs (queue, handler, run_at, locked_at, failed_at, attempts) values
  ('mail', '', now() - interval '2 hours', null, null, 0), ('mail', '', now(), null, null, 0), ('mail', '', now(), null, null, 3),
  ('mail', '', now() + interval '1 hour', null, null, 0), ('mail', '', now(), now(), null, 0), ('mail', '', now(), null, now(), 25),
  ('other', '', now() - interval '9 hours', null, null, 0);`,
}

const EXPECTED: Readonly<Record<keyof typeof SCHEMAS, object>> = {
  solid_queue: { waiting: 3, active: 1, delayed: 1, failed: 2, workers: 1, paused: false },
  good_job: { waiting: 3, active: 1, delayed: 1, failed: 1, dead: 1, workers: 1 },
  oban: { waiting: 3, active: 1, delayed: 1, failed: 1, dead: 1 },
  river: { waiting: 3, active: 1, delayed: 1, failed: 1, dead: 1, paused: false },
  delayed_job: { waiting: 3, active: 1, delayed: 1, failed: 1, dead: 1 },
}

describe.each(Object.keys(SCHEMAS) as (keyof typeof SCHEMAS)[])('a queue of %s', (system) => {
  let database: TestDatabase
  let looks: Look

  beforeAll(async () => {
    database = await createDatabase()
    await database.client.query("set timezone = 'UTC'")
    await database.client.query(SCHEMAS[system])
    looks = looking({ postgres: database.url })
  })
  afterAll(async () => {
    await looks.close()
    await database.drop()
  })

  const look = (more = {}) => looks.look({ queue: { system, connection: 'main', ...more } })

  it('is 0 everywhere in tables that are empty', async () => {
    expect(reading(await look())).toMatchObject({ waiting: 0, active: 0, oldest_job_age: 0 })
  })

  it('counts a job in each state, those of other queues left out', async () => {
    await database.client.query(JOBS[system])
    expect(reading(await look({ name: 'mail' }))).toMatchObject(EXPECTED[system])
  })

  it('says how long the oldest could have run already', async () => {
    const { oldest_job_age: age } = reading(await look({ name: 'mail' }))
    expect(age).toBeGreaterThanOrEqual(2 * 3_600_000)
    expect(age).toBeLessThan(2 * 3_600_000 + 60_000)
  })

  it('counts those of all queues where none is named', async () => {
    const { oldest_job_age: age } = reading(await look())
    expect(age).toBeGreaterThanOrEqual(9 * 3_600_000)
  })

  it('takes a queue that nobody knows for a mistake', async () => {
    await expect(look({ name: 'mial' })).rejects.toThrow('"mial"')
  })

  it('says what is missing where the tables are in another schema', async () => {
    await expect(look({ schema: 'jobs' })).rejects.toThrow(/there is no table jobs\.\w+, where .* keeps its jobs/)
  })
})
