/** One check in two sittings, the first of which ends in the middle: what it came to is that of one sitting. */
import { createHash } from 'node:crypto'
import { appendFileSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from 'vitest'
import { readLedger } from '../../../src/kinds/artifacts/ledger.js'
import type { Part } from '../../../src/kinds/kind.js'
import { afterPrefix, keyFromJson, keyFromLatin1, keyFromText, keyToJson } from '../../../src/lib/key.js'
import type { Store } from '../../../src/stores/store.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { createTree, type Tree } from './tree.js'
import { contextOf, openWorld, see, type World } from './world.js'

let database: TestDatabase
let tree: Tree
let world: World
let dir: string

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex')
const names = Array.from({ length: 400 }, (_, index) => `d${index % 7}/f${String(index).padStart(4, '0')}`)

beforeAll(async () => {
  database = await createDatabase()
  await database.client.query('create table files (path text, size bigint, sum text)')
})
afterAll(() => database.drop())
beforeEach(async () => {
  tree = createTree(Object.fromEntries(names.filter((_, index) => index % 9 !== 0).map((name) => [name, name])))
  world = openWorld({
    main: { type: 'postgres', url: database.url },
    uploads: { type: 'files', root: tree.root },
  })
  dir = mkdtempSync(join(tmpdir(), 'postflight-test-'))
  await database.client.query('truncate files')
  const rows = names.filter((_, index) => index % 11 !== 0)
  await database.client.query('insert into files select * from unnest($1::text[], $2::bigint[], $3::text[])', [
    rows,
    rows.map((name, index) => name.length + (index % 13 === 0 ? 1 : 0)),
    rows.map((name, index) => sha256(index % 17 === 0 ? 'another' : name)),
  ])
  onTestFinished(async () => {
    await world.close()
    tree.remove()
    rmSync(dir, { recursive: true, force: true })
  })
})

const FIELDS = {
  rows: {
    connection: 'main',
    sql: 'select * from files',
    key: 'path',
    size: 'size',
    checksum: { column: 'sum', algorithm: 'sha256', encoding: 'hex' },
  },
  store: 'uploads',
}
const EXPECT = { duplicate_refs: 0, orphaned: 0 }

interface Sitting {
  /** Ends the sitting, as if the process were gone, when so many entries were listed or contents read. */
  readonly listed?: number
  readonly opened?: number
  readonly checkpoints?: string | undefined
  /** What cannot be listed: told when the listing gets there, as stores do. */
  readonly hidden?: string
  readonly budget?: string
  readonly part?: Part
}

/** The store of the check, with few entries a page, counting what is asked of it. */
function watched(
  store: Store,
  { listed = Number.POSITIVE_INFINITY, opened = Number.POSITIVE_INFINITY, hidden }: Sitting,
) {
  const asked = { entries: 0, contents: [] as string[] }
  const { digester: _, ...plain } = store
  const inner: Store = {
    ...plain,
    list: async function* (options) {
      const from = keyFromText(hidden ?? '')
      const to = afterPrefix(from)
      let told = hidden === undefined || (to !== undefined && options.after !== undefined && options.after >= to)
      for await (const page of store.list(options)) {
        for (let at = 0; at < page.entries.length; at += 10) {
          if (asked.entries >= listed) throw new Error('killed')
          const all = page.entries.slice(at, at + 10)
          const entries = all.filter(({ key }) => hidden === undefined || !key.startsWith(from))
          asked.entries += entries.length
          const gaps =
            told || !all.some(({ key }) => key >= from)
              ? []
              : [{ from, to, code: 'forbidden', reason: 'closed' } as const]
          if (gaps.length > 0) told = true
          yield { entries, gaps }
        }
      }
    },
    open: async (key, options) => {
      if (asked.contents.length >= opened) throw new Error('killed')
      asked.contents.push(key)
      return store.open(key, options)
    },
  }
  return { inner, asked }
}

async function sit(sitting: Sitting = {}) {
  const { connections } = contextOf(world)
  const { inner, asked } = watched(connections.store('uploads'), sitting)
  let time = 0
  const context = {
    connections: { ...connections, store: () => inner },
    // A second goes by with every look at the clock, so that nothing waits to be written.
    now: () => {
      time += 1000
      return new Date(time)
    },
    checkpoints: sitting.checkpoints,
    part: sitting.part,
  }
  const verify = { checksum: 'all', ...(sitting.budget === undefined ? {} : { budget: sitting.budget }) }
  const seen = await see(world, { ...FIELDS, verify }, { expect: EXPECT, context }).catch((error: Error) => {
    if (error.message !== 'killed') throw error
  })
  return { seen, asked }
}

const came = ({ seen }: Awaited<ReturnType<typeof sit>>) => ({
  subjects: seen?.subjects,
  findings: seen?.findings,
  diagnoses: seen?.diagnoses,
  gaps: seen?.gaps,
})
const checkpoints = () => join(dir, 'it')

test.each([10, 90, 200, 350])('listing goes on behind %i entries', async (listed) => {
  const undisturbed = await sit()
  const first = await sit({ listed, checkpoints: checkpoints() })
  expect(first.seen).toBeUndefined()
  const second = await sit({ checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
  expect(second.asked.entries).toBeLessThanOrEqual(undisturbed.asked.entries - listed + 20)
  expect(second.seen?.notes?.join()).toContain('went on in uploads behind "d')
})

test.each([1, 100, 250])('of contents %i were read, and none is read again', async (opened) => {
  const undisturbed = await sit()
  const first = await sit({ opened, checkpoints: checkpoints() })
  expect(first.seen).toBeUndefined()
  const second = await sit({ checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
  // Those read when it ended are not known to be right, and findings are looked at again as always.
  const again = second.asked.contents.filter((key) => first.asked.contents.includes(key))
  expect(again.length).toBeLessThan(40 + Number(undisturbed.seen?.subjects['checksum_mismatch']))
})

test('a row below what was settled that says something else begins the listing again, and is seen', async () => {
  await sit({ listed: 200, checkpoints: checkpoints() })
  await database.client.query("update files set size = size + 1 where path = 'd0/f0007'")
  const undisturbed = await sit()
  const second = await sit({ checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
  expect(second.asked.entries).toBe(undisturbed.asked.entries)
  expect(second.seen?.notes?.join()).toContain('again from the beginning')
})

test('so does a row that is new there', async () => {
  await sit({ listed: 200, checkpoints: checkpoints() })
  await database.client.query("insert into files values ('a-new-one', 1, '')")
  const second = await sit({ checkpoints: checkpoints() })
  expect(second.seen?.told).toContain('missing a-new-one')
})

test('a row behind it changes nothing', async () => {
  await sit({ listed: 200, checkpoints: checkpoints() })
  await database.client.query("insert into files values ('z-new-one', 1, '')")
  const second = await sit({ checkpoints: checkpoints() })
  expect(second.seen?.told).toContain('missing z-new-one')
  expect(second.seen?.notes?.join()).toContain('went on in uploads')
})

test('a content whose row declares another checksum now is read again', async () => {
  await sit({ opened: 250, checkpoints: checkpoints() })
  await database.client.query("update files set sum = $1 where path = 'd2/f0002'", [sha256('something else')])
  const undisturbed = await sit()
  const second = await sit({ checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
  expect(second.seen?.told).toContain('checksum_mismatch d2/f0002')
})

test('what is torn at its end, or is nonsense, is looked at again', async () => {
  const undisturbed = await sit()
  await sit({ opened: 100, checkpoints: checkpoints() })
  for (const name of readdirSync(checkpoints())) appendFileSync(join(checkpoints(), name), Buffer.alloc(100, 7))
  expect(came(await sit({ opened: 200, checkpoints: checkpoints() }))).toEqual({})
  for (const name of readdirSync(checkpoints())) writeFileSync(join(checkpoints(), name), Buffer.alloc(100, 7))
  expect(came(await sit({ checkpoints: checkpoints() }))).toEqual(came(undisturbed))
})

test.each([120, 300])('a part that cannot be listed is met again, killed behind %i entries', async (listed) => {
  const undisturbed = await sit({ hidden: 'd3/' })
  await sit({ hidden: 'd3/', listed, checkpoints: checkpoints() })
  const second = await sit({ hidden: 'd3/', checkpoints: checkpoints() })
  expect(second.seen?.gaps?.join()).toContain('closed')
  expect(came(second)).toEqual(came(undisturbed))
})

test.each([20, 150])('a budget holds over both sittings, %i contents in the first', async (opened) => {
  const undisturbed = await sit({ budget: '2000B' })
  expect(undisturbed.seen?.subjects['unverifiable']).toBeGreaterThan(0)
  await sit({ budget: '2000B', opened, checkpoints: checkpoints() })
  const second = await sit({ budget: '2000B', checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
})

test.each([1, 2])('part %i of 2 goes on as well', async (number) => {
  const part = { number, of: 2 }
  const undisturbed = await sit({ part })
  await sit({ part, listed: 90, checkpoints: checkpoints() })
  const second = await sit({ part, checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
  expect(second.seen?.notes?.join()).toContain('went on in uploads')
})

test('where keys are cut elsewhere meanwhile, what lies between is not passed by', async () => {
  const part = { number: 2, of: 2 }
  const first = await sit({ part })
  const ledger = readLedger(first.seen?.part?.ledger, part)
  const [store] = ledger.stores
  const cut = keyFromJson(store?.cuts?.[0] ?? { key: '' })
  await sit({ part, listed: 90, checkpoints: checkpoints() })
  await database.client.query('delete from files where path = $1', [cut])
  const like = { ...ledger, stores: [{ ...store, cuts: [keyToJson(keyFromLatin1(cut.slice(0, -1)))] }] }
  const undisturbed = await sit({ part: { ...part, like } })
  expect(undisturbed.seen?.told).toContain(`orphaned ${cut}`)
  const second = await sit({ part: { ...part, like }, checkpoints: checkpoints() })
  expect(came(second)).toEqual(came(undisturbed))
})

test('where nothing can be kept the check goes on, and says so', async () => {
  const undisturbed = await sit()
  const file = join(dir, 'file')
  writeFileSync(file, '')
  const ran = await sit({ checkpoints: join(file, 'it') })
  expect(came(ran)).toEqual(came(undisturbed))
  expect(ran.seen?.notes?.join()).toContain('how far it got is not kept: ENOTDIR')
})
