import { randomBytes } from 'node:crypto'
import { Readable } from 'node:stream'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { windowOf } from '../../../src/kinds/backup/formats/compressed.js'
import { streamReader } from '../../../src/kinds/backup/formats/reader.js'
import { DUMPS, look, lookThrough } from './content.js'

const formats = Object.entries(DUMPS)

describe('a sound backup', () => {
  it.each(formats)('%s is told by its content, and has its tables', async (format, content) => {
    const { facts, names, trouble } = await look(content)
    expect(trouble).toBeUndefined()
    expect(facts.format).toBe(format)
    expect(names).toContain('shop.orders')
    expect(names).toContain('orders')
    expect(facts.serverVersion).toMatch(/^15\.18/)
  })

  it.each(formats)('%s is the same from a store that gives no parts', async (format, content) => {
    const chunks = Array.from({ length: Math.ceil(content.length / 1000) }, (_, index) =>
      content.subarray(index * 1000, index * 1000 + 1000),
    )
    const { facts, names, trouble } = await lookThrough(streamReader(Readable.from(chunks)))
    expect([facts.format, trouble]).toEqual([format, undefined])
    expect(names).toContain('shop.orders')
  })

  it.each(['pg_custom', 'pg_tar'] as const)('%s says when and of what it was made', async (format) => {
    const { facts } = await look(DUMPS[format])
    expect(facts).toMatchObject({ database: 'shop', entries: 16, dataEntries: 3 })
    expect(new Date(facts.madeLocal ?? 0).toISOString()).toMatch(/^2026-11-25T22:1/)
  })

  it('is not read whole where a few parts do', async () => {
    const large = Buffer.concat([DUMPS.pg_custom, Buffer.alloc(8 * 1024 * 1024, 1), Buffer.alloc(10)])
    const { trouble, bytesRead } = await look(large)
    expect(trouble).toBeUndefined()
    expect(bytesRead).toBeLessThan(300_000)
  })
})

describe('truncated', () => {
  it.each(formats)('%s is told apart, wherever it was cut', async (_, content) => {
    for (const left of [0.02, 0.3, 0.6, 0.9, 0.96]) {
      const { trouble } = await look(content.subarray(0, Math.floor(content.length * left)))
      expect(trouble, `${left} of it`).toMatch(/^Damage: .*(truncated|ends inside)/)
    }
  })

  // A newline, or the last of the zeros behind a tar, is no loss.
  it.each(formats.filter(([format]) => !['pg_plain', 'pg_tar'].includes(format)))(
    '%s that lacks its last byte is',
    async (_, content) => {
      expect((await look(content.subarray(0, -1))).trouble).toMatch(/^Damage: /)
    },
  )

  it('a custom archive is told by the places its whole table of contents names', async () => {
    const { facts, trouble } = await look(DUMPS.pg_custom.subarray(0, 6000))
    expect(facts.entries).toBe(16)
    expect(trouble).toMatch(/the data of 1 of 3 entries would lie behind its end, first/)
  })

  it('is not seen where the end is not asked for', async () => {
    const cut = DUMPS['pg_plain'].subarray(0, -100)
    expect((await look(cut, { end: true })).trouble).toMatch(/truncated/)
    const { names } = await look(cut, { end: false })
    expect(names).toContain('shop.orders')
  })
})

describe('damaged', () => {
  it.each([
    ['gzip content', 'pg_plain.gz', 5000],
    ['zstd content', 'pg_plain.zst', 5000],
  ] as const)('%s is', async (_, format, at) => {
    const content = Buffer.from(DUMPS[format])
    content.fill(0xa5, at, at + 64)
    expect((await look(content)).trouble).toMatch(/^Damage: its compressed content is damaged|^Damage: .*truncated/)
  })

  it('a custom archive whose data lies elsewhere is', async () => {
    const at = DUMPS.pg_custom.indexOf(Buffer.from([1, 0, 26, 13, 0, 0]))
    const { trouble } = await look(Buffer.concat([DUMPS.pg_custom.subarray(0, -40), Buffer.alloc(40, 7)]))
    expect(at).toBeGreaterThan(0)
    expect(trouble).toMatch(/something else|no end/)
  })

  it('an archive that ends in zeros, as after a crash, is', async () => {
    const content = Buffer.from(DUMPS.pg_custom)
    content.fill(0, content.length - 4096)
    expect((await look(content)).trouble).toMatch(/^Damage: (its last 4096 bytes are zeros|where the data)/)
  })
})

