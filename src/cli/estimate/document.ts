/** Estimates as `plan --estimate --json` gives them. */
import { vantageText } from '../../vantage/schema.js'
import type { Estimate, EstimatedConnection, Estimates, Problem } from './result.js'
import { estimatedSteps, unknownSteps } from './result.js'
import { totalsOf } from './totals.js'

export interface ProblemJson {
  readonly message: string
  readonly hint?: string | undefined
  readonly file?: string | undefined
  readonly line?: number | undefined
  readonly column?: number | undefined
}

/** One number of every step, undefined left out by JSON; `estimated: false` comes with the reason. */
export function estimateJson(estimate: Estimate) {
  switch (estimate.type) {
    case 'query': {
      const { rows, cost, tableBytes, analysed } = estimate
      return { estimated: true, rows, planner_cost: cost, table_bytes: tableBytes, analysed }
    }
    case 'listing': {
      const { entries, bytes, more, inodes } = estimate
      return { estimated: true, entries, exact: !more, bytes: more ? undefined : bytes, inodes_in_use: inodes }
    }
    case 'look-ups':
      return { estimated: true, look_ups: estimate.keys, at_most: estimate.shared }
    case 'objects': {
      const { objects, bytes, unsized, leftOut } = estimate
      return { estimated: true, objects, object_bytes: bytes, of_unknown_size: unsized, left_out: leftOut }
    }
    case 'content': {
      const { keys, shared, more, bytes, budget } = estimate
      const at = { at_most: shared, ...(more ? { at_least: true } : {}) }
      return { estimated: true, contents: keys, ...at, content_bytes: bytes, budget_bytes: budget }
    }
    case 'reachable':
      return { estimated: true }
    case 'unknown':
      return { estimated: false, error: problemJson(estimate.problem) }
  }
}

export function summaryJson(estimates: Estimates) {
  const [reads, unknown] = [estimatedSteps(estimates), unknownSteps(estimates)]
  const { rows, entries, atLeast, requests, objects, objectBytes, unsized, contentBytes, cost, seconds } =
    totalsOf(estimates)
  const totals = {
    rows,
    entries,
    at_least: atLeast,
    requests,
    objects,
    object_bytes: objectBytes,
    objects_of_unknown_size: unsized,
    content_bytes_at_most: contentBytes,
    request_cost_usd: Number(cost.toPrecision(6)),
    seconds: Number(seconds.toPrecision(3)),
  }
  return { reads, estimated: reads - unknown, totals, connections: estimates.connections.map(connectionJson) }
}

function connectionJson({ name, type, from, problem }: EstimatedConnection) {
  return {
    name,
    type,
    ...(from === 'local' ? {} : { from: vantageText(from) }),
    opened: problem === undefined,
    ...(problem === undefined ? {} : { error: problemJson(problem) }),
  }
}

export function problemJson({ message, hint, place }: Problem): ProblemJson {
  return { message, hint, file: place?.file, line: place?.line, column: place?.column }
}
