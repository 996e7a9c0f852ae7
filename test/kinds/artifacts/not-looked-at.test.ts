// What was not looked at is never counted as right: a zero that stands for nothing must not read as a zero.
import { utimesSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { artifacts } from '../../../src/kinds/artifacts/kind.js'
import { compileRules } from '../../../src/kinds/artifacts/rules.js'
import { artifactsSchema } from '../../../src/kinds/artifacts/schema.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { checkOf, openWorld, see, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query("create table files as select 'a/' || i as path, 1 as bytes from generate_series(1, 3) i")
})
afterAll(() => database.drop())
afterEach(async () => {
  await world.close()
  tree.remove()
})

function given(files: Readonly<Record<string, string>>): void {
  tree = createTree({ 'a/1': 'x', 'a/2': 'x', 'a/3': 'x', ...files })
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
    old: { type: 'files', root: tree.root },
  })
}

const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }
const CHECK = { rows: ROWS, store: 'uploads' }
const LISTED = { expect: { orphaned: 0 } }

describe('orphans', () => {
  test.each([
    ['a minute ago', -60_000, []],
    ['an hour ago', -3_600_000, ['orphaned b']],
    ['in a minute, by a clock that is ahead', 60_000, []],
    ['in ten years, which grace would spare for ever', 315_360_000_000, ['orphaned b']],
  ])('an entry modified %s', async (_, ago, told) => {
    given({ b: 'x' })
    const at = new Date(Date.now() + ago)
    utimesSync(join(tree.root, 'b'), at, at)
    expect((await see(world, { ...CHECK, grace: '10m' }, LISTED)).told).toEqual(told)
  })

  test.each([
    ['a scope in which nothing is', 'b/', {}, { unobserved: expect.stringContaining('"b/"') }],
    ['the same, allowed', 'b/', { plausible: { empty_store: 'allow' } }, 0],
    ['a scope with rows and entries', 'a/', {}, 0],
    ['a scope with entries alone', 'c/', {}, 1],
  ])('%s', async (_, prefix, more, orphaned) => {
    given({ 'c/1': 'x' })
    const seen = await see(world, { ...CHECK, scope: { prefix }, ...more }, LISTED)
    expect(seen.subjects['orphaned']).toEqual(orphaned)
  })

  test.each([['**'], ['**/*'], ['**/**']])('ignoring %s leaves none to find, which is known beforehand', (glob) => {
    given({})
    const spec = artifactsSchema.parse({ ...CHECK, ignore: ['tmp/*', glob] })
    const orphaned = artifacts.subjects(spec).find(({ name }) => name === 'orphaned')
    expect(orphaned?.unobserved).toContain(glob)
  })

  test('a glob that begins with ! would ignore all the rest', () => {
    given({})
    const spec = artifactsSchema.parse({ ...CHECK, ignore: ['tmp/**', '!keep/**'] })
    expect(artifacts.lint?.(spec)).toMatchObject([{ level: 'error', path: ['ignore', 1] }])
  })
})

describe('sizes and checksums', () => {
  const sized = (sql: string) => ({ ...CHECK, rows: { ...ROWS, sql, size: 'bytes' } })

  test('no row declares a size', async () => {
    given({})
    const seen = await see(world, sized('select path, null::bigint as bytes from files'))
    expect(seen.subjects['size_mismatch']).toEqual({ unobserved: expect.stringContaining('none of 3 rows') })
  })

  test('some rows declare a size', async () => {
    given({})
    const seen = await see(world, sized("select path, nullif(bytes, (path = 'a/1')::int) as bytes from files"))
    expect(seen.subjects['size_mismatch']).toBe(0)
  })

  const summed = (sample: string) => ({
    ...CHECK,
    rows: { ...ROWS, sql: "select path, md5('x') as sum from files", checksum: { column: 'sum', algorithm: 'md5' } },
    verify: { checksum: { sample } },
  })

  test('a sample that none of the keys is in', async () => {
    given({})
    const seen = await see(world, summed('1/100000000'))
    const unobserved = expect.stringContaining('sample')
    expect(seen.subjects).toMatchObject({ checksum_mismatch: { unobserved }, verified: { unobserved } })
  })

  test('a sample of all', async () => {
    given({})
    expect((await see(world, summed('1/1'))).subjects).toMatchObject({ checksum_mismatch: 0, verified: 3 })
  })
})

test('a query without rows beside one with rows is told', async () => {
  given({})
  const rows = [ROWS, { ...ROWS, sql: 'select * from files where false' }]
  expect((await see(world, { ...CHECK, rows })).notes).toContain('rows.1 gives no rows')
  expect((await see(world, CHECK)).notes).toBeUndefined()
})

test('a store that no row names is told', async () => {
  given({})
  const rows = { ...ROWS, sql: "select path, 'here' as place from files", store: 'place' }
  const seen = await see(world, { rows, stores: { here: 'uploads', there: 'old' } })
  expect(seen.notes).toContain('no row is about old')
})

test.each([
  ['expect', true],
  ['warn', false],
] as const)('renamed keys stop being missing only where a check expects them: %s', (level, expected) => {
  given({})
  const check = checkOf(CHECK, { renamed: { lte: 5 } })
  const assertions = check.assertions.map((one) => (one.subject === 'renamed' ? { ...one, level } : one))
  expect(compileRules({ ...check, assertions }).expectsRenamed).toBe(expected)
})
