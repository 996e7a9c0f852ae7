import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { keyFromLatin1, keyFromText, keyToBytes } from '../../../src/lib/key.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { openWorld, see, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let world: World

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, bytes text, place text, made timestamptz, raw bytea)')
})
afterAll(() => database.drop())
afterEach(async () => {
  await world.close()
  tree.remove()
  await database.client.query('truncate files')
})

async function given(rows: readonly (string | null)[], files: Readonly<Record<string, string>>): Promise<void> {
  for (const path of rows) await database.client.query('insert into files (path) values ($1)', [path])
  tree = createTree(files)
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
  })
}

const ROWS = { connection: 'main', sql: 'select path from files', key: 'path' }
const CHECK = { rows: ROWS, store: 'uploads' }
const LISTED = { expect: { orphaned: 0 } }

interface Case {
  readonly name: string
  readonly rows: readonly (string | null)[]
  readonly files?: readonly string[]
  readonly fields?: Readonly<Record<string, unknown>>
  readonly told: readonly string[]
  readonly subjects?: Readonly<Record<string, number>>
}

const AWKWARD = [
  'a b.txt',
  'a+b%20c.txt',
  'quote\'".txt',
  'new\nline.txt',
  'tab\t.txt',
  'ﬀ.txt',
  '😀.txt',
  '～.txt',
  'Z.txt',
  'a-b/f',
  'a/f',
  'a.f',
  'a',
  '.hidden',
  'x/.hidden',
  'back\\slash',
  'trailing ',
  '-rf',
  'nul-not',
  'ä/ö',
  'A/f',
  '\u001b[31mred',
  '\u202ertl',
]

const CASES: readonly Case[] = [
  {
    name: 'all there',
    rows: ['a', 'b/c'],
    files: ['a', 'b/c'],
    told: [],
    subjects: { rows: 2, entries: 2, matched: 2, examined: 2, missing: 0, orphaned: 0 },
  },
  {
    name: 'both directions',
    rows: ['a', 'b'],
    files: ['b', 'c'],
    told: ['missing a', 'orphaned c'],
    subjects: { missing: 1, orphaned: 1, matched: 1 },
  },
  {
    name: 'awkward names, all there',
    rows: AWKWARD.filter((name) => name !== 'a'),
    files: AWKWARD.filter((name) => name !== 'a'),
    told: [],
    subjects: { matched: AWKWARD.length - 1 },
  },
  {
    name: 'awkward names, all missing',
    rows: AWKWARD,
    files: ['zz-other'],
    told: [...AWKWARD.map((name) => `missing ${name}`), 'orphaned zz-other'].sort(),
  },
  {
    name: 'several rows of one key',
    rows: ['a', 'a', 'b', 'b', 'c'],
    files: ['a', 'c'],
    told: ['missing b'],
    subjects: { rows: 5, examined: 3, matched: 2, duplicate_refs: 2, missing: 1 },
  },
  { name: 'no key', rows: [null, '', 'a'], files: ['a'], told: ['no_key', 'no_key'], subjects: { rows: 3, no_key: 2 } },
  {
    name: 'a key that leads out',
    rows: ['../secret', 'a/../../x', 'a'],
    files: ['a'],
    told: ['unsafe_key ../secret', 'unsafe_key a/../../x'],
    subjects: { unsafe_key: 2, missing: 0 },
  },
  {
    name: 'explained files may exist',
    rows: ['a'],
    files: ['a', 'gone'],
    fields: { explained_by: [{ connection: 'main', sql: "select 'gone' as path", key: 'path' }] },
    told: [],
    subjects: { orphaned: 0, rows: 1, entries: 2 },
  },
  {
    name: 'explained files need not exist',
    rows: ['a'],
    files: ['a'],
    fields: { explained_by: [{ connection: 'main', sql: "select 'gone' as path", key: 'path' }] },
    told: [],
  },
  {
    name: 'a promised file is promised, whoever explains it',
    rows: ['a', 'b'],
    files: ['b'],
    fields: { explained_by: [{ connection: 'main', sql: "select 'a' as path", key: 'path' }] },
    told: ['missing a'],
  },
  {
    name: 'ignore spares orphans',
    rows: ['a'],
    files: ['a', 'x/.DS_Store', '.DS_Store', 'tmp/b\nc', 'tmp2'],
    fields: { ignore: ['**/.DS_Store', 'tmp/**'] },
    told: ['orphaned tmp2'],
  },
  {
    name: 'ignore never hides a missing file',
    rows: ['tmp/a'],
    files: ['b'],
    fields: { ignore: ['tmp/**', 'b'] },
    told: ['missing tmp/a'],
  },
  {
    name: 'ignored entries with a row are matched',
    rows: ['tmp/a'],
    files: ['tmp/a'],
    fields: { ignore: ['tmp/**'] },
    told: [],
    subjects: { matched: 1 },
  },
  {
    name: 'only entries in scope are orphans',
    rows: ['2019/a', '2018/a', '2020/z'],
    files: ['2019/a', '2019/b', '2018/a', '2018/x', '2020/y', '2020/z', '1'],
    fields: { scope: { prefix: '2019/' } },
    told: ['orphaned 2019/b'],
    subjects: { matched: 3, entries: 2 },
  },
  {
    name: 'rows in scope alone',
    rows: ['2019/a'],
    files: ['2019/a', '2019/b', '2018/x'],
    fields: { scope: { prefix: '2019/' } },
    told: ['orphaned 2019/b'],
    subjects: { entries: 2 },
  },
  {
    name: 'rewritten',
    rows: ['/srv/up/a', '/srv/up/b', 'c'],
    files: ['a', 'b', 'c'],
    fields: { rewrite: [{ strip_prefix: '/srv/up/' }] },
    told: [],
    subjects: { matched: 3 },
  },
  {
    name: 'order holds only after rewriting',
    rows: ['x/b', 'y/a'],
    files: ['a', 'b'],
    fields: { rewrite: [{ regex: ['^./', ''] }] },
    told: [],
  },
  {
    name: 'a key rewritten away',
    rows: ['up/', 'up/a'],
    files: ['a'],
    fields: { rewrite: [{ strip_prefix: 'up/' }] },
    told: ['no_key'],
  },
  {
    name: 'derived entries of living parents',
    rows: ['p/a.jpg'],
    files: ['p/a.jpg', 'thumbs/p/a.jpg.webp', 'thumbs/p/b.jpg.webp', 'p/small/a.webp'],
    fields: { derived: [{ match: 'thumbs/{key}.webp' }, { match: '{dir}/small/{stem}.webp' }] },
    told: ['orphaned thumbs/p/b.jpg.webp'],
  },
  {
    name: 'a derivative of a missing parent is no orphan',
    rows: ['a.jpg', 'b.jpg'],
    files: ['b.jpg', 'thumbs/a.jpg.webp'],
    fields: { derived: [{ match: 'thumbs/{key}.webp' }] },
    told: ['missing a.jpg'],
  },
  {
    name: 'the union of two queries',
    rows: ['a', 'b'],
    files: ['a', 'b', 'c'],
    fields: { rows: [ROWS, { ...ROWS, sql: "select 'c' as path" }] },
    told: [],
    subjects: { rows: 3 },
  },
  {
    name: 'missing under another spelling counts as all three',
    rows: ['A.txt'],
    files: ['a.TXT'],
    told: ['missing A.txt', 'orphaned a.TXT', 'renamed A.txt'],
    subjects: { missing: 1, orphaned: 1, renamed: 1 },
  },
]

