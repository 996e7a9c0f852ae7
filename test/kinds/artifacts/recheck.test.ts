import { createHash } from 'node:crypto'
import { chmodSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Finding, Rechecked } from '../../../src/kinds/kind.js'
import { CHECK, LISTED, openTwoStores, ROWS, type TwoStores } from './two-stores.js'
import { see, seeAgain } from './world.js'

let bed: TwoStores
beforeAll(async () => {
  bed = await openTwoStores()
  await bed.database.client.query('alter table files add bytes text, add sha256 text')
})
afterAll(() => bed.database.drop())
afterEach(() => bed.tidy())

const SIZED = { ...CHECK, rows: { ...ROWS, size: 'bytes' } }
const HASHED = {
  ...CHECK,
  rows: { ...ROWS, size: 'bytes', checksum: { column: 'sha256', algorithm: 'sha256' } },
  verify: { checksum: 'all' },
}
const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const row = (path: string, bytes: string | null, hash: string | null = null) =>
  bed.database.client.query("insert into files values ($1, null, '2019-04-01', $2, $3)", [path, bytes, hash])

async function again(check: unknown, finding: Finding): Promise<Rechecked> {
  const [rechecked] = await seeAgain(bed.world, check, [finding], LISTED.expect)
  if (rechecked === undefined) throw new Error('nothing was told')
  return rechecked
}
const sides = ({ sides: all }: Rechecked) => all.map(({ side, there, facts }) => ({ side, there, facts }))
const told = ({ stands, now, reason }: Rechecked) => ({ stands, now, ...(reason === undefined ? {} : { reason }) })

test('of each finding, in their order, it tells whether it still stands', async () => {
  await bed.given(['gone', 'back'], ['extra', 'Back2'])
  const { findings } = await see(bed.world, CHECK, LISTED)
  bed.tree.put('back')
  await bed.database.client.query("insert into files (path) values ('extra')")
  const rechecked = await seeAgain(bed.world, CHECK, findings, LISTED.expect)
  expect(findings.map(({ finding, key }, index) => [finding, key, rechecked[index]?.stands])).toEqual([
    ['missing', 'back', false],
    ['missing', 'gone', true],
    ['orphaned', 'Back2', true],
    ['orphaned', 'extra', false],
  ])
})

