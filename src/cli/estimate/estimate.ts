/** What the checks would read and at what cost, asked of planner, catalogue and stores. Reads no row and no content. */
import type { Connections } from '../../connections/connections.js'
import type { ConnectionSpec } from '../../connections/schema.js'
import { type Check, type Kind, toldSteps } from '../../kinds/kind.js'
import { type VantageSpec, vantageText } from '../../vantage/schema.js'
import { createAsking } from './asking.js'
import type { EstimatedCheck, Estimates } from './result.js'
import { estimateSteps } from './steps.js'

export interface EstimateOptions {
  readonly checks: readonly { readonly check: Check; readonly kind: Kind }[]
  readonly specs: Readonly<Record<string, ConnectionSpec>>
  readonly connections: Pick<Connections, 'postgres' | 'seenFrom'>
}

/** What cannot be told is part of the result; only a bug is thrown. One check after the other, so that no server is pressed. */
export async function estimateChecks({ checks, specs, connections }: EstimateOptions): Promise<Estimates> {
  const asking = createAsking(specs, connections)
  // What a check only makes when it runs is not there to be asked.
  const isThere = (name: string): boolean => Object.hasOwn(specs, name)
  const used = new Map<string, { readonly name: string; readonly from: VantageSpec }>()
  for (const { check } of checks) {
    for (const name of check.skip === undefined ? check.uses.filter(isThere) : []) {
      const from = asking.placeOf(name, check.from)
      used.set(`${name}\0${vantageText(from)}`, { name, from })
    }
  }
  // All at once: a host that does not answer is waited for once, not once a check.
  const reached = await Promise.all(
    [...used.values()].map(async ({ name, from }) => ({
      name,
      type: asking.type(name),
      from,
      problem: await asking.problemOf(name, from),
    })),
  )
  const estimated: EstimatedCheck[] = []
  for (const { check, kind } of checks) {
    const steps = kind.plan(check.spec as never)
    const askable = steps.map(({ reading, ...step }) =>
      step.connection !== undefined && isThere(step.connection) ? { ...step, reading } : step,
    )
    const estimates = check.skip === undefined ? await estimateSteps(check, askable, asking) : []
    const told = toldSteps(steps).map((step, index) => ({ step, estimate: estimates[index] }))
    estimated.push({ check, steps: told })
  }
  return { checks: estimated, connections: reached }
}
