// Rows are read no further than it takes to tell; what is said is what counting all of them would say.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { commonDirectory, extensionOf } from '../../../src/compare/plausibility.js'
import { encodeRow } from '../../../src/kinds/artifacts/claim.js'
import { commonPlace } from '../../../src/kinds/artifacts/common-place.js'
import { createResidues } from '../../../src/kinds/artifacts/residue.js'
import type { StoreRun } from '../../../src/kinds/artifacts/store-run.js'
import { emptyTally } from '../../../src/kinds/artifacts/store-run.js'
import { type Key, keyFromText, keyToText } from '../../../src/lib/key.js'
import { createSpool, type SortedSpool } from '../../../src/lib/spool.js'

let dir: string
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'postflight-common-'))
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

interface Row {
  readonly key: string
  readonly month?: string
  readonly explains?: boolean
}

const SHARING = {
  directory: (key: string) => key.startsWith('a/b/'),
  extension: (key: string) => key.endsWith('.webp'),
  month: (_: string, month: string) => month === '2024-11',
  since: (_: string, month: string) => month >= '2024-11',
  until: (_: string, month: string) => month !== '' && month < '2019-03',
}

interface Plan {
  readonly rows: readonly Row[]
  /** Which of their keys are missing, ascending; more of those there are that have this in common. */
  readonly missing: readonly number[]
  readonly more?: { readonly sharing: keyof typeof SHARING; readonly count: number }
  readonly gap: boolean
  readonly onDisk?: boolean
}

async function said(
  { rows, missing, more, gap, onDisk = true }: Plan,
  watch: (claims: SortedSpool) => SortedSpool = (claims) => claims,
) {
  const spool = createSpool({ dir, ...(onDisk ? { runBytes: 8000 } : {}) })
  const residues = createResidues(dir)
  for (const { key, month = '', explains } of rows) {
    await spool.add(keyFromText(key), encodeRow({ as: explains ? 'explained' : 'row', size: '', digest: '', month }))
  }
  const claimed = claimsOf(rows)
  const shared = claimed.flatMap(([key, month], at) => (more && SHARING[more.sharing](key, month) ? [at] : []))
  const all = [...missing.map((one) => one % Math.max(claimed.length, 1)), ...shared.slice(0, more?.count ?? 0)]
  for (const at of new Set(all)) {
    const [key, month] = claimed[at] ?? []
    if (key !== undefined) await residues.add(key, { finding: 'missing', ...(month ? { month } : {}) })
  }
  await residues.finish()
  const claims = await spool.finish()
  const run = {
    claims: watch(claims),
    bounds: claims.bounds,
    residues,
    gaps: gap ? ['a directory could not be listed'] : [],
    tally: { ...emptyTally(), examined: gap ? Math.floor(claimed.length / 2) : claimed.length },
  } satisfies Partial<StoreRun> as unknown as StoreRun
  try {
    const found: string[] = []
    for await (const page of residues.read('missing')) found.push(...page.map(({ key }) => key))
    return { said: (await commonPlace(run, 'missing', false)).map(({ summary }) => summary), found, claimed }
  } finally {
    await claims.close()
    await residues.close()
  }
}

/** Keys of rows with the first month their rows tell. */
function claimsOf(rows: readonly Row[]): readonly (readonly [Key, string])[] {
  const months = new Map<Key, string>()
  for (const { key, month = '', explains } of rows) {
    const bytes = keyFromText(key)
    if (!explains) months.set(bytes, months.get(bytes) || month)
  }
  return [...months].sort(([a], [b]) => (a < b ? -1 : 1))
}

