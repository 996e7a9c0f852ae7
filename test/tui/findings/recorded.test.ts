import { execFileSync } from 'node:child_process'
import { appendFileSync } from 'node:fs'
import { appendFile, mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { replay } from '../../../src/cli/replay.js'
import type { RunEvent } from '../../../src/engine/events.js'
import { UsageError } from '../../../src/lib/errors.js'
import { escapeJson } from '../../../src/lib/text-escape.js'
import type { RecordedRun } from '../../../src/tui/findings/recorded.js'
import { openRecorded } from '../../../src/tui/findings/recorded.js'
import {
  checkEnd,
  checkFinding,
  checkStart,
  linesOf,
  recordingOf,
  runEnd,
  runStart,
} from '../../support/findings-book.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'recorded-test-'))
})
afterAll(() => rm(dir, { recursive: true }))

const signal = new AbortController().signal
let files = 0

async function fileOf(text: string | Buffer): Promise<string> {
  const path = join(dir, `${files++}.ndjson`)
  await writeFile(path, text)
  return path
}

/** Opens the text as a recorded run, hands it over and closes it. */
async function opened<T>(text: string | Buffer, look: (run: RecordedRun) => T, block?: number): Promise<T> {
  const run = await openRecorded(await fileOf(text), { signal, scratch: dir, block })
  try {
    return look(run)
  } finally {
    await run.book.close()
  }
}

const missing = { finding: 'missing', key: '2019/a b.txt', expected: { size: 5 } }
const orphaned = { finding: 'orphaned', key: 'caf\ufffd.txt', key_b64: 'Y2Fm6S50eHQ=', actual: { size: 2 } }

