/** What is known and found about one store of a check, while the check runs. */
import type { Key } from '../../lib/key.js'
import type { SortedSpool } from '../../lib/spool.js'
import type { Store } from '../../stores/store.js'
import type { Deleted } from '../kind.js'
import type { FindingClass, Residues } from './residue.js'

export interface Tally {
  /** Every entry the listing gave. */
  listed: number
  /** Those in scope that are artifacts. */
  entries: number
  /** Keys of rows, and of those that explain, in a stated scope. */
  scoped: number
  /** Keys of rows that were looked for. */
  examined: number
  matched: number
  duplicates: number
  verified: number
  /** Keys whose content was to be verified. */
  toVerify: number
  /** Of them, as far as sizes are known. */
  bytesToVerify: number
  /** Those the budget did not reach. */
  unreached: number
  /** Verified before the first that was not reached. */
  fair: number
  ignored: number
  explained: number
  /** Entries too young to be orphans. */
  spared: number
  derived: number
}

export interface StoreRun {
  readonly name: string
  readonly store: Store
  readonly claims: SortedSpool
  /** Those of other parts too, where the check is divided. */
  readonly everyClaim: SortedSpool
  /** First and last key of the claims; undefined where there are none. */
  readonly bounds: { readonly first: Key; readonly last: Key } | undefined
  readonly residues: Residues
  /** What residues became when looked at again. */
  readonly changed: Residues
  readonly tally: Tally
  /** Whether a key lies where nothing could be listed when the record was taken. */
  readonly unrecorded?: ((key: Key) => boolean) | undefined
  /** What could not be looked at, in words. */
  readonly gaps: string[]
  /** Residues that were right when looked at again. */
  readonly healed: Map<FindingClass, Set<Key>>
  /** Of the missing keys that were looked at again. */
  readonly deleted: Map<Key, Deleted>
  listing: boolean
  /** When looking through the store began, milliseconds since 1970. */
  since: number
}

export function emptyTally(): Tally {
  return {
    listed: 0,
    entries: 0,
    scoped: 0,
    examined: 0,
    matched: 0,
    duplicates: 0,
    verified: 0,
    toVerify: 0,
    bytesToVerify: 0,
    unreached: 0,
    fair: 0,
    ignored: 0,
    explained: 0,
    spared: 0,
    derived: 0,
  }
}
