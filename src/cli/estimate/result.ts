/** What an estimate says. Nothing here asks anybody. */
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Check, PlanStep } from '../../kinds/kind.js'
import type { Excerpt } from '../../lib/position.js'
import type { VantageSpec } from '../../vantage/schema.js'

export interface Problem {
  readonly message: string
  readonly hint?: string | undefined
  /** Where in the check file. */
  readonly place?: Excerpt | undefined
}

export type Estimate =
  | {
      readonly type: 'query'
      readonly rows: number
      /** In the planner's units. */
      readonly cost?: number | undefined
      readonly tableBytes?: number | undefined
      /** False: the planner has no statistics of the table. */
      readonly analysed?: boolean | undefined
    }
  | {
      readonly type: 'listing'
      /** Counted; all there are unless `more`. */
      readonly entries: number
      readonly bytes: number
      readonly more: boolean
      readonly inodes?: number | undefined
    }
  /** `shared`: several stores divide them among themselves. */
  | { readonly type: 'look-ups'; readonly keys: number; readonly shared: boolean }
  | {
      readonly type: 'objects'
      /** That will be looked into. */
      readonly objects: number
      /** Of those whose size is known. */
      readonly bytes: number
      readonly unsized: number
      /** Too large, beyond the budget, or not to be looked into at all. */
      readonly leftOut: number
    }
  | {
      readonly type: 'content'
      readonly keys: number
      readonly shared: boolean
      /** There are more than were counted. */
      readonly more: boolean
      /** As far as the sizes of what was listed tell. */
      readonly bytes?: number | undefined
      readonly budget?: number | undefined
    }
  | { readonly type: 'reachable' }
  | { readonly type: 'unknown'; readonly problem: Problem }

export interface EstimatedStep {
  readonly step: PlanStep
  /** Absent where it depends on what is found. */
  readonly estimate?: Estimate | undefined
}

export interface EstimatedCheck {
  readonly check: Check
  readonly steps: readonly EstimatedStep[]
}

export interface EstimatedConnection {
  readonly name: string
  readonly type: ConnectionSpec['type']
  /** Where it was asked from; a files connection may be used from several places. */
  readonly from: VantageSpec
  /** Why it cannot be used. */
  readonly problem?: Problem | undefined
}

export interface Estimates {
  readonly checks: readonly EstimatedCheck[]
  /** Those of checks that are not skipped. */
  readonly connections: readonly EstimatedConnection[]
}

export function unknownSteps({ checks }: Estimates): number {
  return checks.flatMap(({ steps }) => steps).filter(({ estimate }) => estimate?.type === 'unknown').length
}

export function estimatedSteps({ checks }: Estimates): number {
  return checks.flatMap(({ steps }) => steps).filter(({ estimate }) => estimate !== undefined).length
}

export function closedConnections({ connections }: Estimates): number {
  return connections.filter(({ problem }) => problem !== undefined).length
}