describe('a recorded run', () => {
  it('tells its events without findings and progress', async () => {
    const progress = { v: 1, type: 'check:progress', id: 'a', at: runStart([]).at, done: 1, unit: 'rows', rate: 2 }
    const events = [runStart(['a']), checkStart('a'), progress, checkFinding('a', missing), checkEnd('a', []), runEnd()]
    const told = await opened(linesOf(events), (run) => run.told.map(({ type }) => type))
    expect(told).toEqual(['run:start', 'check:start', 'check:end', 'run:end'])
  })

  it('hands events on as they stand there, with fields of later versions', async () => {
    const start = { ...runStart(['a']), later: 1 }
    const told = await opened(linesOf([start, runEnd()]), (run) => run.told)
    expect(told).toEqual([start, runEnd()])
  })

  it('reads a finding by its number', async () => {
    const found = await opened(recordingOf({ a: [missing, orphaned] }), ({ book }) => [book.at(0), book.at(1)])
    expect(found).toEqual([missing, orphaned])
  })

  it('counts findings by check and class', async () => {
    const text = recordingOf({ a: [missing, missing, orphaned], b: [orphaned], c: [] })
    const counts = await opened(text, ({ book }) => ['a', 'b', 'c', 'd'].map(book.counts))
    expect(counts).toEqual([{ missing: 2, orphaned: 1 }, { orphaned: 1 }, {}, {}])
  })

  it('counts what known: lists with the others', async () => {
    const text = recordingOf({ a: [{ ...missing, known: true }, missing] })
    expect(await opened(text, ({ book }) => book.counts('a'))).toEqual({ missing: 2 })
  })

  it('keeps checks apart whose findings come by turns', async () => {
    const events = [
      runStart(['a', 'b']),
      checkStart('a'),
      checkStart('b'),
      ...Array.from({ length: 50 }, (_, n) =>
        checkFinding(n % 3 === 0 ? 'a' : 'b', { finding: n % 2 === 0 ? 'missing' : 'orphaned', key: `k${n}` }),
      ),
      runEnd(),
    ]
    const counts = await opened(linesOf(events), ({ book }) => [book.counts('a'), book.counts('b')])
    expect(counts).toEqual([
      { missing: 9, orphaned: 8 },
      { orphaned: 17, missing: 16 },
    ])
  })

  it('keeps a class apart from one that begins with its name', async () => {
    const of = (finding: string) => checkFinding('a', { finding })
    const text = linesOf([runStart(['a']), of('size'), of('size_mismatch'), of('size'), of('siz'), runEnd()])
    expect(await opened(text, ({ book }) => book.counts('a'))).toEqual({ size: 2, size_mismatch: 1, siz: 1 })
  })

  it('keeps a check apart from one that begins with its id', async () => {
    const of = (id: string) => checkFinding(id, missing)
    const text = linesOf([runStart(['a', 'ab']), of('a'), of('ab'), of('a'), of('a[x]'), runEnd()])
    const counts = await opened(text, ({ book }) => ['a', 'ab', 'a[x]'].map((id) => book.counts(id)['missing']))
    expect(counts).toEqual([2, 1, 1])
  })

  it('counts only the last attempt', async () => {
    const events = [
      runStart(['a', 'b']),
      checkStart('a'),
      checkFinding('a', missing),
      checkFinding('b', missing),
      checkStart('a', 2),
      checkFinding('a', missing),
      checkFinding('a', orphaned),
      runEnd(),
    ]
    const counts = await opened(linesOf(events), ({ book }) => [book.counts('a'), book.counts('b')])
    expect(counts).toEqual([{ missing: 1, orphaned: 1 }, { missing: 1 }])
  })

  it('counts only the last attempt where no other check came between', async () => {
    const events = [
      runStart(['a']),
      checkFinding('a', missing),
      checkStart('a', 2),
      checkFinding('a', missing),
      runEnd(),
    ]
    expect(await opened(linesOf(events), ({ book }) => book.counts('a'))).toEqual({ missing: 1 })
  })

  it.each([1, 2, 7, 64, 100, 4096])('does not mind where blocks of %i bytes cut it', async (block) => {
    const findings = Array.from({ length: 40 }, (_, n) => ({ finding: 'missing', key: `Straße/${'x'.repeat(n)}` }))
    const found = await opened(recordingOf({ a: findings }), ({ book }) => findings.map((_, n) => book.at(n)), block)
    expect(found).toEqual(findings)
  })

  it.each([
    ['ends of lines as Windows has them', (text: string) => text.replaceAll('\n', '\r\n')],
    ['blank lines', (text: string) => text.replaceAll('\n', '\n\n \n')],
    ['no newline at its end', (text: string) => text.trimEnd()],
    ['hidden characters written as escapes', escapeJson],
    ['other spacing', (text: string) => text.replaceAll('":', '": ')],
    ['another order of fields', reversed],
    ['letters written as escapes', (text: string) => text.replaceAll('"missing"', '"m\\u0069ssing"')],
  ])('may have %s', async (_, change) => {
    const text = change(recordingOf({ a: [missing, orphaned, missing] }))
    const told = await opened(text, ({ book, told }) => [
      told.length,
      book.counts('a'),
      book.at(1),
      book.incomplete() ?? 'complete',
    ])
    expect(told).toEqual([4, { missing: 2, orphaned: 1 }, orphaned, 'complete'])
  })

  it('holds a finding of a megabyte', async () => {
    const large = { finding: 'missing', key: 'x'.repeat(2 ** 20) }
    const text = recordingOf({ a: [missing, large, missing] })
    expect(await opened(text, ({ book }) => [book.at(1), book.at(2)], 4096)).toEqual([large, missing])
  })
})

describe('a recorded run that is none', () => {
  const cases: readonly (readonly [string, string])[] = [
    ['no event at all', ''],
    ['blank lines alone', '\n\n'],
    ['text', 'hello\n'],
    ['a finding before the run', linesOf([checkFinding('a', missing), runStart(['a'])])],
    [
      'progress before the run',
      linesOf([{ v: 1, type: 'check:progress', id: 'a', at: runEnd().at, done: 1, unit: 'rows', rate: 1 }]),
    ],
    ['a second run', linesOf([runStart(['a']), runStart(['a'])])],
    ['a finding after the end', linesOf([runStart(['a']), runEnd(), checkFinding('a', missing)])],
    ['an event after the end', linesOf([runStart(['a']), runEnd(), checkStart('a')])],
    [
      'a torn finding',
      `${linesOf([runStart(['a'])])}{"v":1,"type":"check:finding","id":"a","finding":{"finding":"mis\n${linesOf([runEnd()])}`,
    ],
    [
      'a finding torn behind its class',
      `${linesOf([runStart(['a'])])}{"v":1,"type":"check:finding","id":"a","finding":{"finding":"missing","key":"x\n${linesOf([runEnd()])}`,
    ],
    ['an event of another version', linesOf([runStart(['a']), { ...runEnd(), v: 2 }])],
    ['an event that lacks a field', linesOf([runStart(['a']), { v: 1, type: 'check:end', id: 'a' }])],
    ['an end in the first line', '{"v":1,"type":"run:st'],
  ]
  it.each(cases)('is told with the words of report: %s', async (_, text) => {
    const path = await fileOf(text)
    const replayed = await read(replay(path, { signal, onCutOff: () => {} })).catch((error: Error) => error)
    const error = await openRecorded(path, { signal, scratch: dir }).catch((cause: Error) => cause)
    expect(error).toBeInstanceOf(UsageError)
    expect(error).toEqual(replayed)
  })

  it('is a directory', async () => {
    await expect(openRecorded(dir, { signal, scratch: dir })).rejects.toThrow(`${dir} is a directory`)
  })

  it('is not there', async () => {
    await expect(openRecorded(join(dir, 'none'), { signal, scratch: dir })).rejects.toThrow(/cannot be read: ENOENT/)
  })

  it('is a pipe nobody writes to', async () => {
    const path = join(dir, 'pipe')
    execFileSync('mkfifo', [path])
    await expect(openRecorded(path, { signal, scratch: dir })).rejects.toThrow(
      `${path} is no file that can be read twice`,
    )
  })

  it('has a line without end', async () => {
    const path = await fileOf('')
    await truncate(path, 200 * 2 ** 20)
    await expect(openRecorded(path, { signal, scratch: dir })).rejects.toThrow(/line of more than 64 MiB/)
  })

  it('is given up', async () => {
    const path = await fileOf(recordingOf({ a: [missing] }))
    await expect(openRecorded(path, { signal: AbortSignal.abort(), scratch: dir })).rejects.toThrow(/abort/i)
  })
})

