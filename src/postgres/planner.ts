/**
 * What the planner expects of a query. Nothing runs, and of the plan only two numbers are taken: the rest of it holds
 * literals of the query.
 */
import { PostgresError, type QueryEstimate, type Row } from './source.js'

export const EXPLAIN = { before: 'EXPLAIN (FORMAT JSON) SELECT * FROM (\n', after: '\n) AS q' }

/** From the one cell that EXPLAIN (FORMAT JSON) gives. */
export function estimateOf(rows: readonly Row[]): QueryEstimate {
  const plan = planOf(rows[0]?.[0] ?? '')
  const [expected, cost] = [plan['Plan Rows'], plan['Total Cost']]
  if (typeof expected === 'number' && typeof cost === 'number') return { rows: expected, cost }
  throw new PostgresError('the server explains the query in a form that is not known')
}

function planOf(text: string): Readonly<Record<string, unknown>> {
  try {
    const [{ Plan: plan }] = JSON.parse(text) as [{ readonly Plan?: Readonly<Record<string, unknown>> }]
    return plan ?? {}
  } catch {
    return {}
  }
}
