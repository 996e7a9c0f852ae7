import { quoteName } from '../../postgres/quote.js'
import type { Reading, ReadStep } from '../kind.js'
import type { CompareSpec, SideSpec } from './schema.js'
import { rowsOf } from './sql.js'

export function plan({ source, target }: CompareSpec): readonly ReadStep[] {
  return [step(source), step(target)]
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
  return { type: 'query', query: rowsOf(side, 'SELECT FROM', ''), table: side.table }
}
