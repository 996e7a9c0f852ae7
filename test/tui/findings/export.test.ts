import { execFileSync } from 'node:child_process'
import { link, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Finding } from '../../../src/kinds/kind.js'
import { keyFromBytes, keyToJson } from '../../../src/lib/key.js'
import type { ExportFormat, ExportRequest } from '../../../src/tui/desk.js'
import { exportFindings } from '../../../src/tui/findings/export.js'
import { bookOf } from '../../support/findings-book.js'

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof import('node:fs/promises')>()
  return { ...real, link: vi.fn(real.link) }
})

let dir: string
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'export-test-'))
})
afterEach(() => rm(dir, { recursive: true }))

const signal = new AbortController().signal

async function exported(
  findings: readonly Finding[],
  format: ExportFormat,
  name: string,
  options: Partial<Pick<ExportRequest, 'numbers' | 'notes'>> & { readonly signal?: AbortSignal } = {},
): Promise<string> {
  const book = await bookOf({ a: findings })
  const request: ExportRequest = {
    format,
    path: join(dir, name),
    query: { check: 'a', sort: 'found' },
    numbers: options.numbers ?? Uint32Array.from(findings.keys()),
    notes: options.notes ?? new Map(),
  }
  try {
    const told = await exportFindings(book, request, { signal: options.signal ?? signal })
    return told.replaceAll(`${dir}/`, '')
  } finally {
    await book.close()
  }
}

const read = (name: string) => readFile(join(dir, name), 'utf8')
const missing = (key: string): Finding => ({ finding: 'missing', key })
const latin = { finding: 'orphaned', ...keyToJson(keyFromBytes(Buffer.from('caf\xe9.txt', 'latin1'))) }

describe('an export as a list', () => {
  it('has one key a line, byte for byte, in the order asked for', async () => {
    const told = await exported([missing('b'), latin, missing('a b')], 'list', 'keys.txt', {
      numbers: Uint32Array.from([2, 1, 0]),
    })
    expect(await readFile(join(dir, 'keys.txt'), 'latin1')).toBe('a b\ncaf\xe9.txt\nb\n')
    expect(told).toBe('3 findings (2 missing, 1 orphaned) in keys.txt')
  })

  it('puts names with newlines into a second one, which holds all', async () => {
    const told = await exported([missing('a\nb'), missing('c')], 'list', 'keys')
    expect([await read('keys.txt'), await read('keys.nul')]).toEqual(['c\n', 'c\0a\nb\0'])
    expect(told).toBe('2 findings (2 missing) in keys.txt; 1 with newlines only in keys.nul, which has all of them')
    expect((await readdir(dir)).sort()).toEqual(['keys.nul', 'keys.txt'])
  })

  it('says what has no key, and that stores differ', async () => {
    const findings = [{ finding: 'no_key' }, { ...missing('a'), store: 'media' }, { ...missing('b'), store: 'uploads' }]
    expect(await exported(findings, 'list', 'keys.txt')).toBe(
      '3 findings (1 no_key, 2 missing) in keys.txt; 1 without a key are left out; they belong to different stores: media and uploads',
    )
  })

  it('is refused where a key holds a secret', async () => {
    await expect(exported([missing('a'), missing('x/<secret db_url>')], 'list', 'keys.txt')).rejects.toThrow(
      /holds a secret/,
    )
    expect(await readdir(dir)).toEqual([])
  })

  it('is refused where an older second list would be taken for its own', async () => {
    await writeFile(join(dir, 'keys.nul'), 'old')
    await expect(exported([missing('a')], 'list', 'keys.txt')).rejects.toThrow(/keys.nul is there already/)
    expect(await readdir(dir)).toEqual(['keys.nul'])
  })
})

describe('an export as NDJSON', () => {
  it('has the findings, with their notes', async () => {
    await exported([missing('a'), latin], 'ndjson', 'f.ndjson', { notes: new Map([[1, 'seen by Dana']]) })
    expect(
      (await read('f.ndjson'))
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown),
    ).toEqual([missing('a'), { ...latin, note: 'seen by Dana' }])
  })

  it('hides nothing and moves no cursor', async () => {
    await exported([missing('a\x1b[31m\u202e')], 'ndjson', 'f.ndjson', { notes: new Map([[0, '\x1b[2J']]) })
    expect(await read('f.ndjson')).toMatch(/^[\x20-\x7e]*\n$/)
  })
})

