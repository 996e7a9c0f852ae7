// Only the rows of what was found are read again where the database can tell them; what is found then is the same.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { createBudget } from '../../../src/kinds/artifacts/budget.js'
import { type Candidates, lookAgain } from '../../../src/kinds/artifacts/look-again.js'
import type { FindingClass } from '../../../src/kinds/artifacts/residue.js'
import { compileRules } from '../../../src/kinds/artifacts/rules.js'
import { type Key, keyFromText } from '../../../src/lib/key.js'
import { CHECK, many, openTwoStores, ROWS, type TwoStores } from './two-stores.js'
import { checkOf, contextOf } from './world.js'

let bed: TwoStores
beforeAll(async () => {
  bed = await openTwoStores()
})
afterAll(() => bed.database.drop())
afterEach(() => bed.tidy())

async function again(fields: object, candidates: Candidates) {
  const check = checkOf(fields)
  const { signal } = new AbortController()
  let rows = 0
  const looked = await lookAgain(candidates, {
    spec: check.spec,
    rules: compileRules(check),
    context: contextOf(bed.world),
    budget: createBudget({ bytes: undefined, ms: undefined }, signal),
    signal,
    report: ({ stage, done }) => {
      if (stage === 'reading rows again') rows = done
    },
  })
  return { looked, rows }
}

const found = (keys: readonly string[], finding: FindingClass): ReadonlyMap<Key, ReadonlySet<FindingClass>> =>
  new Map(keys.map((key) => [keyFromText(key), new Set([finding])]))

/** Changes no key there is; but that the check cannot know. */
const NO_CHANGE = [{ strip_prefix: 'never/' }]

describe('few of many rows', () => {
  const keys = ['f7.txt', 'gone', 'f8.txt', 'é', 'e\u0301', 'a "b" \\n']
  const rows = [...many(500), 'f7.txt', 'é', 'a "b" \\n', 'a']
  const files = ['f8.txt', 'gone', 'e\u0301']
  const explained_by = [{ connection: 'main', sql: "select 'gone' as g union all select 'other'", key: 'g' }]

  test.each([
    { name: 'one query', fields: CHECK, reads: 5 },
    {
      name: 'a key of another type',
      fields: { ...CHECK, rows: { ...ROWS, sql: 'select path::char(40) as path from files' } },
      reads: 504,
    },
    { name: 'two queries', fields: { ...CHECK, rows: [ROWS, { ...ROWS, sql: "select 'gone' as path" }] }, reads: 6 },
    { name: 'with what is explained', fields: { ...CHECK, explained_by }, reads: 6 },
    {
      name: 'a parameter',
      fields: { ...CHECK, rows: { ...ROWS, sql: 'select * from files where path <> :not', params: { not: 'é' } } },
      reads: 4,
    },
  ])('$name', async ({ fields, reads }) => {
    await bed.given(rows, files)
    for (const finding of ['missing', 'orphaned', 'size_mismatch'] as const) {
      const candidates = new Map([['uploads', found(keys, finding)]])
      const few = await again(fields, candidates)
      const all = await again({ ...fields, rewrite: NO_CHANGE }, candidates)
      expect(few.looked).toEqual(all.looked)
      expect(few.rows).toBe(reads)
      expect(all.rows).toBeGreaterThan(500)
    }
  })

  test('in two stores, where rows say in which', async () => {
    await bed.given([], ['a', 'b'], ['a', 'c'])
    const places = "insert into files (path, place) values ('a', 'x'), ('b', 'y'), ('c', 'y'), ('d', 'x'), ('e', 'z')"
    await bed.database.client.query(places)
    const fields = { rows: { ...ROWS, store: 'place' }, stores: { x: 'uploads', y: 'old' } }
    const candidates = new Map([
      ['uploads', found(['b', 'd'], 'orphaned')],
      ['old', found(['a', 'b'], 'missing')],
    ])
    const few = await again(fields, candidates)
    expect(few.looked).toEqual((await again({ ...fields, rewrite: NO_CHANGE }, candidates)).looked)
    expect(few.rows).toBe(3)
  })
})

test('a key that a rewrite made is still promised', async () => {
  await bed.given(['srv/a', 'srv/b'], ['b'])
  const { looked } = await again(
    { ...CHECK, rewrite: [{ strip_prefix: 'srv/' }] },
    new Map([['uploads', found(['a'], 'missing')]]),
  )
  expect(looked.get('uploads')?.get(keyFromText('a'))?.marks).toMatchObject([{ finding: 'missing' }])
})
