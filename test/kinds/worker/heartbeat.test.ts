import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { type Look, looking, reading } from './look.js'

let database: TestDatabase
let looks: Look
beforeAll(async () => {
  database = await createDatabase()
  looks = looking({ postgres: database.url })
})
afterAll(async () => {
  await looks.close()
  await database.drop()
})

describe('a heartbeat', () => {
  const look = async (sql: string, hosts?: string) => {
    const heartbeat = { connection: 'main', sql, ...(hosts === undefined ? {} : { hosts }) }
    return (await looks.look({ heartbeat })).observation
  }

  it.each([
    ['with a zone', "select now() - interval '90 seconds'"],
    ['without a zone, which is UTC', "select timezone('UTC', now()) - interval '90 seconds'"],
  ])('%s has an age by the clock of the database', async (_, sql) => {
    const { heartbeat_age: age } = (await look(sql)).subjects
    expect(age).toBeGreaterThanOrEqual(90_000)
    expect(age).toBeLessThan(95_000)
  })

  it('says how many hosts have sent one', async () => {
    expect(
      (await look('select now()', "select count(*) from (values ('new'), ('old')) v")).subjects['heartbeats'],
    ).toBe(2)
  })

  it('that was never sent has no age, and is no pass', async () => {
    const { subjects, gaps } = await look('select null::timestamptz')
    expect(subjects['heartbeat_age']).toEqual({ unobserved: 'there is no heartbeat: the query gives NULL' })
    expect(gaps).toHaveLength(1)
  })

  it.each([
    ['gives no row', 'select now() where false', 'the query gives no row'],
    ['gives several rows', 'select now() from generate_series(1, 2)', 'several rows'],
    ['gives a number', 'select 5', 'the query gives integer; it must give a timestamp'],
    ['lies ahead', "select now() + interval '2 hours'", 'ahead of the clock of the database'],
    ['lies at the end of time', "select 'infinity'::timestamptz", 'infinite'],
    ['writes', 'select setval($$s$$, 1)', 's'],
  ])('that %s is an error', async (_, sql, message) => {
    await expect(look(sql)).rejects.toThrow(message)
  })
})

describe('a queue given as sql', () => {
  const look = async (sql: string) => reading(await looks.look({ queue: { connection: 'main', sql } }))

  it('gives how many wait and since when', async () => {
    const { waiting, oldest_job_age: age } = await look("select 3, now() - interval '1 hour'")
    expect(waiting).toBe(3)
    expect(age).toBeGreaterThanOrEqual(3_600_000)
  })

  it.each([
    ['0 where nothing waits', 'select 0, null::timestamptz', 0],
    ['0 where the oldest is due later', "select 1, now() + interval '1 hour'", 0],
    ['unobserved where no time is given', 'select 0', { unobserved: expect.stringContaining('no second column') }],
    ['unobserved where jobs wait and it is NULL', 'select 2, null::timestamptz', { unobserved: expect.anything() }],
  ])('has an age of %s', async (_, sql, age) => {
    expect((await look(sql))['oldest_job_age']).toEqual(age)
  })

  it('says where the oldest is dated ahead, as it is in a zone that is not UTC', async () => {
    const sql = "select 3, (now() at time zone 'UTC') + interval '90 minutes'"
    const { observation } = await looks.look({ queue: { connection: 'main', sql } })
    expect(observation.notes?.join()).toMatch(/dated 1h 30m|dated 90m|dated 1\.5h/)
  })

  it('that gives no number is an error', async () => {
    await expect(look("select 'many'")).rejects.toThrow('no number of jobs')
  })

  it('beside a broken one still tells what else was seen', async () => {
    const { observation } = await looks.look({
      queue: { connection: 'main', sql: 'select count(*) from nowhere' },
      heartbeat: { connection: 'main', sql: 'select now()' },
    })
    expect(observation.subjects).toMatchObject({
      heartbeat_age: expect.any(Number),
      waiting: { unobserved: expect.anything() },
    })
    expect(observation.gaps?.[0]).toContain('nowhere')
  })
})
