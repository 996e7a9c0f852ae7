/** What is asked of the book, against the plainest way to answer it. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Finding } from '../../../src/kinds/kind.js'
import { keyFromBytes, keyFromJson, keyToJson } from '../../../src/lib/key.js'
import { escapeJson } from '../../../src/lib/text-escape.js'
import { type Book, type Group, type Query, SORTS } from '../../../src/tui/findings/book.js'
import { MOST_GROUPS } from '../../../src/tui/findings/group.js'
import { openLiveBook } from '../../../src/tui/findings/live.js'
import { openRecorded } from '../../../src/tui/findings/recorded.js'
import { bookOf, checkFinding, linesOf, runEnd, runStart } from '../../support/findings-book.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'asked-test-'))
})
afterAll(() => rm(dir, { recursive: true }))

const signal = new AbortController().signal
const looking = { signal }

const letters = fc.constantFrom(
  'a',
  'A',
  'b',
  '/',
  '/',
  'ß',
  'é',
  'É',
  'K',
  '\u212a',
  '"',
  '\\',
  '\n',
  '\u202e',
  '\ufffd',
  '\ufeff',
  'İ',
  '😀',
  '1',
  '.',
  '{',
)
const text = fc.array(letters, { maxLength: 8 }).map((parts) => parts.join(''))
const bytes = fc.array(fc.constantFrom(0x61, 0x41, 0x2f, 0xc3, 0xa9, 0xff, 0xef, 0x0a), { maxLength: 6 })
const key = fc.oneof(
  text.map((one) => ({ key: one })),
  bytes.map((list) => keyToJson(keyFromBytes(Uint8Array.from(list)))),
)
const size = fc.oneof(fc.nat(3), fc.constantFrom('12', '9007199254740993', null), fc.array(fc.nat(3), { maxLength: 2 }))
const value = fc.oneof(
  text,
  fc.integer({ min: -20, max: 20 }),
  fc.constantFrom(null, true, 1.5, ['a', 'A'], { a: '/' }),
)
const facts = fc.record({ size }, { requiredKeys: [] })
const finding = fc
  .tuple(
    fc.record({ finding: fc.constantFrom('missing', 'orphaned', 'size', 'size_mismatch') }),
    fc.oneof(key, fc.constant({})),
    fc.record(
      {
        found_as: text,
        expected: facts,
        actual: facts,
        row: fc.dictionary(fc.constantFrom('id', 'a'), value),
        reason: text,
      },
      { requiredKeys: [] },
    ),
  )
  .map((parts) => Object.assign({}, ...parts) as Finding)
const entry = fc.record({ check: fc.constantFrom('uploads', 'media'), finding })
type Entry = { readonly check: string; readonly finding: Finding }

const query: fc.Arbitrary<Query> = fc.record(
  {
    check: fc.constantFrom('uploads', 'uploads', 'media', 'none'),
    finding: fc.constantFrom('missing', 'size', 'none'),
    prefix: fc.oneof(
      text.map((one) => keyFromJson({ key: one })),
      fc.constantFrom('a', 'a/', '\xc3', '/'),
    ),
    text: fc.oneof(
      text,
      text.map((one) => `!${one}`),
      fc.constantFrom('1', '.5', 'null', '["a"', 'k', 'i', 'é', 'ß', 'key', 'size'),
    ),
    sort: fc.constantFrom(...SORTS),
  },
  { requiredKeys: ['check', 'sort'] },
)

/** How a line may be written: by postflight, or by a program that escapes, spaces and orders in its own way. */
const writers: readonly ((line: string) => string)[] = [
  escapeJson,
  (line) => line,
  (line) => JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(line) as object).reverse())),
  (line) => line.replace(/[\u0080-\uffff]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
  (line) => line.replaceAll(/:(?=1\b)/g, ': '),
]

/** `written` beyond the writers: the book of a run under way. */
async function withBook(entries: readonly Entry[], written: number, use: (book: Book) => Promise<void>): Promise<void> {
  if (written === writers.length) {
    const book = await openLiveBook({ scratch: dir })
    for (const { check, finding } of entries) await book.add(checkFinding(check, finding))
    return use(book).finally(book.close)
  }
  const path = join(dir, 'run.ndjson')
  const lines = entries.map(({ check, finding }) => JSON.stringify(checkFinding(check, finding)))
  const write = writers[written] ?? escapeJson
  await writeFile(
    path,
    [linesOf([runStart(['uploads', 'media'])]), ...lines.map((line) => `${write(line)}\n`), linesOf([runEnd()])].join(
      '',
    ),
  )
  const { book } = await openRecorded(path, { signal, scratch: dir, block: 512 })
  try {
    await use(book)
  } finally {
    await book.close()
  }
}

const bytesOf = ({ key, key_b64 }: Finding): string | undefined =>
  key === undefined
    ? undefined
    : key_b64 === undefined
      ? Buffer.from(key).toString('latin1')
      : Buffer.from(key_b64, 'base64').toString('latin1')