describe('a recorded run that is not whole', () => {
  it('says that its last line is cut off', async () => {
    const text = linesOf([runStart(['a']), checkFinding('a', missing), checkFinding('a', missing)]).slice(0, -30)
    const told = await opened(text, ({ book }) => [book.incomplete(), book.counts('a')])
    expect(told).toEqual(['line 3 of the recording is cut off; the run was killed there', { missing: 1 }])
  })

  it('says that it ends before the run did', async () => {
    const text = linesOf([runStart(['a']), checkFinding('a', missing)])
    expect(await opened(text, ({ book }) => book.incomplete())).toBe('the recording ends before the run did')
  })

  it('says that it is still written to, and reads no further than it was when it was opened', async () => {
    const path = await fileOf(linesOf([runStart(['a']), checkFinding('a', missing)]))
    const growing = Object.assign(new AbortController().signal, {
      throwIfAborted: () => appendFileSync(path, linesOf([checkFinding('a', orphaned)])),
    })
    const { book } = await openRecorded(path, { signal: growing, scratch: dir, block: 200 })
    expect([book.counts('a'), book.incomplete()]).toEqual([
      { missing: 1 },
      'the recording is still written to; what came after it was opened is not here',
    ])
    await book.close()
  })

  it('reads no further than it was when it was opened', async () => {
    const path = await fileOf(linesOf([runStart(['a']), checkFinding('a', missing)]))
    const run = await openRecorded(path, { signal, scratch: dir })
    await appendFile(path, linesOf([checkFinding('a', orphaned)]))
    expect([run.book.counts('a'), run.book.at(1).finding]).toEqual([{ missing: 1 }, 'unreadable'])
    await run.book.close()
  })
})

describe('a finding that cannot be read', () => {
  it.each([
    ['is no JSON', (line: string) => line.replace('"key":', '"key"!'), 'its line is not JSON'],
    [
      'has a field of another form',
      (line: string) => line.replace('"2019/a b.txt"', '20190001111111'),
      'its field "key" is not of its form',
    ],
  ])('comes with the reason where its line %s', async (_, change, reason) => {
    const text = change(recordingOf({ a: [missing] }))
    expect(await opened(text, ({ book }) => book.at(0))).toEqual({ finding: 'unreadable', reason })
  })

  it('comes with the reason where the file was cut meanwhile', async () => {
    const path = await fileOf(recordingOf({ a: [missing] }))
    const run = await openRecorded(path, { signal, scratch: dir })
    await truncate(path, 10)
    expect(run.book.at(0).reason).toMatch(/has become shorter/)
    await run.book.close()
  })
})

function reversed(text: string): string {
  return text.replaceAll(/^\{.*"check:finding".*\}$/gm, (line) => {
    const { finding, ...rest } = JSON.parse(line) as { finding: object }
    return JSON.stringify({ finding, ...Object.fromEntries(Object.entries(rest).reverse()) })
  })
}

async function read(events: AsyncIterable<RunEvent>): Promise<void> {
  for await (const _ of events);
}
