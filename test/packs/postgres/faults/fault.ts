/** What can be wrong with a database after a move: how it comes about, how it is mended, and which check tells of it. */

/** `fails`: a statement that is meant to fail, as an index that cannot be built. */
export type Statement = string | { readonly fails: string }

export interface Fault {
  readonly check: string
  /** Each in its own; run as superuser in a database made by healthy.sql. */
  readonly plant: readonly Statement[]
  readonly undo: readonly Statement[]
  /** What the findings show, in any order; columns not named here may be anything. */
  readonly found: readonly Readonly<Record<string, unknown>>[]
  /** First major it can be planted on. */
  readonly since?: number
  /** Other checks that cannot but tell of it, too. */
  readonly also?: readonly string[]
  /** First major on which a role with the rights the pack asks for, and no more, can see it; before it is *error* to it. */
  readonly seenSince?: number
  /** Sessions take it over when they get to it. */
  readonly slow?: true
}

/** A table of whoever changes the schema, so that nobody's rights are wrong. */
export const made = (statement: string): readonly Statement[] => ['set role migrator', statement, 'reset role']
export const system = (...settings: readonly string[]): readonly Statement[] => [
  ...settings.map((setting) => `alter system ${setting}`),
  'select pg_reload_conf()',
]
/** `%I` in the statement is the database the tests are in. */
export const ofDatabase = (statement: string): Statement =>
  `do $$ begin execute format($f$${statement}$f$, current_database()); end $$`
