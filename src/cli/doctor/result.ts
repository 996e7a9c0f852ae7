/** What was found out about the connections. Nothing here asks anybody. */
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Grants } from '../../postgres/create-role.js'
import type { VantageSpec } from '../../vantage/schema.js'
import type { Problem } from '../estimate/result.js'

/** A right that is there and need not be, or is needed and not there. */
export interface Right {
  /** A few words. */
  readonly what: string
  /** What to do about it: a statement, where there is one. */
  readonly fix?: string | undefined
  /** Checks that need it. */
  readonly checks: readonly string[]
}

/** A check whose rights could not be asked. */
export interface Untold {
  readonly check: string
  readonly problem: Problem
}

export interface Seen {
  /** Program and version: `PostgreSQL 18.4`. */
  readonly server?: string | undefined
  readonly database?: string | undefined
  /** Role, user or account it is asked as. */
  readonly role?: string | undefined
  readonly standing?: 'primary' | 'standby' | undefined
  readonly tls?: boolean | undefined
  /** Median of a few round trips, milliseconds. */
  readonly latencyMs: number
  /** Positive: its clock is ahead of ours. */
  readonly skewMs?: number | undefined
  readonly tooFew: readonly Right[]
  readonly tooMany: readonly Right[]
  readonly untold: readonly Untold[]
  readonly notes: readonly string[]
  /** What a role of its own would need; databases alone. */
  readonly grants?: Grants | undefined
}

export interface Examined {
  readonly name: string
  readonly type: ConnectionSpec['type']
  /** Where it was asked from; a files connection may be used from several places. */
  readonly from: VantageSpec
  /** Safe to print. */
  readonly label: string
  /** Why it cannot be used, or what was seen of it. */
  readonly outcome: { readonly problem: Problem } | { readonly seen: Seen }
}

export interface Exit {
  readonly code: 0 | 1 | 3
  readonly reason: string
}

/** Rights that lack first: that is certain, whatever could not be asked. Rights too many let every check run. */
export function exitOf(all: readonly Examined[], failOnWarn: boolean): Exit {
  const seen = all.flatMap(({ outcome }) => ('seen' in outcome ? [outcome.seen] : []))
  if (seen.some(({ tooFew }) => tooFew.length > 0)) return { code: 1, reason: 'rights lack' }
  if (failOnWarn && seen.some(({ tooMany }) => tooMany.length > 0)) return { code: 1, reason: 'rights are too many' }
  if (seen.length < all.length) return { code: 3, reason: 'a connection could not be opened' }
  if (seen.some(({ untold }) => untold.length > 0)) return { code: 3, reason: 'what a check needs could not be told' }
  return { code: 0, reason: 'every connection can be used' }
}
