/** A route: who is told of what, and how. Data alone; what a channel needs besides is in `spec`. */
import * as z from 'zod'
import { SEVERITIES, type Severity } from '../kinds/kind.js'
import type { Excerpt } from '../lib/position.js'

/** The outcomes somebody may have to act on. */
export const TOLD_OUTCOMES = ['fail', 'error', 'blocked', 'warn'] as const
export type ToldOutcome = (typeof TOLD_OUTCOMES)[number]

export interface Route {
  readonly name: string
  /** Name of its channel. */
  readonly type: string
  /** Checks of this severity and above. */
  readonly severity: Severity
  /** Checks of these owners; undefined: of all. */
  readonly owners: readonly string[] | undefined
  readonly outcomes: readonly ToldOutcome[]
  readonly send: 'on_change' | 'on_trouble' | 'always'
  readonly required: boolean
  /** Findings of each check that are told. */
  readonly findings: number
  /** The fields of its channel among others, as its schema has read them. */
  readonly spec: unknown
  readonly place: Excerpt
}

/** The fields every route has besides those of its channel. */
export const routeShape = {
  severity: z
    .enum(SEVERITIES)
    .default('low')
    .meta({ description: 'Only checks of this severity and above; low where nothing is said, so all but info.' }),
  owner: z
    .union([z.string().min(1), z.array(z.string().min(1)).min(1)])
    .meta({
      description: 'Only checks of this owner, or of one of these. Without it of all, and of the run as a whole.',
    })
    .optional(),
  outcomes: z
    .array(z.enum(TOLD_OUTCOMES))
    .min(1)
    .default(['fail', 'error', 'blocked'])
    .meta({ description: 'What is told of; warnings only where warn stands here.' }),
  send: z.enum(['on_change', 'on_trouble', 'always']).default('on_change').meta({
    description:
      'on_change: only what this route was not told of yet, and what is over, which takes --history; without one every run in trouble. on_trouble: every run in trouble, and what is over. always: every run.',
  }),
  required: z
    .boolean()
    .default(false)
    .meta({ description: 'Whether a message that could not be sent ends the run with exit code 5.' }),
  findings: z
    .int()
    .min(0)
    .max(20)
    .default(3)
    .meta({ description: 'How many findings of each check are told. Keys of files may stand in them; 0 tells none.' }),
} as const

export type RouteFields = z.output<z.ZodObject<typeof routeShape>>

export function ownersOf({ owner }: Pick<RouteFields, 'owner'>): readonly string[] | undefined {
  return typeof owner === 'string' ? [owner] : owner
}

/** Whether what becomes of a check is of this route's concern at all. */
export function concerns(
  { severity, owners }: Pick<Route, 'severity' | 'owners'>,
  check: { readonly severity: Severity; readonly owner: string },
): boolean {
  const grave = SEVERITIES.indexOf(check.severity) <= SEVERITIES.indexOf(severity)
  return grave && (owners === undefined || owners.includes(check.owner))
}
