/**
 * Findings as a table for spreadsheets (RFC 4180). A spreadsheet takes what begins with `=`, `+`, `-` or `@` for a formula,
 * so an apostrophe is put before it; and it takes text for Latin-1 unless a mark at the beginning says UTF-8. Nothing
 * hidden is in it. Where the key is not shown exactly, `key_b64` has its bytes.
 */
import type { Facts, Finding } from '../../kinds/kind.js'
import { keyToBytes } from '../../lib/key.js'
import { escapeText } from '../../lib/text-escape.js'
import type { Json } from '../../lib/value.js'
import { keyOf } from './finding-of.js'

const COLUMNS = [
  'finding',
  'key',
  'key_b64',
  'store',
  'found_as',
  'expected_size',
  'actual_size',
  'expected',
  'actual',
  'refs',
  'deleted_at',
  'deleted_version',
  'recover_from',
  'reason',
  'fix',
  'row',
  'known',
  'note',
] as const

type Cells = Readonly<Record<(typeof COLUMNS)[number], string>>

const UTF8_MARK = '\ufeff'

export const CSV_HEAD = `${UTF8_MARK}${COLUMNS.join()}\r\n`

export function csvLine(finding: Finding, note: string | undefined): string {
  const key = keyOf(finding)
  const shown = textCell(finding.key ?? '')
  const isExact = key === undefined || Buffer.from(shown).equals(keyToBytes(key))
  const cells: Cells = {
    finding: textCell(finding.finding),
    key: shown,
    key_b64: isExact ? '' : keyToBytes(key).toString('base64'),
    store: textCell(finding.store ?? ''),
    found_as: textCell(finding.found_as ?? ''),
    expected_size: valueCell(finding.expected?.['size']),
    actual_size: valueCell(finding.actual?.['size']),
    expected: factsCell(withoutSize(finding.expected)),
    actual: factsCell(withoutSize(finding.actual)),
    refs: valueCell(finding.refs),
    deleted_at: textCell(finding.deleted?.at ?? ''),
    deleted_version: textCell(finding.deleted?.version ?? ''),
    recover_from: textCell(finding.recover_from?.join(' ') ?? ''),
    reason: textCell(finding.reason ?? ''),
    fix: textCell(finding.fix ?? ''),
    row: factsCell(finding.row),
    known: finding.known === true ? 'true' : '',
    note: textCell(note ?? ''),
  }
  return `${COLUMNS.map((name) => quoted(cells[name])).join()}\r\n`
}

function withoutSize(facts: Facts | undefined): Facts | undefined {
  if (facts === undefined) return undefined
  const { size: _, ...rest } = facts
  return rest
}

function factsCell(facts: Facts | undefined): string {
  return facts === undefined || Object.keys(facts).length === 0 ? '' : textCell(JSON.stringify(facts))
}

/** A number stays one. */
function valueCell(value: Json | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  return textCell(typeof value === 'string' ? value : JSON.stringify(value))
}

// The wide forms count where the spreadsheet is set to Chinese or Japanese.
const FORMULA = /^\s*[=+\-@\uff1d\uff0b\uff0d\uff20]/

function textCell(text: string): string {
  const shown = escapeText(text)
  return FORMULA.test(shown) ? `'${shown}` : shown
}

function quoted(cell: string): string {
  return /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell
}
