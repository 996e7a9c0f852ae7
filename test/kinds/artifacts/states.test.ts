import { rmSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { observe } from '../../../src/kinds/artifacts/observe.js'
import type { Context } from '../../../src/kinds/kind.js'
import { CHECK, LISTED, many, openTwoStores, ROWS, type TwoStores } from './two-stores.js'
import { checkOf, contextOf, see } from './world.js'

let bed: TwoStores
beforeAll(async () => {
  bed = await openTwoStores()
})
afterAll(() => bed.database.drop())
afterEach(() => bed.tidy())

describe('grace', () => {
  const timed = { ...CHECK, rows: { ...ROWS, time: 'made' }, grace: '10m' }

  test('a young row is in flight, an old one missing, one from the far future too', async () => {
    await bed.given(['old'], ['there'])
    await bed.database.client.query("insert into files (path) values ('new'), ('there')")
    await bed.database.client.query(
      "insert into files (path, made) values ('future', now() + interval '1 day'), ('no-time', null)",
    )
    const seen = await see(bed.world, timed)
    expect(seen.told).toEqual(['in_flight new', 'missing future', 'missing no-time', 'missing old'])
    expect(seen.subjects).toMatchObject({ in_flight: 1, missing: 3 })
  })

  test('a key of a young and an old row is missing', async () => {
    await bed.given(['a'], ['b'])
    await bed.database.client.query("insert into files (path) values ('a')")
    expect((await see(bed.world, timed)).told).toEqual(['missing a'])
  })

  test('a young entry is spared from the orphans only', async () => {
    await bed.given(['gone'], ['extra'])
    const seen = await see(bed.world, timed, LISTED)
    expect(seen.told).toEqual(['missing gone'])
    expect(seen.notes).toContain('1 entry without a row are younger than the grace')
    const later = { now: () => new Date(Date.now() + 3_600_000) }
    expect((await see(bed.world, timed, { ...LISTED, context: later })).told).toEqual([
      'missing gone',
      'orphaned extra',
    ])
  })

  test('a time column must hold times', async () => {
    await bed.given(['a'], ['a'])
    await expect(see(bed.world, { ...timed, rows: { ...ROWS, time: 'place' } })).rejects.toThrow(
      /is of type text, which says no time/,
    )
  })
})

describe('how it looks', () => {
  test('few rows and no orphans asked about: key by key', async () => {
    await bed.given(['a', 'b'], ['a', 'c'])
    const seen = await see(bed.world, CHECK)
    expect(seen.method).toBe('stat per row')
    expect(seen.told).toEqual(['missing b'])
    expect(seen.subjects['orphaned']).toEqual({ unobserved: expect.stringMatching(/^not listed: 1,000 rows or fewer/) })
    expect(seen.subjects).toMatchObject({ matched: 1, examined: 2, missing: 1 })
  })

  test('more rows are listed and merged, whatever is asserted', async () => {
    await bed.given(many(1001), many(1000))
    const seen = await see(bed.world, CHECK)
    expect(seen.method).toBe('list and merge')
    expect(seen.told).toEqual(['missing f1000.txt'])
  })

  test('every stage tells how far it is', async () => {
    await bed.given(['a', 'b'], ['a'])
    expect((await see(bed.world, CHECK, LISTED)).stages).toEqual(expect.arrayContaining(['reading rows']))
  })

  test('a column that is not there is named, with the place and the nearest', async () => {
    await bed.given(['a'], ['a'])
    const failing = see(bed.world, { ...CHECK, rows: { ...ROWS, size: 'mader' } })
    await expect(failing).rejects.toMatchObject({ hint: 'did you mean "made"?', at: { path: ['rows', 'size'] } })
  })
})

describe('several stores', () => {
  const fields = { rows: { ...ROWS, store: 'place' }, stores: { local: 'uploads', attic: 'old' } }

  test('each row is looked for where it says', async () => {
    await bed.given([], ['a', 'b'], ['c', 'a'])
    await bed.database.client.query(
      "insert into files values ('a', 'local'), ('c', 'attic'), ('b', 'attic'), ('d', 'moon'), ('e', null)",
    )
    const seen = await see(bed.world, fields, LISTED)
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
    await bed.given([], ['a', 'p'], ['p'])
    await bed.database.client.query("insert into files values ('a', 'local')")
    const explained = { connection: 'main', sql: "select 'p' as path, 'attic' as place", key: 'path' }
    expect((await see(bed.world, { ...fields, explained_by: [explained] }, LISTED)).told).toEqual([])
    const named = { ...fields, explained_by: [{ ...explained, store: 'place' }] }
    expect((await see(bed.world, named, LISTED)).findings).toMatchObject([
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
        ...bed.world.connections.seenFrom('local').connections,
        sql: (name) => {
          const source = bed.world.connections.seenFrom('local').connections.sql(name)
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
    await bed.given(['arrives', 'stays-away', 'deleted'], ['gets-a-row', 'goes', 'orphan'])
    const context = between(async () => {
      bed.tree.put('arrives')
      rmSync(`${bed.tree.root}/goes`)
      await bed.database.client.query("delete from files where path = 'deleted'")
      await bed.database.client.query("insert into files (path) values ('gets-a-row')")
    })
    const seen = await see(bed.world, CHECK, { ...LISTED, context })
    expect(seen.told).toEqual(['missing stays-away', 'orphaned orphan'])
    expect(seen.subjects).toMatchObject({ missing: 1, orphaned: 1, matched: 1 })
    expect(seen.notes).toEqual([
      '2 missing keys no longer so when looked at again',
      '2 orphaned keys no longer so when looked at again',
    ])
  })

  test('a file on its way that arrives is none any more, and one whose row grew too old for that is missing', async () => {
    await bed.given([], ['there'])
    await bed.database.client.query("insert into files (path) values ('arrives'), ('on-its-way'), ('never')")
    const context = between(async () => {
      bed.tree.put('arrives')
      await bed.database.client.query("update files set made = '2019-04-01' where path = 'never'")
    })
    const timed = { ...CHECK, rows: { ...ROWS, time: 'made' }, grace: '10m' }
    const seen = await see(bed.world, timed, { context })
    expect(seen.told).toEqual(['in_flight on-its-way', 'missing never'])
    expect(seen.subjects).toMatchObject({ in_flight: 1, missing: 1, matched: 1 })
    expect(seen.notes).toEqual(['2 in_flight keys no longer so when looked at again'])
  })

  test('a file that arrives with the wrong size is a finding of its own class', async () => {
    await bed.given(['a'], ['b'])
    await bed.database.client.query("update files set place = '7'")
    const context = between(async () => bed.tree.put('a', 'four'))
    const sized = { ...CHECK, rows: { ...ROWS, size: 'place' } }
    const seen = await see(bed.world, sized, { ...LISTED, context })
    expect(seen.told).toEqual(['orphaned b', 'size_mismatch a'])
    expect(seen.subjects).toMatchObject({ missing: 0, size_mismatch: 1, matched: 1 })
  })

  test('a renamed key that is put right is none any more', async () => {
    await bed.given(['A', 'B'], ['a', 'b'])
    const context = between(async () => bed.tree.put('A'))
    const seen = await see(bed.world, CHECK, { expect: { orphaned: 0, renamed: { lte: 9 } }, context })
    expect(seen.told).toEqual(['orphaned a', 'renamed B'])
  })

  test('without findings rows are read once', async () => {
    await bed.given(['a'], ['a'])
    const context = between(async () => expect.fail('rows were read again'))
    expect((await see(bed.world, CHECK, { ...LISTED, context })).told).toEqual([])
  })
})

test('missing keys say where they can still be had', async () => {
  await bed.given(['a', 'b', 'c'], ['c'], ['a', 'c'])
  const seen = await see(bed.world, { ...CHECK, recover_from: ['old', 'nowhere'] })
  expect(seen.findings).toMatchObject([{ key: 'a', recover_from: ['old'] }, { key: 'b' }])
  expect(seen.findings[1]).not.toHaveProperty('recover_from')
  const place = { type: 'files', from: 'local' }
  expect(seen.recovery).toEqual([
    {
      source: 'old',
      target: 'uploads',
      from: { ...place, root: bed.second.root },
      to: { ...place, root: bed.tree.root },
    },
  ])
  expect(seen.notes).toContain('1 of 2 missing keys can be had from old')
  expect(seen.notes?.join()).toMatch(/nowhere could not be asked/)
})

test('where nothing is missing, nothing is said of where it could be had', async () => {
  await bed.given(['a'], ['a'], ['a'])
  expect((await see(bed.world, { ...CHECK, recover_from: ['old'] })).notes?.join() ?? '').not.toContain('can be had')
})

test('a socket or a broken link in the place of a file is unreadable, not missing', async () => {
  await bed.given(['link'], ['a'])
  symlinkSync('nowhere', `${bed.tree.root}/link`)
  const seen = await see(bed.world, CHECK, LISTED)
  expect(seen.told).toEqual(['orphaned a', 'unreadable link'])
  expect(seen.subjects).toMatchObject({ matched: 0, missing: 0 })
})

describe('ending early', () => {
  test('an abort ends it with the reason', async () => {
    await bed.given(many(50), many(50))
    const controller = new AbortController()
    controller.abort(new Error('enough'))
    await expect(see(bed.world, CHECK, { context: { signal: controller.signal } })).rejects.toThrow('enough')
  })

  test('closing the generator stops the work and removes what it spooled', async () => {
    await bed.given(many(50), many(50))
    const running = observe(checkOf(CHECK), contextOf(bed.world))
    await running.next()
    await running.return({ subjects: {} })
    expect((await running.next()).done).toBe(true)
  })
})
