/** Differences as findings, and back. Pure. */
import { type Key, keyFromJson, keyFromLatin1, keyToJson } from '../../lib/key.js'
import type { Finding } from '../kind.js'
import { cellsOf, sortKey, toldKey, untoldKey } from './key-cells.js'
import type { Difference } from './side-by-side.js'

/** Before the hash of a row that has no key. */
const HASH = 'row '

export interface Told {
  /** Whether rows have no key. */
  readonly alone: boolean
  readonly columns: readonly string[] | undefined
}

export function toFinding(finding: Difference, key: Key, { alone, columns }: Told): Finding {
  const cells = cellsOf(key)
  const told = alone ? keyFromLatin1(`${HASH}${cells[0]}`) : toldKey(cells)
  const differ = finding === 'changed' && columns !== undefined && columns.length > 0
  return { finding, ...keyToJson(told), ...(differ ? { actual: { columns: [...columns] } } : {}) }
}

/** The key a finding was made from, as it is sorted. */
export function toKey({ key = '', key_b64 }: Finding, alone: boolean): Key {
  const told = keyFromJson({ key, ...(key_b64 === undefined ? {} : { key_b64 }) })
  return sortKey(alone ? [told.slice(HASH.length)] : untoldKey(told))
}
