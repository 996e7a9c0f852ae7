/** The steps of one check, each estimated from what it says it reads. Knows no kind. */
import type { Check, Reading, ReadStep } from '../../kinds/kind.js'
import { mysqlTableSize } from '../../mysql/table-size.js'
import { parseName, quoteIdentifier } from '../../postgres/quote.js'
import { tableSize } from '../../postgres/table-size.js'
import type { Extent } from '../../stores/store.js'
import { type Asking, problemFrom } from './asking.js'
import { sumObjects } from './objects.js'
import type { Estimate } from './result.js'

/** In the order of the steps; undefined for those that depend on what is found. */
export async function estimateSteps(
  check: Check,
  steps: readonly ReadStep[],
  asking: Asking,
): Promise<readonly (Estimate | undefined)[]> {
  // Rows whose keys are looked for; undefined once the planner did not tell one of them.
  let keys: number | undefined = 0
  const estimates: (Estimate | undefined)[] = []
  for (const { reading, connection } of steps) {
    if (reading === undefined || connection === undefined) {
      estimates.push(undefined)
      continue
    }
    const estimate = await estimateStep({ check, reading, connection, keys, asking })
    if (reading.type === 'query' && reading.keys === true) {
      keys = estimate.type === 'query' && keys !== undefined ? keys + estimate.rows : undefined
    }
    estimates.push(estimate)
  }
  return estimates
}

interface Asked {
  readonly check: Check
  readonly reading: Reading
  readonly connection: string
  readonly keys: number | undefined
  readonly asking: Asking
}

async function estimateStep(asked: Asked): Promise<Estimate> {
  const { check, connection, asking } = asked
  if ((await asking.problemOf(connection, check.from)) !== undefined) {
    return unknown(`${connection} could not be opened (see below)`)
  }
  try {
    return await tell(asked)
  } catch (error) {
    return { type: 'unknown', problem: problemFrom(error, check) }
  }
}

async function tell({ check, reading, connection, keys, asking }: Asked): Promise<Estimate> {
  switch (reading.type) {
    case 'query':
      return query(reading, connection, asking)
    case 'entries': {
      const extent = await asking.extent(connection, check.from, reading.prefix)
      if (extent !== undefined && !looksUp(reading.lookUp, check, keys)) return listing(extent)
      if (keys === undefined) return unknown('a look-up for each row, and how many rows is not known')
      return { type: 'look-ups', keys, shared: reading.shared }
    }
    case 'content': {
      const extent = await asking.extent(connection, check.from, reading.prefix)
      const { shared, budget, of } = reading
      const all = of === 'rows' ? keys : extent?.entries
      if (all === undefined)
        return unknown(`content for each ${of === 'rows' ? 'row' : 'entry'}, and how many there are is not known`)
      const wanted = Math.ceil(all * reading.share)
      const mean = extent === undefined || extent.entries === 0 ? undefined : extent.bytes / extent.entries
      const more = of === 'entries' && extent?.more === true
      return { type: 'content', keys: wanted, shared, more, budget, bytes: mean && Math.round(mean * wanted) }
    }
    case 'objects':
      return asking.inSession(connection, (session) => sumObjects(session, reading, asking.searchPathOf(connection)))
    case 'reach':
      return { type: 'reachable' }
  }
}

function query(
  { query, table }: Extract<Reading, { type: 'query' }>,
  connection: string,
  asking: Asking,
): Promise<Estimate> {
  return asking.inSession(connection, async (session) => {
    const { rows, cost } = await session.estimate(query)
    const name = table === undefined ? undefined : parseName(table)
    if (name === undefined) return { type: 'query', rows, cost }
    if (asking.type(connection) === 'mysql') {
      return { type: 'query', rows, cost, tableBytes: await mysqlTableSize(session, name) }
    }
    const { bytes, analysed } = await tableSize(session, name.map(quoteIdentifier).join('.'))
    return { type: 'query', rows, cost, tableBytes: bytes, analysed }
  })
}

function looksUp(
  { maxRows, unlessAsserted }: Extract<Reading, { type: 'entries' }>['lookUp'],
  { assertions }: Check,
  keys: number | undefined,
): boolean {
  if (keys === undefined || keys > maxRows) return false
  return !assertions.some(({ subject }) => unlessAsserted.includes(subject))
}

/** What cannot be listed is not known, however much is. */
function listing({ entries, bytes, more, inodes, gaps }: Extent): Estimate {
  const [first] = gaps
  if (first !== undefined)
    return unknown(`${gaps.length === 1 ? 'a part' : `${gaps.length} parts`} cannot be listed: ${first}`)
  return { type: 'listing', entries, bytes, more, inodes }
}

function unknown(message: string): Estimate {
  return { type: 'unknown', problem: { message } }
}