function plainly(entries: readonly Entry[], { check, finding, prefix = '', text = '' }: Query): number[] {
  const wanted = (text.startsWith('!') ? text.slice(1) : text).toLowerCase()
  return [...entries.keys()].filter((number) => {
    const one = entries[number] as Entry
    if (one.check !== check || (finding !== undefined && one.finding.finding !== finding)) return false
    if (prefix !== '' && bytesOf(one.finding)?.startsWith(prefix) !== true) return false
    const { key, found_as, reason, row = {} } = one.finding
    const values = Object.values(row).map((value) => (typeof value === 'string' ? value : JSON.stringify(value)))
    const holds = [key, found_as, reason, ...values].some((part) => part?.toLowerCase().includes(wanted))
    return wanted === '' || holds !== text.startsWith('!')
  })
}

function sortedPlainly(entries: readonly Entry[], numbers: readonly number[], sort: Query['sort']): number[] {
  const of = (number: number) => (entries[number] as Entry).finding
  const compare: Record<Query['sort'], (a: Finding, b: Finding) => number> = {
    found: () => 0,
    class: (a, b) => order(a.finding, b.finding),
    key: (a, b) => order(bytesOf(a), bytesOf(b)),
    size: (a, b) => order(negative(sizeOf(a)), negative(sizeOf(b))),
  }
  return [...numbers].sort((a, b) => compare[sort](of(a), of(b)))
}

const negative = (size: number | undefined) => (size === undefined ? undefined : -size)

function sizeOf({ actual, expected }: Finding): number | undefined {
  return [actual?.['size'], expected?.['size']]
    .map((value) => (Array.isArray(value) ? (value as unknown[])[0] : value))
    .filter((value) => value !== undefined && value !== null)
    .map(Number)[0]
}

/** What is not there comes last. */
function order<T extends string | number>(a: T | undefined, b: T | undefined): number {
  if (a === b) return 0
  if (a === undefined) return 1
  if (b === undefined) return -1
  return a < b ? -1 : 1
}

function groupedPlainly(entries: readonly Entry[], asked: Query): Group[] {
  const prefix = asked.prefix ?? ''
  const groups = new Map<string, Record<string, number>>()
  for (const number of plainly(entries, asked)) {
    const { finding } = entries[number] as Entry
    const whole = bytesOf(finding) ?? ''
    const slash = whole.indexOf('/', prefix.length)
    const name = slash < 0 ? whole : whole.slice(0, slash + 1)
    const classes = groups.get(name) ?? {}
    classes[finding.finding] = (classes[finding.finding] ?? 0) + 1
    groups.set(name, classes)
  }
  return [...groups]
    .map(([name, classes]) => ({
      prefix: name,
      isDirectory: name.length > prefix.length && name.endsWith('/'),
      count: Object.values(classes).reduce((a, b) => a + b),
      classes,
    }))
    .sort((a, b) => b.count - a.count || order(a.prefix, b.prefix))
}

describe('what is asked of a book', () => {
  it('finds, in order, what looking at each finding finds', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 60 }),
        fc.array(query, { minLength: 8, maxLength: 8 }),
        fc.nat(writers.length),
        async (entries, queries, written) =>
          withBook(entries, written, async (book) => {
            for (const asked of queries) {
              const found = [...(await book.find(asked, looking))]
              expect(found).toEqual(sortedPlainly(entries, plainly(entries, asked), asked.sort))
            }
          }),
      ),
      { numRuns: 300 },
    )
  })

  it('groups as counting each finding does', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 60 }),
        fc.array(query, { minLength: 8, maxLength: 8 }),
        fc.nat(writers.length),
        async (entries, queries, written) =>
          withBook(entries, written, async (book) => {
            for (const asked of queries)
              expect(await book.group(asked, looking)).toEqual(groupedPlainly(entries, asked))
          }),
      ),
      { numRuns: 200 },
    )
  })

  it('takes groups together where there are too many to tell', async () => {
    const entries: Entry[] = Array.from({ length: 24_000 }, (_, number) => {
      // By turns, so that no group is over before the last finding; some of them twice.
      const key = number % 3 === 0 ? `x/dir-${number % 7}/${number}` : `x/${(number * 7919) % 23_000}`
      return { check: 'uploads', finding: { finding: number % 2 === 0 ? 'missing' : 'orphaned', key } }
    })
    const asked: Query = { check: 'uploads', prefix: 'x/', sort: 'found' }
    const all = groupedPlainly(entries, asked)
    expect(all.length).toBeGreaterThan(MOST_GROUPS + 100)
    await withBook(entries, 0, async (book) => {
      const groups = await book.group(asked, looking)
      expect(groups.slice(0, MOST_GROUPS)).toEqual(all.slice(0, MOST_GROUPS))
      const others = all.slice(MOST_GROUPS)
      const sum = (name: string) => others.reduce((total, { classes }) => total + (classes[name] ?? 0), 0)
      expect(groups.slice(MOST_GROUPS)).toEqual([
        {
          prefix: 'x/',
          isDirectory: false,
          count: sum('missing') + sum('orphaned'),
          classes: { missing: sum('missing'), orphaned: sum('orphaned') },
          others: others.length,
        },
      ])
    })
  })

  it('sorts more than memory is given, and leaves nothing of it', async () => {
    const entries: Entry[] = Array.from({ length: 60_000 }, (_, number) => {
      const key = `${'x'.repeat(180)}${(number * 7919) % 50_000}`
      return { check: 'uploads', finding: { finding: 'missing', key } }
    })
    await withBook(entries, 0, async (book) => {
      const found = [...(await book.find({ check: 'uploads', sort: 'key' }, looking))]
      expect(found).toEqual(sortedPlainly(entries, [...entries.keys()], 'key'))
      expect(await readdir(dir)).toEqual(['run.ndjson'])
    })
  })
})

