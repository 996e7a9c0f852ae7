import { rmSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { observe } from '../../../src/kinds/artifacts/observe.js'
import type { Context } from '../../../src/kinds/kind.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { checkOf, contextOf, openWorld, see, seeAgain, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let second: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, place text, made timestamptz default now())')
})
afterAll(() => database.drop())
afterEach(async () => {
  await world.close()
  tree.remove()
  second.remove()
  await database.client.query('truncate files')
})

async function given(rows: readonly string[], files: readonly string[], others: readonly string[] = []): Promise<void> {
  await database.client.query("insert into files (path, made) select unnest($1::text[]), '2019-04-01'", [rows])
  const all = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, 'x']))
  tree = createTree(all(files))
  second = createTree(all(others))
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
    old: { type: 'files', root: second.root },
    nowhere: { type: 'files', root: `${tree.root}/not-there` },
  })
}

const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }
const CHECK = { rows: ROWS, store: 'uploads' }
const LISTED = { expect: { orphaned: 0 } }
const many = (count: number, prefix = '') => Array.from({ length: count }, (_, index) => `${prefix}f${index}.txt`)

describe('plausibility', () => {
  test('rows and an empty store: all missing, one diagnosis', async () => {
    await given(['a', 'b'], [])
    const seen = await see(world, CHECK, LISTED)
    expect(seen.told).toEqual(['missing a', 'missing b'])
    expect(seen.diagnoses?.[0]?.summary).toMatch(/exists and is empty/)
    const allowed = await see(world, { ...CHECK, plausible: { empty_store: 'allow' } }, LISTED)
    expect(allowed.diagnoses).toBeUndefined()
    expect(allowed.told).toEqual(seen.told)
  })

  test.each([
    {
      name: 'no rows against a full store',
      files: ['a'],
      plausible: {},
      error: /gives no rows, while uploads .* holds entries/,
    },
    { name: 'no rows and no entries', files: [], plausible: {}, error: /gives no rows/ },
    {
      name: 'no rows where they are allowed, and no entries',
      files: [],
      plausible: { empty_rows: 'allow' },
      error: /no rows and no entries/,
    },
    {
      name: 'a root that is not there',
      files: ['a'],
      plausible: {},
      store: 'nowhere',
      rows: ['a'],
      error: /does not exist/,
    },
  ])('error: $name', async ({ files, plausible, error, store = 'uploads', rows = [] }) => {
    await given(rows, files)
    await expect(see(world, { ...CHECK, store, plausible }, LISTED)).rejects.toThrow(error)
  })

  test('an absent root is an error for look-ups too, never all missing', async () => {
    await given(['a'], [])
    await expect(see(world, { ...CHECK, store: 'nowhere' })).rejects.toThrow(/does not exist/)
  })

  test('what is allowed to be empty is', async () => {
    await given([], ['a'])
    const seen = await see(world, { ...CHECK, plausible: { empty_rows: 'allow' } }, LISTED)
    expect(seen.told).toEqual(['orphaned a'])
    const none = { ...CHECK, store: 'old', plausible: { empty_rows: 'allow', empty_store: 'allow' } }
    expect((await see(world, none, LISTED)).subjects).toMatchObject({ rows: 0, entries: 0, examined: 0 })
  })

  test.each([
    {
      name: 'a prefix to strip',
      rows: many(8, '/usr/src/app/'),
      files: many(8),
      yaml: 'rewrite:\n  - strip_prefix: "/usr/src/app/"',
    },
    { name: 'a prefix to add', rows: many(8), files: many(8, 'data/'), yaml: 'rewrite:\n  - add_prefix: "data/"' },
    {
      name: 'one for the other',
      rows: many(8, 'upload/'),
      files: many(8, 'data/'),
      yaml: 'rewrite:\n  - strip_prefix: "upload/"\n  - add_prefix: "data/"',
    },
  ])('missing and orphaned under one rewrite: $name', async ({ rows, files, yaml }) => {
    await given(rows, files)
    const seen = await see(world, CHECK, LISTED)
    expect(seen.subjects).toMatchObject({ missing: 8, orphaned: 8 })
    expect(seen.diagnoses).toMatchObject([{ summary: expect.stringMatching(/^8 of 8 missing keys/), suggestion: yaml }])
    const rewrite = [...yaml.matchAll(/- (\w+): (".*")/g)].map(([, op, text]) => ({
      [String(op)]: JSON.parse(String(text)),
    }))
    expect((await see(world, { ...CHECK, rewrite }, LISTED)).told).toEqual([])
  })

  test('all under one directory', async () => {
    await given([...many(6, '2019/'), ...many(6, '2020/')], many(6, '2020/'))
    const seen = await see(world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 6 missing keys lie below "2019/"' }])
  })

  test('all of one month', async () => {
    await given(many(6), many(12, 'x'))
    await database.client.query("insert into files (path, made) select unnest($1::text[]), '2020-05-05'", [
      many(12, 'x'),
    ])
    const seen = await see(world, { ...CHECK, rows: { ...ROWS, time: 'made' } }, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 6 missing keys belong to rows of 2019-04' }])
    expect(JSON.stringify(seen.findings)).not.toContain('2019-04')
  })

  test('keys that differ at random get no diagnosis', async () => {
    await given(['a/1', 'b/2', 'c/3', 'd/4', 'e/5', 'f/6'], ['g/7', 'h/8'])
    expect((await see(world, CHECK, LISTED)).diagnoses).toBeUndefined()
  })
})

describe('grace', () => {
  const timed = { ...CHECK, rows: { ...ROWS, time: 'made' }, grace: '10m' }

  test('a young row is in flight, an old one missing, one from the far future too', async () => {
    await given(['old'], ['there'])
    await database.client.query("insert into files (path) values ('new'), ('there')")
    await database.client.query(
      "insert into files (path, made) values ('future', now() + interval '1 day'), ('no-time', null)",
    )
    const seen = await see(world, timed)
    expect(seen.told).toEqual(['in_flight new', 'missing future', 'missing no-time', 'missing old'])
    expect(seen.subjects).toMatchObject({ in_flight: 1, missing: 3 })
  })

  test('a key of a young and an old row is missing', async () => {
    await given(['a'], ['b'])
    await database.client.query("insert into files (path) values ('a')")
    expect((await see(world, timed)).told).toEqual(['missing a'])
  })

  test('a young entry is spared from the orphans only', async () => {
    await given(['gone'], ['extra'])
    const seen = await see(world, timed, LISTED)
    expect(seen.told).toEqual(['missing gone'])
    expect(seen.notes).toContain('1 entry without a row are younger than the grace')
    const later = { now: () => new Date(Date.now() + 3_600_000) }
    expect((await see(world, timed, { ...LISTED, context: later })).told).toEqual(['missing gone', 'orphaned extra'])
  })

  test('a time column must hold times', async () => {
    await given(['a'], ['a'])
    await expect(see(world, { ...timed, rows: { ...ROWS, time: 'place' } })).rejects.toThrow(
      /is of type text, which says no time/,
    )
  })
})

describe('how it looks', () => {
  test('few rows and no orphans asked about: key by key', async () => {
    await given(['a', 'b'], ['a', 'c'])
    const seen = await see(world, CHECK)
    expect(seen.method).toBe('stat per row')
    expect(seen.told).toEqual(['missing b'])
    expect(seen.subjects['orphaned']).toEqual({ unobserved: expect.stringMatching(/^not listed: 1,000 rows or fewer/) })
    expect(seen.subjects).toMatchObject({ matched: 1, examined: 2, missing: 1 })
  })

  test('more rows are listed and merged, whatever is asserted', async () => {
    await given(many(1001), many(1000))
    const seen = await see(world, CHECK)
    expect(seen.method).toBe('list and merge')
    expect(seen.told).toEqual(['missing f1000.txt'])
  })

  test('every stage tells how far it is', async () => {
    await given(['a', 'b'], ['a'])
    expect((await see(world, CHECK, LISTED)).stages).toEqual(expect.arrayContaining(['reading rows']))
  })

  test('a column that is not there is named, with the place and the nearest', async () => {
    await given(['a'], ['a'])
    const failing = see(world, { ...CHECK, rows: { ...ROWS, size: 'mader' } })
    await expect(failing).rejects.toMatchObject({ hint: 'did you mean "made"?', at: { path: ['rows', 'size'] } })
  })
})

describe('several stores', () => {
  const fields = { rows: { ...ROWS, store: 'place' }, stores: { local: 'uploads', attic: 'old' } }

  test('each row is looked for where it says', async () => {
    await given([], ['a', 'b'], ['c', 'a'])
    await database.client.query(
      "insert into files values ('a', 'local'), ('c', 'attic'), ('b', 'attic'), ('d', 'moon'), ('e', null)",
    )
    const seen = await see(world, fields, LISTED)
    expect(seen.findings.map(({ finding, key, store }) => [finding, key, store])).toEqual([
      ['missing', 'b', 'old'],
      ['unverifiable', 'd', undefined],
      ['unverifiable', 'e', undefined],
      ['orphaned', 'b', 'uploads'],
      ['orphaned', 'a', 'old'],
    ])
    expect(JSON.stringify(seen)).not.toContain('moon')
  })

  test('what explains files does so in every store, or in the one it names', async () => {
    await given([], ['a', 'p'], ['p'])
    await database.client.query("insert into files values ('a', 'local')")
    const explained = { connection: 'main', sql: "select 'p' as path, 'attic' as place", key: 'path' }
    expect((await see(world, { ...fields, explained_by: [explained] }, LISTED)).told).toEqual([])
    const named = { ...fields, explained_by: [{ ...explained, store: 'place' }] }
    expect((await see(world, named, LISTED)).findings).toMatchObject([
      { finding: 'orphaned', key: 'p', store: 'uploads' },
    ])
  })
})

describe('looking again', () => {
  /** Real connections; `between` runs after the first session has ended and before the second begins. */
  const between = (change: () => Promise<void>): Partial<Context> => {
    let sessions = 0
    return {
      connections: {
        store: world.connections.store,
        postgres: (name) => {
          const source = world.connections.postgres(name)
          return {
            ...source,
            withSession: async (options, use) => {
              if (++sessions === 2) await change()
              return source.withSession(options, use)
            },
          }
        },
      },
    }
  }

  test('what changed meanwhile is no finding', async () => {
    await given(['arrives', 'stays-away', 'deleted'], ['gets-a-row', 'goes', 'orphan'])
    const context = between(async () => {
      tree.put('arrives')
      rmSync(`${tree.root}/goes`)
      await database.client.query("delete from files where path = 'deleted'")
      await database.client.query("insert into files (path) values ('gets-a-row')")
    })
    const seen = await see(world, CHECK, { ...LISTED, context })
    expect(seen.told).toEqual(['missing stays-away', 'orphaned orphan'])
    expect(seen.subjects).toMatchObject({ missing: 1, orphaned: 1, matched: 1 })
    expect(seen.notes).toEqual([
      '2 missing keys no longer so when looked at again',
      '2 orphaned keys no longer so when looked at again',
    ])
  })

  test('a file that arrives with the wrong size is a finding of its own class', async () => {
    await given(['a'], ['b'])
    await database.client.query("update files set place = '7'")
    const context = between(async () => tree.put('a', 'four'))
    const sized = { ...CHECK, rows: { ...ROWS, size: 'place' } }
    const seen = await see(world, sized, { ...LISTED, context })
    expect(seen.told).toEqual(['orphaned b', 'size_mismatch a'])
    expect(seen.subjects).toMatchObject({ missing: 0, size_mismatch: 1, matched: 1 })
  })

  test('a renamed key that is put right is none any more', async () => {
    await given(['A', 'B'], ['a', 'b'])
    const context = between(async () => tree.put('A'))
    const seen = await see(world, CHECK, { expect: { orphaned: 0, renamed: { lte: 9 } }, context })
    expect(seen.told).toEqual(['orphaned a', 'renamed B'])
  })

  test('without findings rows are read once', async () => {
    await given(['a'], ['a'])
    const context = between(async () => expect.fail('rows were read again'))
    expect((await see(world, CHECK, { ...LISTED, context })).told).toEqual([])
  })
})

test('missing keys say where they can still be had', async () => {
  await given(['a', 'b', 'c'], ['c'], ['a', 'c'])
  const seen = await see(world, { ...CHECK, recover_from: ['old', 'nowhere'] })
  expect(seen.findings).toMatchObject([{ key: 'a', recover_from: ['old'] }, { key: 'b' }])
  expect(seen.findings[1]).not.toHaveProperty('recover_from')
  expect(seen.notes).toContain('1 of 2 missing keys can be had from old')
  expect(seen.notes?.join()).toMatch(/nowhere could not be asked/)
})

test('where nothing is missing, nothing is said of where it could be had', async () => {
  await given(['a'], ['a'], ['a'])
  expect((await see(world, { ...CHECK, recover_from: ['old'] })).notes?.join() ?? '').not.toContain('can be had')
})

test('a socket or a broken link in the place of a file is unreadable, not missing', async () => {
  await given(['link'], ['a'])
  symlinkSync('nowhere', `${tree.root}/link`)
  const seen = await see(world, CHECK, LISTED)
  expect(seen.told).toEqual(['orphaned a', 'unreadable link'])
  expect(seen.subjects).toMatchObject({ matched: 0, missing: 0 })
})

describe('ending early', () => {
  test('an abort ends it with the reason', async () => {
    await given(many(50), many(50))
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(see(world, CHECK, { context: { signal: controller.signal } })).rejects.toThrow('enough')
  })

  test('closing the generator stops the work and removes what it spooled', async () => {
    await given(many(50), many(50))
    const running = observe(checkOf(CHECK), contextOf(world))
    await running.next()
    await running.return({ subjects: {} })
    expect((await running.next()).done).toBe(true)
  })
})

test('recheck gives back what still holds', async () => {
  await given(['gone', 'back'], ['extra', 'Back2'])
  const { findings } = await see(world, CHECK, LISTED)
  expect(findings).toHaveLength(4)
  tree.put('back')
  await database.client.query("insert into files (path) values ('extra')")
  const left = await seeAgain(world, CHECK, findings, { orphaned: 0 })
  expect(left.map(({ finding, key }) => `${finding} ${key}`)).toEqual(['missing gone', 'orphaned Back2'])
})