/** The same by counting all there is. */
function model(found: readonly string[], claimed: readonly (readonly [Key, string])[]): string[] {
  const total = found.length
  if (total === 0) return []
  const months = new Map(claimed)
  const all = claimed.length
  const tells = (holds: (key: Key, month: string) => boolean) => {
    const part = found.filter((key) => holds(key as Key, months.get(key as Key) ?? '')).length
    const of = claimed.filter(([key, month]) => holds(key, month)).length
    return part * 10 >= total * 9 && (of / all) ** total <= 0.05 ? { part, of } : undefined
  }
  const words = (part: number) => `${part === total ? `All ${total}` : `${part} of ${total}`} missing keys`
  const told: string[] = []
  let directory = commonDirectory(
    found[Math.floor(total * 0.1)] as Key,
    found[Math.min(Math.floor(total * 0.9), total - 1)] as Key,
  ) as string
  while (directory !== '' && found.filter((key) => key.startsWith(directory)).length * 10 < total * 9) {
    directory = directory.slice(0, directory.slice(0, -1).lastIndexOf('/') + 1)
  }
  const below = directory === '' ? undefined : tells((key) => key.startsWith(directory))
  if (below !== undefined) {
    const nothing = below.part === below.of ? ', and every key expected there is missing' : ''
    told.push(`${words(below.part)} lie below "${keyToText(directory as Key)}"${nothing}`)
  }
  const extension = commonest(found.map((key) => extensionOf(key as Key)))
  const ended = extension === '' ? undefined : tells((key) => extensionOf(key) === extension)
  if (ended !== undefined) told.push(`${words(ended.part)} end in "${extension}"`)
  const dated = found.map((key) => months.get(key as Key) ?? '')
  const month = commonest(dated)
  const inMonth = month === '' ? undefined : tells((_, own) => own === month)
  const [first, last] = [[...dated].sort()[0] ?? '', [...dated].sort().at(-1) ?? '']
  const isDated = !dated.includes('')
  if (inMonth !== undefined) told.push(`${words(inMonth.part)} belong to rows of ${month}`)
  else if (isDated && tells((_, own) => own >= first)) told.push(`${words(total)} belong to rows of ${first} or later`)
  else if (isDated && tells((_, own) => own <= last)) told.push(`${words(total)} belong to rows of ${last} or earlier`)
  return told
}

function commonest(values: readonly string[]): string {
  const counts = new Map<string, number>()
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1)
  return [...counts].reduce(
    ([best, most], [value, count]) => (count > most ? [value, count] : [best, most]),
    ['', 0],
  )[0]
}

const key = fc
  .tuple(
    fc.constantFrom('', 'a/', 'a/b/', 'a/b-c/', 'a/b/c/', 'a!', 'z/', '/', 'ü/'),
    fc.nat(200),
    fc.constantFrom('.jpg', '.jpg', '.jpg', '.webp', ''),
  )
  .map((parts) => parts.join(''))
const month = fc.constantFrom('2019-01', '2019-02', '2020-05', '2024-11', '2024-12')
const row = (dated: boolean) => fc.record({ key, explains: fc.constant(false), ...(dated ? { month } : {}) })
const explained = fc.record({ key, explains: fc.constant(true) })
const plan: fc.Arbitrary<Plan> = fc.record({
  rows: fc
    .tuple(
      fc.boolean().chain((dated) => fc.array(row(dated), { maxLength: 150, size: 'max' })),
      fc.array(explained, { maxLength: 10 }),
    )
    .map((both) => both.flat()),
  missing: fc.oneof(
    fc.constant([]),
    fc.array(fc.nat(150), { maxLength: 2 }),
    // Beside each other, so that they lie in one directory.
    fc.tuple(fc.nat(150), fc.nat(25)).map(([from, count]) => Array.from({ length: count }, (_, index) => from + index)),
  ),
  more: fc.record({
    sharing: fc.constantFrom(
      'directory' as const,
      'extension' as const,
      'month' as const,
      'since' as const,
      'until' as const,
    ),
    count: fc.nat(40),
  }),
  gap: fc.boolean(),
  onDisk: fc.nat(9).map((one) => one === 0),
})

const WORDS = ['every key', 'lie below', 'end in', 'or later', 'or earlier', 'rows of']

