/** A finding as the page holds it. Shared with the script of the page: types and nothing that runs on one side alone. */

/** Class, key (null for none), words, details, and the exact bytes of a key that is no text. */
export type FindingRow = readonly [
  finding: string,
  key: string | null,
  words: string,
  detail: readonly string[],
  key_b64?: string,
]

/** What the script has to know of a check. */
export interface CheckIndex {
  readonly id: string
  /** All there are, by class. */
  readonly counts: Readonly<Record<string, number>>
  /** Numbers of the elements that hold its findings. */
  readonly blocks: readonly number[]
  readonly listed: number
}

export interface PageIndex {
  readonly checks: readonly CheckIndex[]
}
