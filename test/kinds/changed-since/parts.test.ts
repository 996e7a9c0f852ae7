/** A large table read in parts by several sessions: nothing of the record may depend on how it was divided. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type Content, contentOf } from '../../../src/kinds/changed-since/digest.js'
import { holdAgainst } from '../../../src/kinds/changed-since/hold.js'
import { changedSince } from '../../../src/kinds/changed-since/kind.js'
import { readPart } from '../../../src/kinds/changed-since/parts.js'
import { takeRecord } from '../../../src/kinds/changed-since/take.js'
import type { Pages } from '../../../src/kinds/pages.js'
import { openTest } from '../../postgres/open.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { checkOf } from '../run.js'

// Of one 8 KiB page about 130 rows; some are dead, and pages at the end hold none.
const TABLES = `create table t (id int primary key, v text);
  insert into t select i, nullif(md5(i::text), md5('9')) from generate_series(1, 20000) i;
  update t set v = 'x' where id % 7 = 0; delete from t where id % 11 = 0;
  create type shy as (a int);
  create function shy_text(shy) returns text language plpgsql as $$
  begin if ($1).a = 19000 then raise exception 'not this one'; end if; return 'a'; end $$;
  create cast (shy as text) with function shy_text(shy);
  create table odd as select i as id, row(i)::shy as v from generate_series(1, 20000) i;
  analyze`
const LARGE = `update pg_class set relpages = 100000 where oid in ('t'::regclass, 'odd'::regclass)`

let database: TestDatabase
let scratch: string
beforeAll(async () => {
  database = await createDatabase()
  scratch = mkdtempSync(join(tmpdir(), 'postflight-parts-'))
  await database.client.query(`alter database ${database.name} set max_parallel_workers_per_gather = 0`)
  await database.client.query(TABLES)
  await database.client.query(LARGE)
})
afterAll(async () => {
  rmSync(scratch, { recursive: true })
  await database?.drop()
})

const SPEC = checkOf(changedSince, { connection: 'a', by_column: true }).spec

type Reader = Parameters<typeof takeRecord>[0]

/** With so many sessions; `others`: how many beyond the first were opened. */
async function reading<T>(limit: number, use: (reader: Reader) => Promise<T>): Promise<{ got: T; others: number }> {
  const source = openTest({ url: database.url, limit })
  let others = 0
  const counting: typeof source = {
    ...source,
    withSession: (options, inside) => {
      if (options.snapshot !== undefined) others++
      return source.withSession(options, inside)
    },
  }
  const signal = AbortSignal.timeout(30_000)
  try {
    const got = await use({ source: counting, signal, timeoutMs: 30_000, report: () => undefined, scratch })
    return { got, others }
  } finally {
    await source.close()
  }
}

const recorded = (limit: number) =>
  reading(limit, (reader) => takeRecord(reader, SPEC, { path: join(scratch, 'part'), holdsSecret: () => false }))

it('records the same of a table in parts as of one that is read whole, and so it is held against it', async () => {
  const whole = await recorded(2)
  const divided = await recorded(4)
  expect([whole.others, divided.others]).toEqual([0, 2])
  expect(divided.got.tables).toEqual(whole.got.tables)
  expect(divided.got.tables['public.t']).toMatchObject({ rows: 18_182, mask: 1023, columns: [{}, { nulls: 1 }] })
  const held = async (): Promise<readonly (string | undefined)[]> => {
    const { got } = await reading(4, (reader) => holdAgainst(reader, whole.got, SPEC, undefined))
    return got.findings.map(({ finding, key, reason }) => `${finding} ${key}: ${reason}`)
  }
  const odd =
    'unverifiable table public.odd: when it was recorded: a function raised an error (message withheld: it may hold row values)'
  expect(await held()).toEqual([odd])
  await database.client.query(`update t set v = 'y' where id in (2, 19999)`)
  expect(await held()).toEqual([odd, expect.stringMatching(/^content_differs table public\.t: .*\bcolumn v$/)])
})

it('adds up what ranges of pages hold, wherever they are cut', async () => {
  const columns = [
    { name: 'id', oid: 23, form: 'value' },
    { name: 'v', oid: 25, form: 'bytes' },
  ] as const
  const of = { name: 'public.t', key: ['id'], columns, mask: 15, nullable: new Set(['v']), byColumn: true } as const
  await reading(2, ({ source, signal }) =>
    source.withSession({ signal }, async (session) => {
      const contentIn = (pages: Pages) => contentOf(session, { ...of, digest: 'record', pages })
      const all = await contentIn({})
      expect(all.rows).toBe(18_182)
      for (let cuts = 1; cuts < 9; cuts++) {
        const at = Array.from({ length: cuts }, () => Math.floor(Math.random() * 200)).toSorted((a, b) => a - b)
        const whole = { left: cuts + 1, broken: false }
        const ends: (Content | undefined)[] = []
        for (const [index, from] of [0, ...at].entries()) {
          const before = at[index]
          const pages = { from, ...(before === undefined ? {} : { before }) }
          ends.push(await readPart({ of, pages, whole }, contentIn))
        }
        expect(ends, String(at)).toEqual([...at.map(() => undefined), all])
      }
    }),
  )
})

it('has no table of which one part could not be read', async () => {
  const { got, others } = await recorded(4)
  expect(others).toBe(2)
  expect(got.tables['public.odd']).toEqual({ unread: expect.stringContaining('a function raised an error') })
})