describe('what is no backup', () => {
  it.each([
    ['nothing', '', /^Damage: it is empty$/],
    ['40 bytes', 'x'.repeat(40), /^Damage: it has only 40 bytes/],
    ['40 bytes of an archive', DUMPS.pg_custom.subarray(0, 40), /^Damage: it ends inside/],
    ['a web page', '<!DOCTYPE html><html><body>502 Bad Gateway</body></html>', /^Damage: it is an HTML page/],
    ['an error of S3', '<?xml version="1.0"?>\n<Error><Code>AccessDenied</Code></Error>', /error message of an object/],
    ['an error of pg_dump', 'pg_dump: error: connection to server failed', /error message of the program/],
    ['a pointer of Git LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:00', /pointer of Git LFS/],
    ['zeros', Buffer.alloc(9000), /^Damage: it begins with nothing but zeros/],
    ['a compressed nothing', gzipSync(''), /^Damage: there is nothing inside/],
    ['age', 'age-encryption.org/v1\n-> X25519 abc', /^Unseen: it is encrypted \(age\)/],
    ['gpg', Buffer.from([0x8c, 0x0d, 0x04, 0x09, 0x03]), /^Unseen: it is encrypted \(OpenPGP\)/],
    ['openssl', `Salted__${'x'.repeat(100)}`, /^Unseen: it is encrypted \(openssl enc\)/],
    ['xz', Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0]), /^Unseen: it is xz/],
    ['a long text of no known kind', 'lorem ipsum '.repeat(100), /^Unseen: it is of no format known/],
  ])('%s is named', async (_, content, expected) => {
    const { trouble } = await look(Buffer.from(content as string))
    expect(trouble).toMatch(expected)
    expect(trouble).not.toMatch(/lorem|AccessDenied|connection to server/)
  })
})

describe('the budget', () => {
  it('leaves open what it takes more to see', async () => {
    const { trouble, facts } = await look(DUMPS['pg_plain.gz'], { budget: 5000 })
    expect(trouble).toMatch(/^BudgetSpent: .*the budget of 5000 bytes/)
    expect(facts.format).toBe('pg_plain.gz')
  })

  it.each([
    ['pg_plain.gz', (content: Buffer): Buffer => gzipSync(content, { level: 1 })],
    ['pg_plain.zst', zstdOf],
  ] as const)('is not asked for more than a beginning where the end is not: %s', async (format, pack) => {
    const noise = Buffer.from(randomBytes(8 * 1024 * 1024).toString('base64'))
    const content = pack(Buffer.concat([DUMPS.pg_plain, noise]))
    const { trouble, facts, bytesRead } = await look(content, { end: false })
    expect([facts.format, trouble]).toEqual([format, undefined])
    expect(bytesRead).toBeLessThan(content.length * 0.7)
    expect((await look(content)).trouble).toMatch(/^Damage: it is truncated: it does not end with the line/)
  })

  it('that is just enough is enough', async () => {
    const content = DUMPS['pg_plain.gz']
    expect((await look(content, { budget: content.length })).trouble).toBeUndefined()
  })
})

it.each([
  ['128 KiB', [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0x38], 2 ** 17],
  ['2 GiB', [0x28, 0xb5, 0x2f, 0xfd, 0x04, 0xa8], 2 ** 31],
  ['a single segment', [0x28, 0xb5, 0x2f, 0xfd, 0xa0, 0x00, 0x00, 0x00, 0x10], 2 ** 28],
])('a zstd window of %s is told before it is unpacked', (_, bytes, window) => {
  expect(windowOf(Buffer.from(bytes))).toBe(window)
})

/** One frame of blocks that are not compressed. */
function zstdOf(content: Buffer): Buffer {
  const size = 128 * 1024
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x38])]
  for (let at = 0; at < content.length; at += size) {
    const block = content.subarray(at, at + size)
    const header = Buffer.alloc(3)
    header.writeUIntLE((block.length << 3) | (at + size >= content.length ? 1 : 0), 0, 3)
    parts.push(header, block)
  }
  return Buffer.concat(parts)
}
