/** What the readers of formats find out, told as it is found, so that it stands when the rest is broken. */

export interface Facts {
  /** What it is, from inside out: `pg_plain.gz`, `tar.zst`, `pg_custom`. */
  readonly format: string
  /** Entries in its table of contents; told only when all of it was read. */
  readonly entries: number
  /** When it was made by its own account, in milliseconds since 1970 as if that clock showed UTC. */
  readonly madeLocal: number
  readonly database: string
  readonly serverVersion: string
  /** Of the pg_dump that made it. */
  readonly dumpVersion: string
  /** Entries are there, but their content is encrypted. */
  readonly encryptedEntries: number
  /** A schema without rows. */
  readonly dataEntries: number
}

export interface Inspection {
  readonly tell: (facts: Partial<Facts>) => void
  /** Every name of the table of contents, all the ways one may write it. */
  readonly see: (names: readonly string[]) => void
  /** Whether names are looked for: then a plain dump is read whole. */
  readonly wanted: boolean
  /** Whether the end is looked at, and all that this takes. */
  readonly end: boolean
}