test('any rows and any of them missing', async () => {
  const told = new Set<string | undefined>()
  await fc.assert(
    fc.asyncProperty(plan, async (one) => {
      const seen = await said(one)
      expect(seen.said).toEqual(model(seen.found, seen.claimed))
      for (const words of seen.said) told.add(WORDS.find((one) => words.includes(one)))
    }),
    { numRuns: 600 },
  )
  expect([...told].sort()).toEqual(WORDS.toSorted())
})

test('where parts are put together, whose rows nobody has, nothing is rare', async () => {
  const rows = Array.from({ length: 40 }, (_, n) => ({ key: `${n < 20 ? 'a/' : ''}${n}` }))
  const missing = Array.from({ length: 12 }, (_, n) => n + 20)
  const none = (claims: SortedSpool): SortedSpool => ({ ...claims, count: 0, read: async function* () {} })
  expect((await said({ rows, missing, gap: false })).said).toHaveLength(1)
  expect((await said({ rows, missing, gap: false }, none)).said).toEqual([])
})

describe('how many rows are read for it', () => {
  const rows = Array.from({ length: 4000 }, (_, n) => ({
    key: `${n % 2 === 0 ? 'a' : 'b'}/${n}${n < 20 ? '.webp' : '.jpg'}`,
  }))
  const at = (name: (key: string) => boolean) => claimsOf(rows).flatMap(([one], index) => (name(one) ? [index] : []))

  async function counted(one: Plan) {
    let read = 0
    const watch = (claims: SortedSpool): SortedSpool => ({
      ...claims,
      read: async function* (range) {
        for await (const page of claims.read(range)) {
          read += page.length
          yield page
        }
      },
    })
    const seen = await said(one, watch)
    return { read, said: seen.said }
  }

  test('none where findings have nothing in common', async () => {
    const mixed = rows.map(({ key: path }, n) => ({ key: n % 2 === 0 ? path : path.replace('.jpg', '.png') }))
    const { read, said: told } = await counted({ rows: mixed, missing: [1, 2000, 2500, 3000, 3500, 3999], gap: false })
    expect([read, told]).toEqual([0, []])
  })

  test('none where all keys lie in the directory that findings have in common', async () => {
    const all = rows.map(({ key: path }) => ({ key: `up/${path.replace('.jpg', '')}` }))
    const { read } = await counted({ rows: all, missing: [1, 700, 1500, 2500, 3500, 3900], gap: false })
    expect(read).toBe(0)
  })

  test('those of the directory', async () => {
    const few = [...rows, ...Array.from({ length: 30 }, (_, n) => ({ key: `c/${n}` }))]
    const missing = Array.from({ length: 10 }, (_, n) => 4000 + n * 2)
    const { read, said: told } = await counted({
      rows: few.map(({ key: path }) => ({ key: path.replace(/\..*/, '') })),
      missing,
      gap: false,
    })
    expect(told).toEqual(['All 10 missing keys lie below "c/"'])
    expect(read).toBe(30)
  })

  test.each(['jpg', 'webp'])('enough to tell an extension that comes in turn with another: %s', async (extension) => {
    const pairs = Array.from({ length: 4000 }, (_, n) => ({
      key: `a/${String(n >> 1).padStart(6, '0')}.${n % 2 === 0 ? 'jpg' : 'webp'}`,
    }))
    const missing = Array.from({ length: 20 }, (_, n) => 200 * n + (extension === 'jpg' ? 0 : 1))
    const { said: told } = await counted({ rows: pairs, missing, gap: false, onDisk: false })
    expect(told).toEqual([`All 20 missing keys end in ".${extension}"`])
  })

  test('a part of them where an extension is rare', async () => {
    const { read, said: told } = await counted({ rows, missing: at((one) => one.endsWith('.webp')), gap: false })
    expect(told).toEqual(['All 20 missing keys end in ".webp"'])
    expect(read).toBeLessThan(2000)
  })
})