describe.each(CASES)('artifacts: $name', ({ rows, files = [], fields = {}, told, subjects = {} }) => {
  test('says what is and nothing else', async () => {
    await given(rows, Object.fromEntries(files.map((name) => [name, 'x'])))
    const seen = await see(world, { ...CHECK, ...fields }, LISTED)
    expect(seen.told).toEqual(told)
    expect(seen.subjects).toMatchObject(subjects)
    expect(seen.method).toBe('list and merge')
  })
})

test('keys that are not UTF-8 are compared as bytes', async () => {
  await given([], {})
  for (const name of ['caf\xe9.txt', 'gone\xff']) {
    await database.client.query('insert into files (raw) values ($1)', [keyToBytes(keyFromLatin1(name))])
  }
  tree.put(keyFromLatin1('caf\xe9.txt'))
  tree.put(keyFromLatin1('extra\xfe'))
  const seen = await see(
    world,
    { rows: { connection: 'main', sql: 'select raw from files', key: 'raw' }, store: 'uploads' },
    LISTED,
  )
  expect(seen.subjects).toMatchObject({ matched: 1, missing: 1, orphaned: 1 })
  expect(seen.findings).toEqual([
    { finding: 'missing', key: 'gone\ufffd', key_b64: Buffer.from('gone\xff', 'latin1').toString('base64'), refs: 1 },
    {
      finding: 'orphaned',
      key: 'extra\ufffd',
      key_b64: Buffer.from('extra\xfe', 'latin1').toString('base64'),
      actual: { size: 1 },
    },
  ])
})

test('a check that expects renamed keys counts them once', async () => {
  await given(['A.txt', 'cafe\u0301', 'gone'], { 'a.TXT': 'x', café: 'x', other: 'x' })
  const seen = await see(world, CHECK, { expect: { orphaned: 0, renamed: { lte: 5 } } })
  expect(seen.told).toEqual(['missing gone', 'orphaned other', 'renamed A.txt', 'renamed cafe\u0301'])
  expect(seen.findings.find(({ key }) => key === 'cafe\u0301')).toMatchObject({
    found_as: keyFromText('café') && 'café',
    reason: 'another Unicode form',
  })
})
