// One cause behind many findings. Every suggestion is put into the check, and the check has to pass with it.
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { CHECK, LISTED, many, openTwoStores, ROWS, type TwoStores } from './two-stores.js'
import { see } from './world.js'

let bed: TwoStores
beforeAll(async () => {
  bed = await openTwoStores()
  await bed.database.client.query('create table sized (path text, bytes numeric, sha text, made timestamptz)')
})
afterAll(() => bed.database.drop())
afterEach(async () => {
  await bed.database.client.query('truncate sized')
  await bed.tidy()
})

const ids = (count: number) => Array.from({ length: count }, (_, index) => (index * 7919 + 100_000).toString(16))
const each = (count: number, name: (id: string, index: number) => string) => ids(count).map(name)

describe('missing and there under one rewrite', () => {
  test.each([
    {
      name: 'a leading slash',
      rows: many(8, '/'),
      files: many(8),
      suggestion: ['strip_prefix'],
    },
    {
      name: 'a URL in the row',
      rows: each(8, (id) => `https://cdn.example.org/${id.slice(0, 2)}/${id}.jpg?v=2`),
      files: each(8, (id) => `${id.slice(0, 2)}/${id}.jpg`),
      suggestion: ['url_path'],
    },
    {
      name: 'a URL, encoded, and a prefix',
      rows: each(8, (id) => `https://cdn.example.org/media/a%20${id}.jpg`),
      files: each(8, (id) => `a ${id}.jpg`),
      suggestion: ['url_path', 'url_decode', 'strip_prefix'],
    },
    {
      name: 'percent-encoding',
      rows: each(8, (id) => `2019/caf%C3%A9%20${id}.jpg`),
      files: each(8, (id) => `2019/café ${id}.jpg`),
      suggestion: ['url_decode'],
    },
    {
      name: 'a directory lost in the middle',
      rows: each(8, (id, index) => `users/${index}/originals/${id}.jpg`),
      files: each(8, (id, index) => `users/${index}/${id}.jpg`),
      suggestion: ['regex'],
    },
    {
      name: 'a directory added in the middle',
      rows: each(8, (id, index) => `users/${index}/${id}.jpg`),
      files: each(8, (id, index) => `users/${index}/originals/${id}.jpg`),
      suggestion: ['regex'],
    },
    {
      name: 'a name that became a directory',
      rows: each(8, (id) => `originals/${id}.jpg`),
      files: each(8, (id) => `${id}/original.jpg`),
      suggestion: ['regex'],
    },
    {
      name: 'an id spread over directories',
      rows: each(8, (id) => `u/${id}.jpg`),
      files: each(8, (id) => `u/${id.slice(0, 2)}/${id.slice(2, 4)}/${id}.jpg`),
      suggestion: ['regex'],
    },
    {
      name: 'an id spread less',
      rows: each(8, (id) => `${id.slice(0, 2)}/${id.slice(2)}.jpg`),
      files: each(8, (id) => `${id}.jpg`),
      suggestion: ['regex'],
    },
    {
      name: 'characters a check file or a pattern could take for others',
      rows: each(8, (id) => `a.b+c\${x}/(1)/${id}`),
      files: each(8, (id) => `"ü"\\/\n/${id}`),
      suggestion: ['strip_prefix', 'add_prefix'],
    },
    {
      name: 'two prefixes',
      rows: [...each(8, (id) => `old/${id}`), ...each(6, (id) => `older/b${id}`)],
      files: [...each(8, (id) => `2019/${id}`), ...each(6, (id) => `2018/b${id}`)],
      suggestion: ['regex', 'regex'],
    },
    {
      name: 'a prefix that some have already',
      rows: [...each(8, (id) => `2019/${id}`), ...each(4, (id) => `new/${id}`)],
      files: [...each(8, (id) => `data/2019/${id}`), ...each(4, (id) => `new/${id}`)],
      suggestion: ['regex'],
    },
    {
      name: 'one prefix in the place of another, beside keys that are right',
      rows: [...each(8, (id) => `upload/${id}`), ...each(4, (id) => `new/${id}`)],
      files: [...each(8, (id) => `data/${id}`), ...each(4, (id) => `new/${id}`)],
      suggestion: ['regex'],
    },
  ])('$name', async ({ rows, files, suggestion }) => {
    await bed.given(rows, files)
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toHaveLength(1)
    const [diagnosis] = seen.diagnoses ?? []
    const missing = seen.subjects['missing']
    expect(diagnosis?.summary).toMatch(
      new RegExp(`^${missing} of ${missing} missing keys are in .*: (a rewrite is|rewrites are) missing$`, 's'),
    )
    const { rewrite } = parse((diagnosis?.suggestion ?? '').replaceAll('$${', '${'))
    expect(rewrite.flatMap((op: object) => Object.keys(op))).toEqual(suggestion)
    expect((await see(bed.world, { ...CHECK, rewrite }, LISTED)).told).toEqual([])
  })

  test('what the check rewrites already stays, and the rest comes behind it', async () => {
    await bed.given(
      each(8, (id) => `https://cdn.example.org/media/${id}`),
      ids(8),
    )
    const seen = await see(bed.world, { ...CHECK, rewrite: [{ url_path: true }] }, LISTED)
    expect(parse(seen.diagnoses?.[0]?.suggestion ?? '')).toEqual({
      rewrite: [{ url_path: true }, { strip_prefix: 'media/' }],
    })
  })

  test('a rewrite that would break as much is told and not offered', async () => {
    await bed.given([...many(8), 'right', 'x/right'], [...many(8, 'data/'), 'right', 'x/right'])
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: expect.stringMatching(/; it would change 2 keys that are right now$/) }])
  })

  test('names that are alike are not one file where sizes differ', async () => {
    await bed.given([], many(8, 'b/'))
    await bed.database.client.query('insert into sized (path, bytes) select unnest($1::text[]), 7', [many(8, 'a/')])
    const rows = { connection: 'main', sql: 'select path, bytes from sized', key: 'path', size: 'bytes' }
    const seen = await see(bed.world, { ...CHECK, rows }, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 8 entries without a row lie below "b/"' }])
    const near = { ...rows, size: { column: 'bytes', tolerance: '6B' } }
    expect((await see(bed.world, { ...CHECK, rows: near }, LISTED)).diagnoses?.[0]?.summary).toMatch(/^8 of 8/)
  })

  test('less than half of what is missing explains nothing', async () => {
    await bed.given([...many(4, 'a/'), ...each(6, (id) => `c/${id}`)], many(4, 'b/'))
    expect((await see(bed.world, CHECK, LISTED)).diagnoses).toBeUndefined()
  })
})

