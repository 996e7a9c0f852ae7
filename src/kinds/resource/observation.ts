/** From what was seen to subjects. */
import { firstToRunOut, freeOf, type Supply } from '../../probes/supply.js'
import type { Observation, Observed } from '../kind.js'
import { type Measure, measuresFree } from './measures.js'

export interface Looked {
  /** All limits that hold at once; the one with the least left counts. */
  readonly supplies: readonly Supply[]
  /** Why there is nothing to tell where there is no limit. */
  readonly otherwise: string
  readonly notes?: readonly string[]
  readonly method?: string | undefined
  readonly more?: Readonly<Record<string, Observed>>
}

export function observationOf(
  measure: Measure,
  { supplies, otherwise, notes = [], method, more }: Looked,
): Observation {
  const told = method === undefined ? {} : { method }
  const supply = firstToRunOut(supplies)
  if (supply === undefined) {
    const unobserved = { unobserved: otherwise }
    const subjects = { value: unobserved, used: unobserved, free: unobserved, total: unobserved }
    return { subjects: { ...subjects, ...more }, notes, ...told }
  }
  const { used, total, limit } = supply
  const free = freeOf(supply)
  const subjects = { value: measuresFree(measure) ? free : used, used, free, total }
  return { subjects: { ...subjects, ...more }, notes: [`counted against ${limit}`, ...notes], ...told }
}
