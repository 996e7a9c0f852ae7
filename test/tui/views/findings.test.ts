import { expect, it } from 'vitest'
import { KEYS, sitDown } from '../sit-down.js'

const atFindings = async (options = {}) => {
  const sitting = await sitDown(options)
  sitting.type('3')
  await sitting.shows('9 findings')
  return sitting
}
const keysOf = (lines: readonly string[]) =>
  lines.slice(3, -2).flatMap((line) => (line === '' ? [] : line.slice(21, 38).trim()))

it('lists class, key, and what was expected and seen', async () => {
  const { lines } = await atFindings()
  expect(lines()[0]).toContain('shop after the move › uploads-on-disk › findings')
  expect(lines()[2]).toMatch(/^ {2}class {14}key +expected, seen$/)
  expect(lines()[3]).toMatch(/^❯ missing {12}2019\/a b\.txt +expected size 52341$/)
  expect(keysOf(lines())).toHaveLength(9)
})

it('shows a name that would break the line as text', async () => {
  const { lines } = await atFindings()
  expect(lines().join('\n')).toContain('2020/line\\nbreak.txt')
})

it('filters by text, and without it', async () => {
  const { type, shows, lines } = await atFindings()
  type('/2020\r')
  await shows('9 findings, 2 of them here')
  expect(keysOf(lines())).toEqual(['2020/Zoë 漢字.jpg', '2020/line\\nbreak.'])
  type('/')
  await shows('filter: 2020▏')
  type(`${KEYS.backspace.repeat(4)}`)
  await shows('filter: ▏')
  type('!20\r')
  await shows('filter !20')
  expect(keysOf(lines())).toEqual(['caf�.txt'])
  type(KEYS.escape)
  await shows(/9 findings +all classes/)
})

it('shows one class, then the next', async () => {
  const { type, shows } = await atFindings()
  for (const name of ['missing', 'orphaned', 'size_mismatch']) {
    type('t')
    await shows(`class ${name}`)
  }
  type('t')
  await shows('all classes')
})

it('sorts', async () => {
  const { type, shows, lines } = await atFindings()
  type('s')
  await shows('findings in the order: key')
  await expect.poll(() => keysOf(lines())[0]).toBe('2018/cut-off.mp4')
})

it('puts them together by directory, and goes in and out', async () => {
  const { type, shows } = await atFindings()
  type('d')
  await shows(/❯ +2 {2}██░░░░░░░░ {2}22% {2}2019\/ +all missing/)
  await shows('1 size_mismatch, 1 orphaned')
  type(KEYS.enter)
  await shows('› directories › 2019/')
  type(KEYS.escape)
  await shows('2021/')
})

it('writes what the filter shows', async () => {
  const { type, shows, desk } = await atFindings()
  type('t')
  await shows('class missing')
  type('x')
  await shows('write to: uploads-on-disk.missing.txt▏ [list] ndjson csv')
  type(KEYS.tab)
  await shows('write to: uploads-on-disk.missing.ndjson▏ list [ndjson] csv')
  type(KEYS.enter)
  await shows('wrote 7 findings to uploads-on-disk.missing.ndjson')
  expect(desk.exports).toMatchObject([{ format: 'ndjson', query: { check: 'uploads-on-disk', finding: 'missing' } }])
})

it('gives what is accepted to paste, and copies it', async () => {
  const { type, shows, desk } = await atFindings()
  type('K')
  await shows('known findings of uploads-on-disk')
  await shows('no file was changed')
  type('y')
  await expect.poll(() => desk.copies[0]).toMatch(/^ {4}known:\n {6}reason: /m)
})

it('reads no finding but those in sight', async () => {
  const { desk, shows, type } = await sitDown({ columns: 80, rows: 15 })
  type('2')
  await shows('Every upload')
  expect(desk.book.reads()).toBe(0)
})
