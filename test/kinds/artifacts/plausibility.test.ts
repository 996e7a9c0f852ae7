import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { CHECK, LISTED, many, openTwoStores, ROWS, type TwoStores } from './two-stores.js'
import { see } from './world.js'

let bed: TwoStores
beforeAll(async () => {
  bed = await openTwoStores()
})
afterAll(() => bed.database.drop())
afterEach(() => bed.tidy())

describe('plausibility', () => {
  test('rows and an empty store: all missing, one diagnosis', async () => {
    await bed.given(['a', 'b'], [])
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.told).toEqual(['missing a', 'missing b'])
    expect(seen.diagnoses?.[0]?.summary).toMatch(/exists and is empty/)
    const allowed = await see(bed.world, { ...CHECK, plausible: { empty_store: 'allow' } }, LISTED)
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
    await bed.given(rows, files)
    await expect(see(bed.world, { ...CHECK, store, plausible }, LISTED)).rejects.toThrow(error)
  })

  test('an absent root is an error for look-ups too, never all missing', async () => {
    await bed.given(['a'], [])
    await expect(see(bed.world, { ...CHECK, store: 'nowhere' })).rejects.toThrow(/does not exist/)
  })

  test('what is allowed to be empty is', async () => {
    await bed.given([], ['a'])
    const seen = await see(bed.world, { ...CHECK, plausible: { empty_rows: 'allow' } }, LISTED)
    expect(seen.told).toEqual(['orphaned a'])
    const none = { ...CHECK, store: 'old', plausible: { empty_rows: 'allow', empty_store: 'allow' } }
    expect((await see(bed.world, none, LISTED)).subjects).toMatchObject({ rows: 0, entries: 0, examined: 0 })
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
    await bed.given(rows, files)
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.subjects).toMatchObject({ missing: 8, orphaned: 8 })
    expect(seen.diagnoses).toMatchObject([{ summary: expect.stringMatching(/^8 of 8 missing keys/), suggestion: yaml }])
    const rewrite = [...yaml.matchAll(/- (\w+): (".*")/g)].map(([, op, text]) => ({
      [String(op)]: JSON.parse(String(text)),
    }))
    expect((await see(bed.world, { ...CHECK, rewrite }, LISTED)).told).toEqual([])
  })

  test('all under one directory', async () => {
    await bed.given([...many(6, '2019/'), ...many(6, '2020/')], many(6, '2020/'))
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([
      { summary: 'All 6 missing keys lie below "2019/", and every key expected there is missing' },
    ])
  })

  test('absolute paths beside others lie under no directory', async () => {
    await bed.given([...many(4, '/srv/'), ...many(4)], ['x'])
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.subjects).toMatchObject({ missing: 8 })
    expect(seen.diagnoses ?? []).toEqual([])
  })

  test('all of one month', async () => {
    await bed.given(many(6), many(12, 'x'))
    await bed.database.client.query("insert into files (path, made) select unnest($1::text[]), '2020-05-05'", [
      many(12, 'x'),
    ])
    const seen = await see(bed.world, { ...CHECK, rows: { ...ROWS, time: 'made' } }, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 6 missing keys belong to rows of 2019-04' }])
    expect(JSON.stringify(seen.findings)).not.toContain('2019-04')
  })

  test('keys that differ at random get no diagnosis', async () => {
    await bed.given(['a/1', 'b/2', 'c/3', 'd/4', 'e/5', 'f/6'], ['g/7', 'h/8'])
    expect((await see(bed.world, CHECK, LISTED)).diagnoses).toBeUndefined()
  })
})
