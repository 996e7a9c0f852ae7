// What cannot be told is said to be so: never missing, never right.
import { chmodSync, mkdirSync, symlinkSync } from 'node:fs'
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest'
import { keyFromText } from '../../../src/lib/key.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { openWorld, see, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, size bigint, sum text)')
})
afterAll(() => database.drop())
afterEach(async () => {
  await world.close()
  tree.remove()
  await database.client.query('truncate files')
})

async function given(
  rows: readonly (readonly [string, number?])[],
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [path, size] of rows) await database.client.query('insert into files values ($1, $2)', [path, size])
  tree = createTree(files)
  chmodSync(tree.root, 0o755)
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
  })
}

const ROWS = { connection: 'main', sql: 'select * from files', key: 'path' }
const CHECK = { rows: ROWS, store: 'uploads' }
const LISTED = { expect: { orphaned: 0 } }

/** Root may read everything, so root looks as somebody else. */
async function asOrdinaryUser<T>(look: () => Promise<T>): Promise<T> {
  if (process.geteuid?.() !== 0) return look()
  process.seteuid?.(65_534)
  try {
    return await look()
  } finally {
    process.seteuid?.(0)
  }
}

test('rows below a directory that cannot be read are unverifiable, and the gap is stated', async () => {
  await given([['a'], ['locked/b'], ['locked/c/d'], ['locked'], ['lockee'], ['z']], { a: 'x', z: 'x' })
  mkdirSync(`${tree.root}/locked`)
  chmodSync(`${tree.root}/locked`, 0)
  const seen = await asOrdinaryUser(() => see(world, CHECK, LISTED))
  chmodSync(`${tree.root}/locked`, 0o755)
  expect(seen.told).toEqual(['missing locked', 'missing lockee', 'unverifiable locked/b', 'unverifiable locked/c/d'])
  expect(seen.gaps).toEqual([expect.stringMatching(/not listed from "locked\/": permission denied/)])
})

test('rows behind a link to a directory are unreadable, not missing', async () => {
  await given([['link/a'], ['b']], { 'real/a': 'x' })
  symlinkSync('real', `${tree.root}/link`)
  const seen = await see(world, CHECK, LISTED)
  expect(seen.told).toEqual(['missing b', 'orphaned link', 'orphaned real/a', 'unreadable link/a'])
  expect(seen.subjects).toMatchObject({ missing: 1, unreadable: 1 })
})

test('a name that differs in case is no rename where the size says otherwise', async () => {
  await given(
    [
      ['A.txt', 5],
      ['B.txt', 1],
    ],
    { 'a.txt': 'x', 'b.txt': 'x' },
  )
  const seen = await see(world, { ...CHECK, rows: { ...ROWS, size: 'size' } }, LISTED)
  expect(seen.findings.filter(({ finding }) => finding === 'renamed')).toMatchObject([
    { key: 'B.txt', found_as: 'b.txt' },
  ])
})

test('two doubts about one key are one finding with both reasons', async () => {
  await given([['a', -1]], { a: 'x' })
  const checksum = { column: 'sum', algorithm: 'md5' }
  const seen = await see(
    world,
    { ...CHECK, rows: { ...ROWS, size: 'size', checksum }, verify: { checksum: 'all' } },
    LISTED,
  )
  expect(seen.findings).toEqual([
    {
      finding: 'unverifiable',
      key: 'a',
      refs: 1,
      reason: "the row's size is not a number of bytes; no checksum is declared of it",
    },
  ])
  expect(seen.subjects['unverifiable']).toBe(1)
})

test('with many names for one plain spelling, none is called renamed', async () => {
  const variants = Array.from({ length: 70 }, (_, index) => `${'/'.repeat(index)}n`)
  await given(
    variants.slice(1).map((name) => [`.${name}`] as const),
    { n: 'x' },
  )
  const seen = await see(world, CHECK, LISTED)
  expect(seen.subjects).toMatchObject({ missing: 69, renamed: 0, orphaned: 1 })
})

test('more findings than are looked at again: a stated part of them', async () => {
  await given([], {})
  await database.client.query("insert into files select 'gone/' || n from generate_series(1, 10500) n")
  tree.put('a')
  const seen = await see(world, CHECK, LISTED)
  expect(seen.subjects).toMatchObject({ missing: 10_500 })
  expect(seen.notes).toContain('5,250 of 10,500 missing keys were looked at again (every 2.)')
})

test('a row without a key says why', async () => {
  await given([['up/'], ['']], { 'new/a': 'x' })
  const fields = { ...CHECK, rewrite: [{ strip_prefix: 'up/' }] }
  const reasons = (await see(world, fields, LISTED)).findings.filter(({ finding }) => finding === 'no_key')
  expect(reasons.map(({ reason }) => reason)).toEqual(['its key is empty after rewriting', 'its key is empty'])
  const added = await see(world, { ...CHECK, rewrite: [{ add_prefix: 'new/' }] }, LISTED)
  expect(added.told).toEqual(['missing new/up/', 'no_key', 'orphaned new/a'])
})

test('a file that may be looked up and not be read is told so, and not called right when looked at again', async () => {
  await given([['open'], ['shut']], { open: 'x', shut: 'x' })
  await database.client.query("update files set sum = '9dd4e461268c8034f5c8564e155c67a6'")
  chmodSync(`${tree.root}/shut`, 0)
  const fields = {
    ...CHECK,
    rows: { ...ROWS, checksum: { column: 'sum', algorithm: 'md5' } },
    verify: { checksum: 'all' },
  }
  const seen = await asOrdinaryUser(() => see(world, fields, LISTED))
  expect(seen.told.filter((told) => !told.startsWith('zero'))).toEqual(['forbidden shut'])
  expect(seen.subjects).toMatchObject({ matched: 2, verified: 1, forbidden: 1 })
})

test('of hundreds of rows with one key the last one counts when looked at again', async () => {
  await given([], { a: 'x' })
  await database.client.query("insert into files select 'a', 1 from generate_series(1, 300)")
  await database.client.query("insert into files values ('a', 2)")
  const seen = await see(world, { ...CHECK, rows: { ...ROWS, size: 'size' } }, LISTED)
  expect(seen.findings).toMatchObject([{ finding: 'size_mismatch', key: 'a', refs: 301 }])
})

test('a size too far off is told however many others are declared', async () => {
  await given([], { a: 'x'.repeat(50) })
  await database.client.query("insert into files select 'a', n from generate_series(40, 70) n")
  const size = (tolerance: string) => ({ column: 'size', tolerance })
  const withSize = (tolerance: string) => ({ ...CHECK, rows: { ...ROWS, size: size(tolerance) } })
  expect((await see(world, withSize('20B'), LISTED)).told).toEqual([])
  expect((await see(world, withSize('19B'), LISTED)).told).toEqual(['size_mismatch a'])
})

test('an archived object of another size is archived once', async () => {
  await given([['a', 2]], { a: 'x' })
  const store = world.connections.store('uploads')
  const archived = { key: keyFromText('a'), size: 1, archived: 'GLACIER' }
  const connections = {
    ...world.connections.seenFrom('local').connections,
    store: () => ({ ...store, stat: async () => archived }),
  }
  const seen = await see(world, { ...CHECK, rows: { ...ROWS, size: 'size' } }, { context: { connections } })
  expect(seen.told).toEqual(['archived a', 'size_mismatch a'])
})
