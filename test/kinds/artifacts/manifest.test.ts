// A directory that is recorded on the old host, and held against its manifest on the new one.
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Context } from '../../../src/kinds/kind.js'
import { type Key, keyFromText } from '../../../src/lib/key.js'
import { holdAgainst, take } from '../../snapshot/record.js'
import { directoryOf } from '../../support/run-cli.js'
import { createTree, type Tree } from './tree.js'
import { openWorld, see, seeAgain } from './world.js'

let place: ReturnType<typeof directoryOf>
let before: Tree
let after: Tree
beforeEach(() => {
  place = directoryOf()
  before = createTree()
  after = createTree()
})
afterEach(() => {
  place.remove()
  before.remove()
  after.remove()
})

const KEYS = ['2019/a b.txt', '2019/ä/😀', '2020/1.txt', '2020/2.txt', '2020/3.txt', 'new\nline', 'caf\xe9.txt']

function fill(keys: readonly string[] = KEYS): void {
  for (const key of keys)
    for (const tree of [before, after])
      tree.put(key === 'caf\xe9.txt' ? (key as Key) : keyFromText(key), `of ${key.length}`)
}

function checks(fields: string, { root = before.root, connection = '' } = {}): void {
  writeFileSync(
    join(place.path, 'postflight.yaml'),
    `version: 1
name: shop
connections: { uploads: { type: files, root: ${root} }${connection} }
defaults: { owner: team-shop, severity: high, remediation: Copy them. }
checks:
  - { id: kept, kind: artifacts, store: uploads, ${fields} }
`,
  )
}

const here = () => ({ cwd: place.path, env: {} })
const NAMES = 'manifest: {}'
/** Contents, too. */
const ALL = 'manifest: { checksum: sha256 }, verify: { checksum: all }'

async function moved(fields = NAMES, flags: Parameters<typeof holdAgainst>[1] = {}) {
  checks(fields, { root: after.root })
  const held = await holdAgainst(here(), flags)
  return {
    ...held,
    end: held.ends['kept'],
    told: (held.findings['kept'] ?? []).map((one) => `${one.finding} ${one.key}`),
  }
}

async function recorded(fields = NAMES): Promise<void> {
  checks(fields)
  const taken = await take(here(), { force: true })
  expect(taken.refused).toBeUndefined()
  expect(taken.code).toBe(0)
}

describe('a directory that was moved well', () => {
  it('is as it was recorded, whatever its names', async () => {
    fill()
    await recorded(ALL)
    const { code, end, told } = await moved(ALL)
    expect(told).toEqual([])
    expect(end).toMatchObject({ outcome: 'pass', subjects: { rows: 7, entries: 7, matched: 7, verified: 7 } })
    expect(code).toBe(0)
  })

  it('may lie under other names, which may be said after it was recorded', async () => {
    fill(['2019/a', '2019/b', '2020/c'])
    await recorded()
    rmSync(after.root, { recursive: true })
    for (const key of ['2019/a', '2019/b', '2020/c']) after.put(`v2/${key}`, `of ${key.length}`)
    const wrong = await moved()
    expect(wrong.end?.counts).toMatchObject({ missing: 3, orphaned: 3 })
    expect(wrong.end?.diagnoses?.[0]?.suggestion).toContain('add_prefix: "v2/"')
    expect((await moved(`${NAMES}, rewrite: [{ add_prefix: v2/ }]`)).end?.outcome).toBe('pass')
  })

  it('is not read where only names and sizes were recorded', async () => {
    fill()
    await recorded('manifest: {}')
    after.put('2020/1.txt', 'of XX')
    const { end } = await moved('manifest: {}')
    expect(end).toMatchObject({ outcome: 'pass', unasked: expect.arrayContaining(['verified']) })
  })

  it('has links that led nowhere then, and still do', async () => {
    fill()
    for (const { root } of [before, after]) symlinkSync('nowhere', join(root, 'broken'))
    await recorded()
    expect((await moved()).end?.outcome).toBe('pass')
  })

  it('may have lost what is ignored', async () => {
    fill()
    before.put('tmp/1', 'x')
    await recorded()
    expect((await moved()).told).toEqual(['missing tmp/1'])
    expect((await moved(`${NAMES}, ignore: ["tmp/**"]`)).end?.outcome).toBe('pass')
  })
})

