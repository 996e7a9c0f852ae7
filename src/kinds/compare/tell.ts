/** Differences as findings, and back. Pure. */
import { type Key, keyFromJson, keyFromLatin1, keyFromText, keyToJson, keyToText } from '../../lib/key.js'
import type { Finding } from '../kind.js'
import { cellsOf, sortKey, toldKey, untoldKey } from './key-cells.js'
import type { Difference } from './side-by-side.js'
import { cutTable } from './table-pattern.js'

/** Before the hash of a row that has no key. */
const HASH = 'row '

export interface Told {
  /** Whether rows have no key. */
  readonly alone: boolean
  readonly columns: readonly string[] | undefined
  /** The statement that would mend it. */
  readonly fix?: string | undefined
  /** Stands before the key where the check has several: `billing.invoices 7`. */
  readonly table?: string | undefined
}

export function toFinding(finding: Difference, key: Key, { alone, columns, fix, table }: Told): Finding {
  const cells = cellsOf(key)
  const told = alone ? keyFromLatin1(`${HASH}${cells[0]}`) : toldKey(cells)
  const named = table === undefined ? told : keyFromLatin1(`${keyFromText(table)} ${told}`)
  const differ = finding === 'changed' && columns !== undefined && columns.length > 0
  return {
    finding,
    ...keyToJson(named),
    ...(differ ? { actual: { columns: [...columns] } } : {}),
    ...(fix === undefined ? {} : { fix }),
  }
}

/** The key of a finding, as it was told. */
export function toldKeyOf({ key = '', key_b64 }: Finding): Key {
  return keyFromJson({ key, ...(key_b64 === undefined ? {} : { key_b64 }) })
}

/** Where a check has several tables: the one the finding is of, and its key there. */
export function tableKeyOf(finding: Finding): { readonly table: string; readonly told: Key } | undefined {
  const cut = cutTable(toldKeyOf(finding))
  if (cut === undefined) return undefined
  return { table: keyToText(keyFromLatin1(cut.table)), told: keyFromLatin1(cut.rest) }
}

/** What a key was told from, as it is sorted. */
export function sortKeyOf(told: Key, alone: boolean): Key {
  return sortKey(alone ? [told.slice(HASH.length)] : untoldKey(told))
}
