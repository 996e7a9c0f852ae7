import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { kinds } from '../../../src/kinds/index.js'
import { keyFromBytes, keyFromText, keyToJson } from '../../../src/lib/key.js'
import { loadSpec } from '../../../src/spec/load.js'
import { knownFileSnippet, knownSnippet, waiverSnippet } from '../../../src/tui/findings/snippets.js'

let dir: string
beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'snippets-test-'))
})
afterAll(() => rm(dir, { recursive: true }))

const now = new Date('2026-12-05T23:30:00Z')

const FILE = `version: 1
connections:
  main: { type: postgres, host: db }
  uploads: { type: files, root: /srv/uploads }
defaults: { owner: team-shop, severity: high, remediation: Restore the listed keys. }
`
const CHECK = `checks:
  - id: uploads-on-disk
    kind: artifacts
    rows: { connection: main, sql: select path from uploads, key: path }
    store: uploads
`

async function loaded(text: string) {
  const path = join(dir, 'postflight.yaml')
  await writeFile(path, text)
  return loadSpec([path], { cwd: dir, env: {}, vars: {}, strict: true, kinds, now })
}

const missing = (key: string) => ({ finding: 'missing', key })

describe('the snippet of a waiver', () => {
  it('is what the check file takes', async () => {
    const spec = await loaded(`${FILE}${waiverSnippet('uploads-on-disk', now)}${CHECK}`)
    expect(spec.waivers).toEqual([
      {
        check: 'uploads-on-disk',
        reason: 'say why this is accepted, and where that is written down',
        expires: '2027-01-04',
        covers: ['fail', 'warn'],
      },
    ])
    expect(spec.warnings).toEqual([])
  })

  it('may be of an instance', async () => {
    const each = `checks:
  - id: tables
    kind: rows
    for_each: [orders, items]
    connection: main
    table: "\${each.value}"
    expect: { count: { gte: 1 } }
`
    const spec = await loaded(`${FILE}${waiverSnippet('tables[orders]', now)}${each}`)
    expect(spec.waivers.map(({ check }) => check)).toEqual(['tables[orders]'])
  })

  it('says where it goes for a check of a pack', () => {
    expect(waiverSnippet('main.bloat', now)).not.toContain('override:')
    expect(knownSnippet('main.bloat', [missing('a')], now)).toContain('"override:"')
  })
})

describe('the snippet of known findings', () => {
  const known = async (snippet: string) => (await loaded(`${FILE}${CHECK}${snippet}`)).checks[0]?.known

  it('is what the check file takes', async () => {
    expect(await known(knownSnippet('uploads-on-disk', [missing('a b.txt'), missing('c'), missing('c')], now))).toEqual(
      {
        keys: new Set(['a b.txt', 'c']),
        reason: 'say why this is accepted, and where that is written down',
        expires: '2027-01-04',
      },
    )
  })

  it('has every key as it is', async () => {
    const odd = fc.constantFrom(
      '${',
      '$${',
      '$',
      '}',
      '"',
      '\\',
      '\n',
      ':',
      '#',
      ' ',
      "'",
      '\u202e',
      '\u2028',
      '😀',
      '\u{e0001}',
      '\\u202e',
      '\\ud83d\\ude00',
      '##[',
      'é',
      '\0',
      '\x85',
      '- ',
    )
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(odd, { maxLength: 6 }).map((parts) => parts.join('')),
          { minLength: 1, maxLength: 20 },
        ),
        async (keys) => {
          const read = await known(knownSnippet('uploads-on-disk', keys.map(missing), now))
          expect(read?.keys).toEqual(new Set(keys.map(keyFromText)))
        },
      ),
      { numRuns: 50 },
    )
  })

  it('shows nothing hidden', () => {
    expect(knownSnippet('uploads-on-disk', [missing('\x1b[31m\u202e\u{e0001}')], now)).toMatch(/^[\x20-\x7e\n]*$/)
  })

  it('names a file where there are too many', async () => {
    await writeFile(join(dir, 'uploads-on-disk.known.txt'), 'a b\nc\n')
    const snippet = knownFileSnippet('uploads-on-disk', 1234, now)
    expect(snippet).toContain('# 1,234 findings are too many to list here')
    expect((await known(snippet))?.keys).toEqual(new Set(['a b', 'c']))
  })

  it('says which keys it cannot hold, and what to do', async () => {
    const latin = { finding: 'missing', ...keyToJson(keyFromBytes(Buffer.from('caf\xe9', 'latin1'))) }
    const snippet = knownSnippet('uploads-on-disk', [latin, { finding: 'no_key' }, missing('a')], now)
    expect(snippet).toContain('# 1 finding without a key cannot be in it.')
    expect(snippet).toContain('# 1 key cannot be written here: export the findings as a list, and name that file,')
    expect((await known(snippet))?.keys).toEqual(new Set(['a']))
  })

  it('holds no key that a secret was taken from', () => {
    expect(knownSnippet('uploads-on-disk', [missing('x/<secret db_url>')], now)).toContain('keys: []')
  })

  it('names the check of an instance, and says that it is for all of them', () => {
    expect(knownSnippet('tables[orders]', [missing('a')], now)).toContain(
      'Of the check "tables", and of all its instances.',
    )
  })
})
