import { existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fanOut } from '../../src/engine/fan-out.js'
import { createFindingsSink } from '../../src/engine/findings-sink.js'
import type { Finding } from '../../src/kinds/kind.js'
import { keyFromBytes, keyToBytes, keyToJson } from '../../src/lib/key.js'
import { createRedactor } from '../../src/lib/redact.js'
import { type Fake, runFakes, scratch } from './fake.js'

/** A check that finds exactly these. */
function finds(id: string, findings: readonly Finding[], more: Partial<Fake> = {}): Fake {
  const counts: Record<string, number> = { missing: 0, orphaned: 0 }
  for (const { finding } of findings) counts[finding] = (counts[finding] ?? 0) + 1
  return {
    id,
    observe: async function* () {
      for (let from = 0; from < findings.length; from += 500) {
        yield { type: 'findings', findings: findings.slice(from, from + 500) }
      }
      return { subjects: counts }
    },
    ...more,
  }
}

async function write(fakes: readonly Fake[], dir = join(scratch(), 'found'), secret?: string) {
  const sink = createFindingsSink({ dir })
  const { emit, unwritten } = fanOut([{ name: 'findings', onEvent: sink.onEvent }])
  const redactor = createRedactor(secret === undefined ? [] : [{ name: 's', value: secret }])
  const ran = await runFakes(fakes, {
    emit,
    redactor,
    unwritten: () => [...unwritten(), ...sink.unwritten()],
    remarks: sink.remarks,
  })
  await sink.close()
  const files = existsSync(dir) ? readdirSync(dir).sort() : []
  return { ...ran, dir, files, text: (name: string) => readFileSync(join(dir, name), 'latin1') }
}

const missing = (key: string, more: Partial<Finding> = {}): Finding => ({
  finding: 'missing',
  ...keyToJson(keyFromBytes(Buffer.from(key, 'latin1'))),
  ...more,
})
const orphaned = (key: string): Finding => ({ finding: 'orphaned', key })

