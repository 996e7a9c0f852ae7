/** What an observer gets besides its check: the world as it is seen from where the check looks. Types only. */
import type { PostgresSpec } from '../connections/schema.js'
import type { Json } from '../lib/value.js'
import type { PostgresSource } from '../postgres/source.js'
import type { PostgresWriter } from '../postgres/writer.js'
import type { RedisSource } from '../redis/source.js'
import type { SqlSource } from '../sql/source.js'
import type { BucketSource } from '../stores/s3/bucket.js'
import type { Store } from '../stores/store.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { Vantage } from '../vantage/vantage.js'
import type { Allowed } from '../writes/allowed.js'
import type { Check } from './check.js'
import type { Finding, Observation, Rechecked, Sighting } from './observation.js'

/** The world as it is seen from where a check looks. */
export interface Surroundings {
  readonly connections: {
    readonly postgres: (name: string) => PostgresSource
    /** A database of whichever engine, for what needs no more than queries. */
    readonly sql: (name: string) => SqlSource
    /** A files store that names no vantage of its own lies at that of the check. */
    readonly store: (name: string) => Store
    readonly redis: (name: string) => RedisSource
    readonly bucket: (name: string) => BucketSource
    /** What writes to a database; for `src/writes` alone, behind `assertAllowed`. */
    readonly writer: (name: string) => PostgresWriter
  }
  /** Where the check looks from. */
  readonly vantage: Vantage
  /** Another place to look from, for what has to be the same in both. */
  readonly vantageAt: (from: VantageSpec) => Vantage
  /** Makes a database usable as connection `name` until the run ends, when `dispose` is called. */
  readonly offer: (name: string, spec: OfferedDatabase, dispose: () => Promise<void>) => void
}

/** A database a check has made: where it is, in the fields of a connection of type postgres. */
export type OfferedDatabase = Omit<PostgresSpec, 'type'>

/** The `number`-th, from 1, of `of` parts. */
export interface Part {
  readonly number: number
  readonly of: number
  /** What a part of an earlier run counted: keys are cut where it had cut them. */
  readonly like?: unknown
}

/**
 * What the kind kept of this check when the record was taken (`Observation.kept`). `take`: one is being taken now, and
 * nothing is held against anything. `missing`, `dropped`: why there is none, by mistake or on purpose.
 */
export type CheckRecordSeen =
  | {
      readonly take: true
      /** Where a file may be made of what is too large for `kept`; what is there when the check is over is kept. */
      readonly part: string
      /** Whether a text has a secret in it, which no record may hold. */
      readonly holdsSecret: (text: string) => boolean
    }
  | {
      readonly kept: Json
      /** That file; it ends with a CheckError where it was altered meanwhile. */
      readonly part?: (() => AsyncIterable<Uint8Array>) | undefined
    }
  | { readonly missing: string }
  | { readonly dropped: string }

/** What an observer gets besides its check. */
export interface Context extends Surroundings {
  readonly signal: AbortSignal
  /** What the command line allows beyond reading. */
  readonly allowed: Allowed
  /** A private directory for spooled data; the engine removes it after the attempt. */
  readonly scratch: string
  /**
   * A private directory that outlives the process, for how far a long check got; it is there only once the check makes
   * it, and may then hold what an interrupted run left. Undefined: the run keeps no journal.
   */
  readonly checkpoints?: string | undefined
  readonly now: () => Date
  /** Undefined: as `missing`. */
  readonly record?: CheckRecordSeen | undefined
  /** Only this part of the check is to be looked at; kinds that divide (`Kind.divides`) alone are given one. */
  readonly part?: Part | undefined
  /** `--show-data`: row values and the details of database errors may appear. */
  readonly showData: boolean
}

export type Observe<Spec> = (check: Check<Spec>, context: Context) => AsyncGenerator<Sighting, Observation, void>

/** Looks at findings again; returns of each, in their order, what became of it. */
export type Recheck<Spec> = (
  check: Check<Spec>,
  findings: readonly Finding[],
  context: Context,
) => Promise<readonly Rechecked[]>

/** A part of a check as a recorded run holds it. */
export interface RecordedPart extends Part {
  /** What the part handed on; of the same version. */
  readonly ledger: unknown
  readonly findings: () => AsyncIterable<readonly Finding[]>
}

/**
 * Puts parts together: yields the findings of all and returns what one undivided check would have come back with. A
 * CheckError where they do not fit. Some parts may be missing; whoever calls it knows which.
 */
export type Combine = (
  parts: readonly RecordedPart[],
  context: Pick<Context, 'scratch' | 'signal'>,
) => AsyncGenerator<Sighting, Observation, void>