describe('what findings have in common', () => {
  test('a directory holds nine of ten', async () => {
    const rows = [...many(30, 'a/b/'), ...many(2, 'c/'), ...many(30, 'd/x')]
    await bed.given(rows, many(30, 'd/x'))
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([
      { summary: expect.stringMatching(/^30 of 32 missing keys lie below "a\/b\/", and every/) },
    ])
  })

  test('no directory is told in which nearly all keys are', async () => {
    await bed.given([...many(40, 'a/'), 'b'], [...many(35, 'a/'), 'b'])
    expect((await see(bed.world, CHECK, LISTED)).diagnoses).toBeUndefined()
  })

  test('an extension', async () => {
    const rows = ids(20).flatMap((id) => [`${id}.jpg`, `${id}.webp`])
    await bed.given(
      rows,
      rows.filter((row) => row.endsWith('jpg')),
    )
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 20 missing keys end in ".webp"' }])
  })

  test('a time from which on', async () => {
    await bed.given([], many(12))
    const rows = many(24).map((path, index) => [path, `2024-${String(Math.floor(index / 2) + 1).padStart(2, '0')}-05`])
    for (const row of rows) await bed.database.client.query('insert into sized (path, made) values ($1, $2)', row)
    const timed = { connection: 'main', sql: 'select path, made from sized', key: 'path', time: 'made' }
    const seen = await see(bed.world, { ...CHECK, rows: timed }, LISTED)
    expect(seen.diagnoses).toEqual([{ summary: 'All 12 missing keys belong to rows of 2024-07 or later' }])
  })

  test('a store the rows do not name', async () => {
    await bed.given([], many(6), many(9, 'x'))
    await bed.database.client.query("insert into files (path, place) select unnest($1::text[]), 'a'", [many(6)])
    await bed.database.client.query("insert into files (path, place) select unnest($1::text[]), 'a'", [many(9, 'x')])
    const check = { rows: { ...ROWS, store: 'place' }, stores: { a: 'uploads', b: 'old' } }
    const seen = await see(bed.world, check, LISTED)
    expect(seen.diagnoses).toEqual([
      {
        summary: 'uploads: 9 of 9 missing keys are in old, where no row expects them: the rows name the wrong store',
      },
    ])
  })

  test('another spelling', async () => {
    const rows = each(9, (id) => `IMG_${id}.jpg`)
    await bed.given(
      rows,
      rows.map((row) => row.toLowerCase()),
    )
    const seen = await see(bed.world, CHECK, LISTED)
    expect(seen.diagnoses).toEqual([
      { summary: expect.stringMatching(/^All 9 .*under another name: another letter case$/) },
    ])
  })
})