describe('the files of a run', () => {
  test('hold the statements that would mend, each once where several findings share it', async () => {
    const dir = join(scratch(), 'found')
    const mended = (key: string, fix: string): Finding => ({ finding: 'missing', key, fix })
    const { files, text } = await write([finds('a', [mended('1', 'A;'), mended('2', 'B'), mended('3', 'B')])], dir)
    expect(files).toEqual(['a.fix.sql', 'a.missing.txt', 'a.ndjson'])
    expect(text('a.fix.sql').replace(/^--.*\n/gm, '')).toBe('A;\nB;\n')
    expect((await write([finds('a', [missing('1')])], dir)).files).toEqual(['a.missing.txt', 'a.ndjson'])
  })

  test('hold no statement a terminal would act on', async () => {
    const fix = 'DROP TABLE "a\x1b[2Jb"'
    const { text } = await write([finds('a', [{ finding: 'missing', key: '1', fix }])])
    expect(text('a.fix.sql')).toMatch(/^(?:--.*\n)+$/)
  })

  test('hold none where one of them bears a secret', async () => {
    const fix = "update t set a = 'hunter2hunter2'"
    const { files } = await write([finds('a', [{ finding: 'missing', key: '1', fix }])], undefined, 'hunter2hunter2')
    expect(files).toEqual(['a.ndjson'])
  })

  test('hold every finding of each check, and lists of keys', async () => {
    const { files, text } = await write([
      finds('uploads[a]', [missing('2019/a b.txt', { expected: { size: 5 } }), missing('ü.txt'), orphaned('tmp/x')]),
      finds('clean', []),
      { id: 'off', skip: 'not here' },
    ])
    expect(files).toEqual([
      'clean.ndjson',
      'off.ndjson',
      'uploads[a].missing.txt',
      'uploads[a].ndjson',
      'uploads[a].orphaned.txt',
    ])
    expect(text('uploads[a].ndjson').split('\n')).toEqual([
      '{"finding":"missing","key":"2019/a b.txt","expected":{"size":5}}',
      expect.stringContaining('"key_b64":"/C50eHQ="'),
      '{"finding":"orphaned","key":"tmp/x"}',
      '',
    ])
    expect(text('uploads[a].missing.txt')).toBe('2019/a b.txt\n\xfc.txt\n')
    expect(text('uploads[a].orphaned.txt')).toBe('tmp/x\n')
    expect(text('clean.ndjson')).toBe('')
  })

  test('agree with the subjects: known findings are left out', async () => {
    const known = { keys: new Set(['b']), reason: 'SHOP-1' }
    const { text, endOf } = await write([
      finds(
        'a',
        ['a', 'b', 'c'].map((key) => missing(key)),
        { known },
      ),
    ])
    expect(text('a.missing.txt')).toBe('a\nc\n')
    expect(text('a.ndjson').match(/\n/g)).toHaveLength(2)
    expect(endOf('a').subjects['missing']).toBe(2)
  })

  test('name the keys each source can give back, and the store they are of', async () => {
    const { files, text } = await write([
      finds('a', [
        missing('x', { recover_from: ['old', 'back up/1'] }),
        missing('y', { recover_from: ['old'], store: 'media' }),
        missing('z'),
      ]),
    ])
    expect(files).toEqual([
      'a.missing.media.txt',
      'a.missing.txt',
      'a.ndjson',
      'a.recover.back_up_1.from0',
      'a.recover.back_up_1.txt',
      'a.recover.old.from0',
      'a.recover.old.media.from0',
      'a.recover.old.media.txt',
      'a.recover.old.txt',
    ])
    expect(text('a.recover.old.txt')).toBe('x\n')
    expect(text('a.recover.old.from0')).toBe('./x\0')
    expect(text('a.recover.old.media.txt')).toBe('y\n')
    expect(text('a.missing.txt')).toBe('x\nz\n')
  })

  test('have a list with NUL bytes where a key has a newline', async () => {
    const { files, text, end } = await write([
      finds('a', [missing('a'), missing('b\nc'), missing('d'), missing('e\r')]),
    ])
    expect(files).toEqual(['a.missing.nul', 'a.missing.txt', 'a.ndjson'])
    expect(text('a.missing.txt')).toBe('a\nd\n')
    expect(text('a.missing.nul').split('\0').sort()).toEqual(['', 'a', 'b\nc', 'd', 'e\r'])
    expect(end.warnings).toEqual([expect.stringMatching(/2 keys of "a" hold newlines/)])
  })

  test('carry any bytes, however many', async () => {
    const key = fc.uint8Array({ minLength: 1, maxLength: 40 }).filter((bytes) => !bytes.includes(0))
    await fc.assert(
      fc.asyncProperty(fc.array(key, { minLength: 1, maxLength: 30 }), async (keys) => {
        const names = keys.map((bytes) => keyFromBytes(bytes))
        const many = Array.from({ length: 120 }, () => names).flat()
        const { dir } = await write([
          finds(
            'a',
            many.map((name) => ({ finding: 'missing', ...keyToJson(name) })),
          ),
        ])
        const nul = existsSync(join(dir, 'a.missing.nul'))
        const list = readFileSync(join(dir, nul ? 'a.missing.nul' : 'a.missing.txt'), 'latin1').split(nul ? '\0' : '\n')
        expect(list.filter((name) => name !== '').sort()).toEqual(
          many.map((name) => keyToBytes(name).toString('latin1')).sort(),
        )
      }),
      { numRuns: 8 },
    )
  })
})