describe('an export as CSV', () => {
  it('has sizes in columns of their own', async () => {
    const finding = { ...missing('a,"b"'), expected: { size: 5, md5: 'x' }, actual: { size: 7 }, refs: 2 }
    await exported([finding], 'csv', 'f.csv', { notes: new Map([[0, 'line one\nline two']]) })
    const [row] = tableOf(await read('f.csv'))
    expect(row).toMatchObject({
      finding: 'missing',
      key: 'a,"b"',
      key_b64: '',
      expected_size: '5',
      expected: '{"md5":"x"}',
      actual_size: '7',
      actual: '',
      refs: '2',
      note: 'line one\\nline two',
    })
  })

  it.each(['=1+1', '+1', '-1', '@SUM(A1)', ' =1', '\t=1', '\uff1d1', "=cmd|'/c calc'!A0"])(
    'makes no formula of %j',
    async (key) => {
      await exported([{ ...missing(key), row: { id: 1 } }], 'csv', 'f.csv')
      const [row] = tableOf(await read('f.csv'))
      expect(row?.['key']).toMatch(/^['\\]/)
      expect(Buffer.from(row?.['key_b64'] ?? '', 'base64').toString()).toBe(key)
    },
  )

  it('has the bytes of keys that cannot be shown', async () => {
    await exported([latin, missing('a\x1b[31m'), missing('plain é')], 'csv', 'f.csv')
    const rows = tableOf(await read('f.csv'))
    expect(rows.map((row) => [row['key'], row['key_b64']])).toEqual([
      ['caf\ufffd.txt', 'Y2Fm6S50eHQ='],
      ['a\\x1b[31m', Buffer.from('a\x1b[31m').toString('base64')],
      ['plain é', ''],
    ])
  })

  it('is read by another program as it was meant', async () => {
    const keys = ['a,b', 'c"d"', 'e\nf', 'ß']
    await exported(keys.map(missing), 'csv', 'f.csv')
    const script =
      'import csv,json,sys; print(json.dumps([r["key"] for r in csv.DictReader(open(sys.argv[1], encoding="utf-8-sig", newline=""))]))'
    const read = execFileSync('python3', ['-c', script, join(dir, 'f.csv')], { encoding: 'utf8' })
    expect(JSON.parse(read)).toEqual(['a,b', 'c"d"', 'e\\nf', 'ß'])
  })
})

describe.each<readonly [ExportFormat, string]>([
  ['list', 'f.txt'],
  ['ndjson', 'f.ndjson'],
  ['csv', 'f.csv'],
])('an export as %s', (format, name) => {
  it('never goes over a file that is there', async () => {
    await writeFile(join(dir, name), 'theirs')
    await expect(exported([missing('a')], format, name)).rejects.toThrow(`${name} is there already and is not replaced`)
    expect([await read(name), await readdir(dir)]).toEqual(['theirs', [name]])
  })

  it('nor over one that came meanwhile', async () => {
    vi.mocked(link).mockImplementationOnce(async (from, to) => {
      await writeFile(to, 'theirs')
      return link(from, to)
    })
    await expect(exported([missing('a')], format, name)).rejects.toThrow(`${name} is there already and is not replaced`)
    expect([await read(name), await readdir(dir)]).toEqual(['theirs', [name]])
  })

  it('is written where the file system has no links', async () => {
    vi.mocked(link).mockRejectedValueOnce(Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' }))
    await exported([missing('a')], format, name)
    expect(await readdir(dir)).toEqual([name])
  })

  it('never goes over a file that is there, without links', async () => {
    vi.mocked(link).mockImplementationOnce(async (_, to) => {
      await writeFile(to, 'theirs')
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' })
    })
    await expect(exported([missing('a')], format, name)).rejects.toThrow(/is there already/)
    expect([await read(name), await readdir(dir)]).toEqual(['theirs', [name]])
  })

  it('says where there is no such directory', async () => {
    await expect(exported([missing('a')], format, `none/${name}`)).rejects.toThrow(/none\/.* cannot be written: ENOENT/)
  })

  it('leaves nothing where it is given up', async () => {
    const findings = Array.from({ length: 2000 }, (_, number) => missing(`${'x'.repeat(1000)}${number}`))
    const stop = new AbortController()
    const notes = Object.assign(new Map<number, string>(), {
      get: (number: number): undefined => {
        if (number === 1999) stop.abort()
      },
    })
    await expect(exported(findings, format, name, { signal: stop.signal, notes })).rejects.toThrow(/abort/i)
    expect(await readdir(dir)).toEqual([])
  })

  it('says what could not be read', async () => {
    const told = await exported([missing('a')], format, name, { numbers: Uint32Array.from([0, 99]) })
    expect(told).toMatch(/; 1 could not be read$/)
  })

  it('may have nothing in it', async () => {
    expect(await exported([], format, name)).toBe(`0 findings in ${name}`)
  })
})

it('says that a name is needed', async () => {
  const book = await bookOf({ a: [] })
  const request = {
    format: 'csv',
    path: ' ',
    query: { check: 'a', sort: 'found' },
    numbers: new Uint32Array(),
    notes: new Map(),
  } as const
  await expect(exportFindings(book, request, { signal })).rejects.toThrow('name the file to write')
  await book.close()
})

it('says that a directory is in its place', async () => {
  await mkdir(join(dir, 'f.csv'))
  await expect(exported([], 'csv', 'f.csv')).rejects.toThrow(/is there already/)
})

/** Rows by column. */
function tableOf(text: string): readonly Readonly<Record<string, string>>[] {
  expect(text.startsWith('\ufeff')).toBe(true)
  const lines = text.slice(1).split('\r\n')
  expect(lines.pop()).toBe('')
  const [head = [], ...rows] = lines.map((line) =>
    [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
      ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
    ),
  )
  return rows.map((cells) => Object.fromEntries(head.map((name, at) => [name, cells[at] ?? ''])))
}