describe('what sizes have in common', () => {
  const rows = { connection: 'main', sql: 'select path, bytes, sha from sized', key: 'path', size: 'bytes' }
  const sized = async (files: readonly (readonly [declared: string, actual: number])[]) => {
    await bed.given([], [])
    for (const [index, [declared, actual]] of files.entries()) {
      bed.tree.put(`f${index}`, 'x'.repeat(actual))
      await bed.database.client.query('insert into sized (path, bytes, sha) values ($1, $2, md5($1))', [
        `f${index}`,
        declared,
      ])
    }
  }
  const numbers = ids(12).map((id) => (Number.parseInt(id, 16) % 9000) * 37 + 3000)

  test.each([
    { name: 'empty', actual: () => 0, says: /^All 12 keys of another size are empty/ },
    { name: 'pointers', actual: (size: number) => 125 + String(size).length, says: /Git LFS pointer/ },
    { name: 'one page', actual: () => 162, says: /have one size, 162 bytes/ },
    { name: 'a header', actual: (size: number) => size + 28, says: /larger by the same 28 bytes/ },
  ])('$name', async ({ actual, says }) => {
    await sized(numbers.map((size) => [String(size), actual(size)]))
    const seen = await see(bed.world, { ...CHECK, rows })
    expect(seen.diagnoses).toEqual([{ summary: expect.stringMatching(says) }])
  })

  test.each([
    { name: 'kB with two digits', declared: (size: number) => (size / 1000).toFixed(2), unit: 'kB', tolerance: '5B' },
    { name: 'whole KiB', declared: (size: number) => String(Math.ceil(size / 1024)), unit: 'KiB', tolerance: '1024B' },
    { name: 'exact KiB', declared: (size: number) => (size / 1024).toFixed(12), unit: 'KiB', tolerance: undefined },
  ])('another unit: $name', async ({ declared, unit, tolerance }) => {
    await sized(numbers.map((size) => [declared(size), size]))
    const seen = await see(bed.world, { ...CHECK, rows })
    expect(seen.subjects['size_mismatch']).toBe(12)
    const { size } = parse(seen.diagnoses?.[0]?.suggestion ?? '')
    expect(size).toMatchObject({ column: 'bytes', unit, ...(tolerance === undefined ? {} : { tolerance }) })
    expect((await see(bed.world, { ...CHECK, rows: { ...rows, size } })).told).toEqual([])
  })

  test('sizes that differ at random get no diagnosis', async () => {
    await sized(numbers.map((size, index) => [String(size), (size * (index + 3)) % 4001]))
    expect((await see(bed.world, { ...CHECK, rows })).diagnoses).toBeUndefined()
  })

  test('no content has the declared checksum', async () => {
    await sized(numbers.map((size) => [String(size), size]))
    const checksum = { column: 'sha', algorithm: 'md5' }
    const seen = await see(bed.world, { ...CHECK, rows: { ...rows, checksum }, verify: { checksum: 'all' } })
    expect(seen.diagnoses).toEqual([
      { summary: expect.stringMatching(/^None of 12 contents has the declared checksum/) },
    ])
  })
})

test('of two names as near as each other none is taken for the missing one', async () => {
  await bed.given(['A.txt', 'a b.txt'], ['a.TXT', 'a.Txt', 'a_b.txt'])
  const seen = await see(bed.world, CHECK, LISTED)
  expect(seen.told.filter((told) => told.startsWith('renamed'))).toEqual(['renamed a b.txt'])
})