describe('what both sides say now', () => {
  test('a missing file: the row, and that there is no file', async () => {
    await bed.given([], ['other'])
    await row('gone', '12')
    await row('gone', '12')
    const rechecked = await again(SIZED, { finding: 'missing', key: 'gone' })
    expect(told(rechecked)).toEqual({ stands: true, now: ['missing'] })
    expect(rechecked.sides).toEqual([
      { side: 'rows', where: 'main', there: true, facts: { rows: 2, size: 12 } },
      { side: 'store', where: expect.stringContaining('uploads'), there: false, facts: {} },
    ])
  })

  test('one that was put back: its size, time, type, mode and owner', async () => {
    await bed.given([], ['back'])
    await row('back', '1')
    chmodSync(join(bed.tree.root, 'back'), 0o640)
    const rechecked = await again(SIZED, { finding: 'missing', key: 'back' })
    expect(told(rechecked)).toEqual({ stands: false, now: [] })
    expect(sides(rechecked)[1]).toEqual({
      side: 'store',
      there: true,
      facts: {
        size: 1,
        modified: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
        type: 'a file',
        mode: 'rw-r-----',
        owner: `${process.getuid?.()}:${process.getgid?.()}`,
      },
    })
  })

  test('one that was put back with another content: what it is now', async () => {
    await bed.given([], ['back'])
    await row('back', '1', sha256('y'))
    const rechecked = await again(HASHED, { finding: 'missing', key: 'back' })
    expect(told(rechecked)).toEqual({ stands: false, now: ['checksum_mismatch'] })
    expect(sides(rechecked)).toMatchObject([
      { facts: { rows: 1, size: 1, sha256: sha256('y') } },
      { facts: { size: 1, sha256: sha256('x') } },
    ])
  })

  test('one whose content is right by now', async () => {
    await bed.given([], ['back'])
    await row('back', '1', sha256('x'))
    const rechecked = await again(HASHED, { finding: 'checksum_mismatch', key: 'back' })
    expect(told(rechecked)).toEqual({ stands: false, now: [] })
    expect(sides(rechecked)[1]?.facts).toMatchObject({ content: 'agrees with the checksum of the rows' })
  })

  test('an orphan: that no row speaks of it', async () => {
    await bed.given(['other'], ['extra', 'other'])
    const rechecked = await again(CHECK, { finding: 'orphaned', key: 'extra' })
    expect(told(rechecked)).toEqual({ stands: true, now: ['orphaned'] })
    expect(sides(rechecked)).toMatchObject([
      { side: 'rows', there: false, facts: {} },
      { side: 'store', there: true, facts: { size: 1 } },
    ])
  })

  test('a renamed file: both of its names', async () => {
    await bed.given(['a.txt'], ['A.txt'])
    const rechecked = await again(CHECK, { finding: 'renamed', key: 'a.txt', found_as: 'A.txt' })
    expect(told(rechecked)).toEqual({ stands: true, now: ['missing', 'orphaned'] })
    expect(rechecked.sides.map(({ side, there, found_as }) => [side, there, found_as])).toEqual([
      ['rows', true, undefined],
      ['store', false, undefined],
      ['rows', false, true],
      ['store', true, true],
    ])
  })

  test('rows that disagree, and sizes that are none', async () => {
    await bed.given([], ['a'])
    await row('a', '3')
    await row('a', '4')
    await row('a', 'much')
    const [rows] = (await again(SIZED, { finding: 'size_mismatch', key: 'a' })).sides
    expect(rows).toMatchObject({ facts: { rows: 3, size: [3, 4] }, reason: 'a size is not a number of bytes' })
  })

  test('no value of a row but those', async () => {
    await bed.given([], ['a'])
    await bed.database.client.query("insert into files values ('a', 'a private place', '2019-04-01', '7', null)")
    const rechecked = await again(SIZED, { finding: 'size_mismatch', key: 'a' })
    expect(JSON.stringify(rechecked)).not.toMatch(/private|2019-04/)
  })
})

describe('what cannot be told is neither gone nor still so', () => {
  test('a class that one key does not settle', async () => {
    await bed.given(['a', 'a'], ['a'])
    const rechecked = await again(CHECK, { finding: 'duplicate_refs', key: 'a', refs: 2 })
    expect(told(rechecked)).toEqual({
      stands: undefined,
      now: [],
      reason: 'duplicate_refs: of its key alone that cannot be told',
    })
    expect(sides(rechecked)[0]).toEqual({ side: 'rows', there: true, facts: { rows: 2 } })
  })

  test.each<[string, Finding]>([
    ['without a key', { finding: 'no_key', reason: 'its key is NULL' }],
    ['with a key that is never looked up', { finding: 'unsafe_key', key: '../x' }],
  ])('a finding %s', async (_, finding) => {
    await bed.given(['a'], ['a'])
    const rechecked = await again(CHECK, finding)
    expect(rechecked).toEqual({
      stands: undefined,
      now: [],
      sides: [],
      reason: `${finding.finding}: of it alone that cannot be told`,
    })
  })

  test('a key behind a link to a directory', async () => {
    await bed.given(['to/a'], ['b'], ['a'])
    symlinkSync(bed.second.root, join(bed.tree.root, 'to'))
    const rechecked = await again(CHECK, { finding: 'missing', key: 'to/a' })
    expect(rechecked.stands).toBeUndefined()
    expect(rechecked.reason).toMatch(/behind a link/)
    expect(rechecked.sides[1]).toMatchObject({ there: undefined, facts: {}, reason: expect.stringMatching(/link/) })
  })

  test('a store that has gone', async () => {
    await bed.given(['a'], ['b'])
    rmSync(bed.tree.root, { recursive: true })
    await expect(again(CHECK, { finding: 'missing', key: 'a' })).rejects.toThrow(/uploads/)
  })
})
