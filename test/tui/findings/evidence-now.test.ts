import { describe, expect, it } from 'vitest'
import type { Finding, Side } from '../../../src/kinds/kind.js'
import { displayWidth } from '../../../src/lib/text-width.js'
import { createStyle } from '../../../src/reporters/style.js'
import { nowLines } from '../../../src/tui/findings/evidence-now.js'

const told = (finding: Finding, sides: readonly Side[], width = 80): string =>
  nowLines(finding, sides, createStyle({ width, color: false, unicode: true }))
    .map((line) => line.trimEnd())
    .join('\n')

const rows = (facts: Side['facts'], more: Partial<Side> = {}): Side => ({
  side: 'rows',
  where: 'main',
  there: true,
  facts,
  ...more,
})
const store = (facts: Side['facts'], more: Partial<Side> = {}): Side => ({
  ...rows(facts, more),
  side: 'store',
  where: 'uploads (/srv/uploads)',
  ...more,
})

describe('what both sides say now', () => {
  it('stands beneath each other, with what differs, and with what was found', () => {
    const finding = {
      finding: 'size_mismatch',
      key: 'a',
      refs: 1,
      expected: { size: 100 },
      actual: { size: 40 },
    }
    expect(told(finding, [rows({ rows: 1, size: 100 }), store({ size: 70, type: 'a file' })])).toBe(
      `  rows     main: 1 row refers to it
  store    uploads (/srv/uploads): it is there
           size
  rows     100 bytes
  store    70 bytes
           30 bytes less
           when it was found: store 40 bytes
  store    type: a file`,
    )
  })

  it('is said once where both agree', () => {
    const finding = { finding: 'size_mismatch', key: 'a', refs: 2, expected: { size: 100 }, actual: { size: 40 } }
    expect(told(finding, [rows({ rows: 3, size: 100 }), store({ size: 100 })])).toBe(
      `  rows     main: 3 rows refer to it
  store    uploads (/srv/uploads): it is there
           there were 2 when it was found
           size
  both     100 bytes
           when it was found: store 40 bytes`,
    )
  })

  it('says what is as it was found', () => {
    const finding = { finding: 'missing', key: 'a', expected: { size: 100 } }
    expect(told(finding, [rows({ rows: 1, size: 100 }), store({}, { there: false })])).toBe(
      `  rows     main: 1 row refers to it
  store    uploads (/srv/uploads): it is not there
           size
  rows     100 bytes
           as it was found`,
    )
  })

  it('says of a row that went away what it had declared', () => {
    const finding = { finding: 'missing', key: 'a', expected: { size: 100 } }
    expect(told(finding, [rows({}, { there: false }), store({}, { there: false })])).toContain('no row speaks of it')
  })

  it('says of a record what it has, and of no row', () => {
    const finding = { finding: 'size_mismatch', key: 'a', expected: { size: 100 }, actual: { size: 40 } }
    const record = { where: 'the record', recorded: true } as const
    expect(told(finding, [rows({ size: 100 }, record), store({ size: 40 })])).toBe(
      `  record   the record: it is there
  store    uploads (/srv/uploads): it is there
           size
  record   100 bytes
  store    40 bytes
           60 bytes less
           as it was found`,
    )
    expect(told({ finding: 'orphaned', key: 'a' }, [rows({}, { ...record, there: false })])).toBe(
      '  record   the record: it is not there',
    )
  })

  it('says what cannot be told, and why', () => {
    const side = store({}, { there: undefined, reason: 'HTTP 403' })
    expect(told({ finding: 'missing', key: 'a' }, [side])).toBe(
      `  store    uploads (/srv/uploads): cannot be told
           HTTP 403`,
    )
  })

  it('tells of both names of a renamed key', () => {
    const text = told({ finding: 'renamed', key: 'a', found_as: 'A' }, [
      rows({ rows: 1 }),
      store({}, { there: false }),
      rows({}, { there: false, found_as: true }),
      store({ size: 1 }, { found_as: true }),
    ])
    expect(text).toMatch(
      /it is not there\n\n {2}name {5}of the name it was found as\n {2}rows {5}main: no row speaks of it/,
    )
  })

  it.each([60, 200])('fits into %i columns, and nothing in it moves the cursor', (width) => {
    const bad = `\x1b[31m\x1b]0;x\x07\u202e${'wide 漢字 '.repeat(40)}\n`
    const side = store({ [bad]: bad, size: 12 }, { where: bad, reason: bad })
    const lines = nowLines(
      { finding: bad, key: bad, expected: { [bad]: 1 }, actual: { size: 3, [bad]: 'z' } },
      [rows({ [bad]: [bad, 1], rows: 1 }), side],
      createStyle({ width, color: false, unicode: true }),
    )
    for (const line of lines) {
      expect(displayWidth(line)).toBeLessThanOrEqual(width)
      expect(line).not.toMatch(/[\p{C}]/u)
    }
  })
})
