/** What a kind comes back with: findings on its way, named numbers and facts at its end. Types only. */
import type { Json, Value } from '../lib/value.js'
import type { StorePlace } from '../stores/store.js'

/** Named facts of a finding: sizes, digests, times, states. Never row values. */
export type Facts = Readonly<Record<string, Json>>

/** One disagreement. Its JSON form is the public format of `--findings` files and of `check:finding` events. */
export interface Finding {
  /** Name of the subject that counts it. */
  readonly finding: string
  readonly key?: string
  /** The exact bytes of the key, base64, where they are not valid UTF-8. */
  readonly key_b64?: string
  /** Connection name of the store, where a check has several. */
  readonly store?: string
  readonly found_as?: string
  readonly found_as_b64?: string
  readonly expected?: Facts
  readonly actual?: Facts
  /** How many rows refer to the key. */
  readonly refs?: number
  /** Row values, only those that `show:` names. */
  readonly row?: Facts
  /** Of a missing key whose store keeps versions: when it was deleted, and the newest version that can be had back. */
  readonly deleted?: Deleted
  /** Connection names of the stores where a missing key can still be had. */
  readonly recover_from?: readonly string[]
  /** Why, where the class alone does not say. */
  readonly reason?: string
  /** The statement that mends it, for somebody to run: nothing here runs it. */
  readonly fix?: string
  /** Set by the engine where `known:` lists it. */
  readonly known?: true
}

export interface Deleted {
  readonly at?: string
  readonly version?: string
}

/** What one side of a finding says of it now. */
export interface Side {
  readonly side: 'rows' | 'store'
  /** Safe to print: connections of the rows, label of the store. */
  readonly where: string
  /** Of a record, which has entries and no rows. */
  readonly recorded?: true
  /** Of the name the finding was found as, not of its key. */
  readonly found_as?: true
  /** Undefined: that cannot be told. */
  readonly there: boolean | undefined
  /** Under the names that `expected` (rows) and `actual` (store) of a finding use for the same. */
  readonly facts: Facts
  /** Why something cannot be told, or taken for what it is. */
  readonly reason?: string
}

/** What became of a finding that was looked at again. */
export interface Rechecked {
  /** Undefined: that cannot be told of it alone. */
  readonly stands: boolean | undefined
  /** Classes of what is wrong with its key now; none where nothing is. */
  readonly now: readonly string[]
  /** None where it has no key to look at. */
  readonly sides: readonly Side[]
  /** Why it cannot be told whether it stands. */
  readonly reason?: string
}

/** What a kind yields on its way. Progress may be dropped; findings never are. */
export type Sighting =
  | { readonly type: 'findings'; readonly findings: readonly Finding[] }
  | {
      readonly type: 'progress'
      readonly done: number
      readonly total?: number | undefined
      readonly unit: string
      readonly stage?: string | undefined
    }

/** One cause that explains many findings. */
export interface Diagnosis {
  readonly summary: string
  /** What to change, ready to paste. */
  readonly suggestion?: string | undefined
}

/** Where missing keys can be had again, and where they belong. Names are those of connections. */
export interface Recovery {
  readonly source: string
  readonly target: string
  /** Whether findings name their store, for the check has several. */
  readonly several?: true | undefined
  readonly from?: StorePlace | undefined
  readonly to?: StorePlace | undefined
}

/** A subject that was not measured, and why. It never equals anything. */
export interface Unobserved {
  readonly unobserved: string
}

export type Observed = Value | Unobserved

/** What one part of a divided check hands on, for the parts to be put together. */
export interface PartOutcome {
  /** Whatever the kind needs for that, and only numbers, names and keys: JSON can hold it. */
  readonly ledger: unknown
  /** Subjects that are judged only then, for another part may make less of them. */
  readonly open: readonly string[]
}

/** What a kind returns when it has looked. */
export interface Observation {
  readonly subjects: Readonly<Record<string, Observed>>
  /** What could not be looked at. With no proven finding beside them the check is *error*. */
  readonly gaps?: readonly string[]
  readonly diagnoses?: readonly Diagnosis[]
  /** Only those from which something can be had. */
  readonly recovery?: readonly Recovery[]
  /** Facts worth saying that change no verdict. */
  readonly notes?: readonly string[]
  /** Nothing to examine, on purpose: outcome *skip* with this reason. */
  readonly skip?: string
  /** Where it was one part of a divided check. */
  readonly part?: PartOutcome
  /** What is to be kept of it beside the subjects where a record is taken, for the check to be held against later. */
  readonly kept?: Json
  /** How it was looked at: `list and merge`, `stat per row` … */
  readonly method?: string
}