describe('what is otherwise', () => {
  it('is told key by key, with a list', async () => {
    fill()
    await recorded(ALL)
    rmSync(after.path('2019/a b.txt'))
    after.put('2020/1.txt', 'longer than it was')
    after.put('2020/2.txt', 'of XX')
    after.put('2021/new', 'x')
    const { code, told } = await moved(ALL, { findings: 'found' })
    expect(told.toSorted()).toEqual([
      'checksum_mismatch 2020/2.txt',
      'missing 2019/a b.txt',
      'orphaned 2021/new',
      'size_mismatch 2020/1.txt',
    ])
    expect(code).toBe(1)
    expect(readFileSync(join(place.path, 'found/kept.missing.txt'), 'utf8')).toBe('2019/a b.txt\n')
  })

  it('only warns where it is new', async () => {
    fill()
    await recorded()
    after.put('2021/new', 'x')
    expect((await moved()).end).toMatchObject({ outcome: 'warn', counts: { orphaned: 1 } })
  })

  it('has one cause where a whole directory was left behind', async () => {
    fill(Array.from({ length: 60 }, (_, n) => `${n % 10 === 0 ? '2017' : '2018'}/${n}`))
    await recorded()
    rmSync(join(after.root, '2017'), { recursive: true })
    expect((await moved()).end?.diagnoses).toEqual([
      { summary: 'All 6 missing keys lie below "2017/", and every key expected there is missing' },
    ])
  })

  it('is found again where it can be had', async () => {
    fill()
    await recorded()
    rmSync(after.path('2020/1.txt'))
    checks(`${NAMES}, recover_from: [old]`, {
      root: after.root,
      connection: `, old: { type: files, root: ${before.root} }`,
    })
    const { findings } = await holdAgainst(here())
    expect(findings['kept']).toMatchObject([{ finding: 'missing', key: '2020/1.txt', recover_from: ['old'] }])
  })

  it('is told by every part of a divided run', async () => {
    fill(Array.from({ length: 100 }, (_, n) => `${n}`))
    await recorded()
    for (const name of ['11', '77']) rmSync(join(after.root, name))
    const parts = [await moved(NAMES, { shard: '1/2' }), await moved(NAMES, { shard: '2/2' })]
    expect(parts.flatMap(({ told }) => told).toSorted()).toEqual(['missing 11', 'missing 77'])
    expect(parts.map(({ end }) => end?.subjects['rows']).reduce((a, b) => Number(a) + Number(b), 0)).toBe(100)
  })
})

describe('no green about what was not looked at', () => {
  it('an old directory that is empty is not recorded', async () => {
    checks(NAMES)
    const taken = await take(here())
    expect(taken.code).toBe(3)
    expect(taken.stdout).toContain('has nothing to be recorded')
    fill()
    expect((await moved()).end).toMatchObject({ outcome: 'error' })
  })

  it('a new one that is empty lacks all of it', async () => {
    fill()
    await recorded()
    rmSync(after.root, { recursive: true })
    mkdirSync(after.root)
    expect((await moved()).end?.counts).toMatchObject({ missing: 7 })
  })

  it('a new one that is not there is an error', async () => {
    fill()
    await recorded()
    rmSync(after.root, { recursive: true })
    expect((await moved()).end?.outcome).toBe('error')
  })

  it.each([
    ['checksums that were not recorded', 'manifest: {}', ALL, 'taken without checksums'],
    ['another part of it', NAMES, `${NAMES}, scope: { prefix: 2020/ }`, 'is about the keys below "2020/"'],
    [
      'another sample',
      'manifest: { checksum: md5 }, verify: { checksum: { sample: 1/2 } }',
      'manifest: { checksum: md5 }, verify: { checksum: { sample: 2/2 } }',
      'of another sample, 1/2',
    ],
  ])('a check that asks of a record %s', async (_, then, now, message) => {
    fill()
    await recorded(then)
    expect((await moved(now)).end).toMatchObject({ outcome: 'error', message: expect.stringContaining(message) })
  })

  it('a sample is held against the same sample', async () => {
    fill(Array.from({ length: 40 }, (_, n) => `${n}`))
    const half = 'manifest: { checksum: md5 }, verify: { checksum: { sample: 1/2 } }'
    await recorded(half)
    const { end } = await moved(half)
    expect(end?.outcome).toBe('pass')
    expect(Number(end?.subjects['verified'])).toBeGreaterThan(5)
    expect(Number(end?.subjects['verified'])).toBeLessThan(35)
  })

  it('without a record it is an error, and without one on purpose it is skipped', async () => {
    fill()
    expect((await moved(NAMES, { baseline: undefined })).end?.outcome).toBe('error')
    const without = await moved(NAMES, { baseline: undefined, 'no-baseline': true })
    expect(without.end).toMatchObject({ outcome: 'skip' })
  })

  it('a key that holds a secret is not recorded', async () => {
    fill(['a', 'of-hunter2hunter2'])
    const cache = ', cache: { type: redis, url: "redis://:${secret.word}@127.0.0.1" } }\nsecrets: { word: { env: WORD }'
    checks('manifest: {}', { connection: cache })
    const taken = await take({ cwd: place.path, env: { WORD: 'hunter2hunter2' } })
    expect(taken.refused).toBeUndefined()
    expect(taken.stdout).toContain('a key in')
    expect(taken.code).toBe(3)
    expect(readFileSync(join(place.path, 'before.snapshot')).includes('hunter2')).toBe(false)
  })
})