describe('a line another program wrote', () => {
  const lines = {
    plain: '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"x/b","row":{"n":["a", "b"]}}}',
    spaced: '{"v": 1, "type": "check:finding", "id": "a", "finding": {"finding": "missing", "row": {"n": ["a", "b"]}}}',
    number: '{"v": 1, "type": "check:finding", "id": "a", "finding": {"finding": "missing", "row": {"n": 1e3}}}',
    kelvin: '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"300 \u212a"}}',
    exact: '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"x","key_b64":"/2E="}}',
    apart:
      '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"\ufffda","refs":1,"key_b64":"/2E="}}',
    torn: '{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"\xe9"}}',
  }
  const queries: readonly (readonly [keyof typeof lines, Partial<Query>, number])[] = [
    ['spaced', { text: '["a","b"]' }, 1],
    ['number', { text: '1000' }, 1],
    ['number', { text: '1e3' }, 0],
    ['kelvin', { text: '0 k' }, 1],
    ['kelvin', { text: '\u212a' }, 1],
    ['plain', { text: 'x/B' }, 1],
    ['plain', { prefix: 'x/' }, 1],
    ['exact', { prefix: '\xffa' }, 1],
    ['exact', { prefix: 'x' }, 0],
    ['apart', { prefix: '\xffa' }, 1],
    // Bytes that are no UTF-8 are read as JSON.parse reads them: as U+FFFD.
    ['torn', { prefix: '\xef\xbf\xbd' }, 1],
    ['torn', { prefix: '\xe9' }, 0],
  ]
  it.each(queries)('%s, asked for %j, is found %i times', async (name, asked, times) => {
    const path = join(dir, 'run.ndjson')
    const parts = [linesOf([runStart(['a'])]), `${lines[name]}\n`, linesOf([runEnd()])]
    await writeFile(path, Buffer.concat(parts.map((part) => Buffer.from(part, name === 'torn' ? 'latin1' : 'utf8'))))
    const { book } = await openRecorded(path, { signal, scratch: dir })
    expect((await book.find({ check: 'a', sort: 'found', ...asked }, looking)).length).toBe(times)
    await book.close()
  })
})

describe('a key that is the prefix itself', () => {
  it('is no directory', async () => {
    const book = await bookOf({
      a: [
        { finding: 'missing', key: '2019/' },
        { finding: 'missing', key: '2019/x/y' },
      ],
    })
    const groups = await book.group({ check: 'a', prefix: '2019/', sort: 'found' }, looking)
    expect(groups.map(({ prefix, isDirectory }) => [prefix, isDirectory])).toEqual([
      ['2019/', false],
      ['2019/x/', true],
    ])
    await book.close()
  })
})

describe('what takes long', () => {
  const many: readonly Entry[] = Array.from({ length: 30_000 }, (_, number) => {
    return { check: 'uploads', finding: { finding: 'missing', key: `2019/${number}.txt`, reason: 'é' } }
  })
  const asked: Query = { check: 'uploads', prefix: '2019/', text: 'txt', sort: 'key' }

  it.each(['find', 'group'] as const)('lets others have their turn: %s', async (way) => {
    await withBook(many, 0, async (book) => {
      let turns = 0
      const timer = setInterval(() => turns++, 1)
      await book[way](asked, looking)
      clearInterval(timer)
      expect(turns).toBeGreaterThan(3)
    })
  })

  it.each(['find', 'group'] as const)('ends when it is given up, and leaves nothing: %s', async (way) => {
    await withBook(many, 0, async (book) => {
      const stop = new AbortController()
      const going = book[way](asked, { signal: stop.signal })
      setImmediate(() => stop.abort())
      await expect(going).rejects.toThrow(/abort/i)
      expect(await readdir(dir)).toEqual(['run.ndjson'])
    })
  })

  it.each(['find', 'group'] as const)('says how far it is: %s', async (way) => {
    await withBook(many, 0, async (book) => {
      const shares: number[] = []
      await book[way](asked, { signal, onProgress: (share) => shares.push(share) })
      expect(shares.length).toBeGreaterThan(0)
      expect(shares).toEqual(shares.toSorted((a, b) => a - b))
      expect(shares.every((share) => share >= 0 && share <= 1)).toBe(true)
    })
  })
})
