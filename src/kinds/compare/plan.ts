import { quoteName } from '../../postgres/quote.js'
import type { Reading, ReadStep } from '../kind.js'
import { rowsOf } from './hashing.js'
import { type CheckSpec, ofOneTable, patternsOf, type SideSpec } from './schema.js'

export function plan(spec: CheckSpec): readonly ReadStep[] {
  const one = ofOneTable(spec)
  if (one !== undefined) return [step(one.source), step(one.target)]
  return [spec.source, spec.target].map((side) => ({
    what: `hash of every row of the tables ${patternsOf(side).join(', ')}`,
    connection: side.connection,
    cost: 'one query for each table, which reads it once; again, in part, where the two differ',
    reading: { type: 'reach' },
    wants: ['tables'],
  }))
}

function step(side: SideSpec): ReadStep {
  return {
    what: `hash of every row of ${side.table}${side.where === undefined ? '' : ' where a condition holds'}`,
    connection: side.connection,
    cost: 'one query that reads the table once; again, in part, where the two differ',
    reading: reading(side),
  }
}

function reading(side: SideSpec): Reading | undefined {
  if (quoteName(side.table) === undefined) return undefined
  return { type: 'query', query: rowsOf(side, 'SELECT 1 AS one FROM', ''), table: side.table }
}
