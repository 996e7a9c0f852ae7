/** What a check will read, told before it does. Light. */
import type { UserQuery } from '../postgres/source.js'

/** What will be read, from where, at what cost. One sentence each, no values. */
export interface PlanStep {
  readonly what: string
  /** Name of the connection it goes to. */
  readonly connection?: string
  readonly cost?: string
}

/** The same for whoever estimates it. `reading` is not for reports, for a query may hold values: see `toldSteps`. */
export interface ReadStep extends PlanStep {
  /** Absent where it depends on what is found. */
  readonly reading?: Reading | undefined
  /** What it takes beyond reading what `reading` names; see Want. */
  readonly wants?: readonly Want[] | undefined
}

/**
 * `tables`: it looks into tables that are found only when it runs. `sessions`: what others do is hidden from it without
 * pg_monitor, and changes what it says. `writes`: it writes, where that is allowed.
 */
export type Want = 'tables' | 'sessions' | 'writes'

export type Reading =
  | {
      readonly type: 'query'
      readonly query: UserQuery
      /** The table that is read whole, as the check names it. */
      readonly table?: string
      /** Every row names a key that is looked for in the stores of the check. */
      readonly keys?: true
    }
  | {
      /** A listing, or where the store cannot list, one look-up for each row. */
      readonly type: 'entries'
      readonly prefix: string
      /** With no more rows than `maxRows`, looked up as well, unless one of these subjects is asserted. */
      readonly lookUp: { readonly maxRows: number; readonly unlessAsserted: readonly string[] }
      /** Rows choose among several stores, so this one has at most all of them. */
      readonly shared: boolean
    }
  | {
      /** Content of what the rows name, or of all entries: a share of the keys, at most so many bytes. */
      readonly type: 'content'
      readonly of: 'rows' | 'entries'
      readonly prefix: string
      readonly share: number
      readonly budget?: number | undefined
      readonly shared: boolean
    }
  | {
      /** Looking into each object of a list, the smallest first; the list says how much that reads. */
      readonly type: 'objects'
      readonly list: UserQuery
      /** Larger ones are left out, and what comes once all together would read more than the budget. */
      readonly most?: number | undefined
      readonly budget?: number | undefined
    }
  /** How much is not known before; that it can be reached is. */
  | { readonly type: 'reach' }

/** The steps as they may be told, in events and in `plan`. */
export function toldSteps(steps: readonly ReadStep[]): readonly PlanStep[] {
  return steps.map(({ reading: _, wants: _wants, ...step }) => step)
}
