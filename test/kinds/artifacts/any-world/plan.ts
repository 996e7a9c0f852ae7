/** A small world as plain data: what rows promise, what stores hold and how they behave. Keys are one byte a character. */
import type { Key } from '../../../../src/lib/key.js'
import type { StoreErrorCode } from '../../../../src/stores/store.js'

/** How a moment lies to the grace of ten minutes; `far` is a year ahead. */
export type When = 'old' | 'young' | 'ahead' | 'far'

/** A size as a row writes it, and what it says in the column's unit; `bad`: it is none. */
export interface SizeCell {
  readonly text: string | null
  readonly says: number | 'bad' | undefined
}

/** A checksum as a row writes it: of which content, or of nothing that could be compared. */
export interface SumCell {
  readonly of: string | 'bad' | undefined
  readonly form: 'hex' | 'HEX' | 'prefixed' | 'wrong length' | 'no hex'
}

export interface RowPlan {
  readonly key: string | null
  readonly times: number
  readonly size: SizeCell
  readonly sum: SumCell
  readonly store: string | null
  readonly time: When | null
}

export interface QueryPlan {
  readonly size: { readonly unit: 'B' | 'kB'; readonly tolerance: number } | undefined
  readonly sum: 'md5' | 'sha256' | undefined
  readonly time: boolean
  readonly rows: readonly RowPlan[]
}

export interface ExplainedPlan {
  readonly chooses: boolean
  readonly rows: readonly Pick<RowPlan, 'key' | 'times' | 'store'>[]
}

export interface EntryPlan {
  readonly key: Key
  readonly content: string
  readonly modified: When | undefined
  /** `unlisted`: a look-up finds it, the listing does not have it. */
  readonly state: 'plain' | 'archived' | 'unreadable' | 'unlisted'
  /** Whether a look-up tells the digests of the content. */
  readonly digests: boolean
  readonly reading: 'whole' | 'short' | 'breaks' | 'forbidden'
}

export interface StorePlan {
  readonly entries: readonly EntryPlan[]
  readonly lists: boolean
  readonly ordered: boolean
  /** Whether entries have sizes. */
  readonly sizes: boolean
  readonly dated: boolean
  /** As a file system does: `..`, NUL and absolute paths. */
  readonly refuses: boolean
  readonly gaps: readonly { readonly from: Key; readonly to: Key | undefined }[]
  /** Entries of the pages, over and over. */
  readonly pages: readonly number[]
  /** The listing ends with an error behind so many pages. */
  readonly breaksAfter: number | undefined
  /** What looking up a key comes to, where it is not an answer. */
  readonly trouble: readonly { readonly key: Key; readonly code: Exclude<StoreErrorCode, 'absent'> }[]
  readonly together: number | undefined
}

export type Rewriting =
  | { readonly strip_prefix: string }
  | { readonly add_prefix: string }
  | { readonly url_path: true }
  | { readonly url_decode: true }

export interface WorldPlan {
  readonly queries: readonly QueryPlan[]
  readonly explained: readonly ExplainedPlan[]
  /** With `media`, rows choose between the two. */
  readonly uploads: StorePlan
  readonly media: StorePlan | undefined
  /** Where missing keys are looked for, too. */
  readonly spare: StorePlan | undefined
  readonly rewrite: readonly Rewriting[]
  readonly scope: string | undefined
  readonly ignore: readonly string[]
  readonly derived: readonly string[]
  readonly grace: boolean
  readonly verifySize: boolean
  readonly verifySum: 'none' | 'all' | '1/2' | '2/3'
  /** Nothing may be read to hash it. */
  readonly noBudget: boolean
  readonly emptyRows: boolean
  readonly emptyStore: boolean
  readonly asserted: readonly string[]
  readonly rowPages: readonly number[]
}

export const NAMES = { local: 'uploads', again: 'uploads', s3: 'media' } as const