describe('what is not written', () => {
  test('lists in which a key holds a secret', async () => {
    const secret = 'correct-horse-battery'
    const { files, text, end } = await write(
      [finds('a', [missing('x'), missing(`k/${secret}`), orphaned('y')]), finds('b', [missing('z')])],
      undefined,
      secret,
    )
    expect(files).toEqual(['a.ndjson', 'b.missing.txt', 'b.ndjson'])
    expect(text('a.ndjson')).not.toContain(secret)
    expect(end.warnings).toEqual(['no key lists of "a" are written: a key holds a secret'])
    expect(end.exit.code).toBe(1)
  })

  test('also where the secret hides in bytes that are not text', async () => {
    const secret = 'correct-horse-battery'
    const { files } = await write([finds('a', [missing(`\xff\xfe/${secret}`)])], undefined, secret)
    expect(files).toEqual(['a.ndjson'])
  })

  test('what an earlier run left is gone, what is not ours stays', async () => {
    const dir = join(scratch(), 'found')
    mkdirSync(dir)
    const stale = [
      '.a.ndjson.0123abcd.partial',
      'a.missing.odd',
      'a.ndjson',
      'a.missing.txt',
      'a.missing.nul',
      'a.orphaned.media.txt',
      'a.recover.old.txt',
      'a.recover.old.from0',
      'a.recover.old.media.sh',
    ]
    const other = ['a.txt', 'b.ndjson', 'notes.md', 'aa.missing.txt']
    for (const name of [...stale, ...other]) writeFileSync(join(dir, name), 'stale')
    const { files, text } = await write([finds('a', [])], dir)
    expect(files).toEqual([...other, 'a.ndjson'].sort())
    expect(text('a.ndjson')).toBe('')
    expect(text('b.ndjson')).toBe('stale')
  })

  test('a directory that cannot be made ends the run with 5', async () => {
    const file = join(scratch(), 'a-file')
    writeFileSync(file, '')
    const { end } = await write([{ id: 'a' }], join(file, 'found'))
    expect(end.exit.code).toBe(5)
    expect(end.warnings[0]).toMatch(/ENOTDIR/)
  })

  test('a file that cannot be written ends the run with 5; the others are there', async () => {
    const dir = join(scratch(), 'found')
    const long = 'a'.repeat(250)
    const { end, files } = await write([{ id: long }, { id: 'b' }], dir)
    expect(end.exit).toMatchObject({ code: 5, reason: expect.stringMatching(/findings of a+ in .*ENAMETOOLONG/) })
    expect(files).toEqual(['b.ndjson'])
  })

  test('a file whose name is taken leaves nothing half-written', async () => {
    const dir = join(scratch(), 'found')
    mkdirSync(join(dir, 'a.ndjson'), { recursive: true })
    const { end, files } = await write([{ id: 'a' }], dir)
    expect(end.exit.code).toBe(5)
    expect(files).toEqual(['a.ndjson'])
  })

  test('hides no character: what is read back is what was found', async () => {
    const key = 'a\u009b31m\u202e\u2028##vso[x]'
    const { text } = await write([finds('a', [missing(Buffer.from(key).toString('latin1'))])])
    expect(text('a.ndjson')).not.toMatch(/[^\P{C}\n]|[\u2028\u2029]|##\w*\[/u)
    expect(JSON.parse(text('a.ndjson')).key).toBe(key)
  })

  test('never writes through what somebody put where a file will be', async () => {
    const dir = join(scratch(), 'found')
    mkdirSync(dir)
    const victim = join(dir, '..', 'victim')
    writeFileSync(victim, 'untouched')
    for (const name of ['.a.ndjson.partial', 'a.ndjson']) symlinkSync(victim, join(dir, name))
    const { text } = await write([finds('a', [missing('x')])], dir)
    expect(text('a.ndjson')).toContain('"x"')
    expect(readFileSync(victim, 'utf8')).toBe('untouched')
  })

  test('nothing half-written is left of a run that broke off', async () => {
    const dir = join(scratch(), 'found')
    const sink = createFindingsSink({ dir })
    await sink.onEvent({ v: 1, type: 'run:start', checks: [] } as never)
    for (let n = 0; n < 3000; n++) {
      await sink.onEvent({ v: 1, type: 'check:finding', id: 'a', finding: missing(`some/longer/name/${n}`) })
    }
    expect(readdirSync(dir)).not.toEqual([])
    await sink.close()
    expect(readdirSync(dir)).toEqual([])
  })
})

describe('several readers', () => {
  test('one that fails is named and spared further events, the others hear everything', async () => {
    const heard: string[] = []
    let calls = 0
    const { emit, unwritten } = fanOut([
      {
        name: 'junit:out.xml',
        onEvent: () => {
          calls++
          throw new Error('disk full')
        },
      },
      {
        name: 'json',
        onEvent: async () => {
          throw new Error('closed pipe')
        },
      },
      { name: 'table', onEvent: (event) => void heard.push(event.type) },
    ])
    const { end } = await runFakes([{ id: 'a' }], { emit, unwritten })
    expect(heard).toEqual(['run:start', 'check:start', 'check:end', 'run:end'])
    expect(calls).toBe(1)
    expect(unwritten()).toEqual(['junit:out.xml: disk full', 'json: closed pipe'])
    expect(end.exit.code).toBe(5)
  })
})