describe('a manifest in its record', () => {
  const file = () => readFileSync(join(place.path, 'before.snapshot'))
  const write = (bytes: Buffer) => writeFileSync(join(place.path, 'before.snapshot'), bytes)
  /** Where the manifest begins. */
  const partAt = () => {
    const head = file().toString('latin1', 0, 200).split('\n')
    return (head[0]?.length ?? 0) + (head[1]?.length ?? 0) + 2 + Number(head[1]?.split(' ')[0])
  }

  it('is the same file for the same directory', async () => {
    fill()
    await recorded()
    const part = file().subarray(partAt())
    await recorded()
    expect(file().subarray(partAt()).equals(part)).toBe(true)
    expect(part.length).toBeGreaterThan(50)
  })

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, -1), 'was cut short'],
    ['cut off', (bytes: Buffer, at: number) => bytes.subarray(0, at), 'was cut short'],
    ['made longer', (bytes: Buffer) => Buffer.concat([bytes, Buffer.from('x')]), 'more than was written'],
    [
      'altered in its first byte',
      (bytes: Buffer, at: number) => bytes.fill((bytes[at] ?? 0) ^ 1, at, at + 1),
      'what it keeps of "kept" does not have the digest',
    ],
    [
      'altered in its last byte',
      (bytes: Buffer) => bytes.fill((bytes.at(-1) ?? 0) ^ 1, bytes.length - 1),
      'what it keeps of "kept" does not have the digest',
    ],
  ])('is refused where it was %s', async (_, change, message) => {
    fill()
    await recorded()
    write(change(file(), partAt()))
    const { code, refused, events } = await moved()
    expect(code).toBe(2)
    expect(refused).toContain(message)
    expect(events).toEqual([])
  })

  it('cannot be put in the place of another where the record is signed', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    writeFileSync(join(place.path, 'key'), privateKey.export({ type: 'pkcs8', format: 'pem' }))
    writeFileSync(join(place.path, 'pub'), publicKey.export({ type: 'spki', format: 'pem' }))
    fill()
    checks(NAMES)
    await take(here(), { sign: 'key' })
    expect((await moved(NAMES, { 'verify-key': 'pub' })).end?.outcome).toBe('pass')
    const signed = file()
    const at = partAt()
    rmSync(before.path('2020/1.txt'))
    before.put('2020/x.txt', 'of 10')
    await recorded()
    const other = file()
    write(Buffer.concat([signed.subarray(0, at), other.subarray(partAt())]))
    expect((await moved(NAMES, { 'verify-key': 'pub' })).code).toBe(2)
    write(other)
    expect((await moved(NAMES, { 'verify-key': 'pub' })).refused).toContain('is not signed')
  })
})

describe('beside the engine', () => {
  const FIELDS = { store: 'uploads', manifest: { checksum: 'none' } }
  type Record_ = Extract<NonNullable<Context['record']>, { readonly kept: unknown }>

  async function recordOf(change: (context: Context) => Context = (context) => context): Promise<Record_> {
    const world = openWorld({ uploads: { type: 'files', root: before.root } })
    const part = join(place.path, 'part')
    try {
      const record = { take: true, part, holdsSecret: () => false } as const
      const base = { ...world.connections.seenFrom('local'), record }
      const { kept } = await see(world, FIELDS, { context: { ...base, ...change(base as unknown as Context) } })
      return {
        kept: kept ?? null,
        part: async function* () {
          yield readFileSync(part)
        },
      }
    } finally {
      await world.close()
    }
  }

  it('what could not be listed then is no orphan now, and the check says so', async () => {
    fill(['a', 'b', 'c'])
    after.put('b2', 'x')
    const record = await recordOf((context) => ({
      ...context,
      connections: {
        ...context.connections,
        store: (name) => {
          const store = context.connections.store(name)
          const gap = { from: keyFromText('b'), to: keyFromText('c'), code: 'forbidden', reason: 'not ours' } as const
          return {
            ...store,
            list: async function* (options) {
              for await (const { entries } of store.list(options))
                yield { gaps: [gap], entries: entries.filter(({ key }) => key !== 'b') }
            },
          }
        },
      },
    }))
    const world = openWorld({ uploads: { type: 'files', root: after.root } })
    try {
      const seen = await see(world, FIELDS, { context: { record } })
      expect(seen.told).toEqual([])
      expect(seen.gaps).toEqual(['not listed when it was recorded, from "b": not ours'])
    } finally {
      await world.close()
    }
  })

  it('a finding is looked at again beside the record', async () => {
    fill(['a', 'b'])
    const record = await recordOf()
    rmSync(join(after.root, 'b'))
    const world = openWorld({ uploads: { type: 'files', root: after.root } })
    try {
      const { findings } = await see(world, FIELDS, { context: { record } })
      const [still] = await seeAgain(world, FIELDS, findings, {}, { record })
      expect(still).toMatchObject({ stands: true, sides: [{ where: 'the record', there: true }, { there: false }] })
      after.put('b', 'of 1')
      expect(await seeAgain(world, FIELDS, findings, {}, { record })).toMatchObject([{ stands: false }])
    } finally {
      await world.close()
    }
  })
})
