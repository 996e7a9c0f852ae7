/** Numbers of the findings that a query asks for. */
import type { Looking, Query } from './book.js'
import { narrow } from './narrow.js'
import { ordered } from './order.js'
import { createPace, type Pace } from './pace.js'
import type { Stock } from './reading.js'

export async function find(stock: Stock, query: Query, looking: Looking): Promise<Uint32Array> {
  const pace = createPace(looking)
  pace.stage(query.sort === 'found' ? 1 : 0.4)
  const numbers = await narrow(stock, await pick(stock, query, pace), query, pace)
  pace.stage(1)
  return ordered(stock, numbers, query.sort, { pace, signal: looking.signal })
}

/** Numbers looked at between two looks at the clock. */
const STEP = 16_384

/** Those of the check, or of the one class, as they came; of what lies in memory alone. */
export async function pick({ places, shelves }: Stock, query: Query, pace: Pace): Promise<Uint32Array> {
  const wanted = shelves.find(query.check, query.finding)
  const count = wanted.reduce((sum, shelf) => sum + shelves.countOf(shelf), 0)
  const end = places.count()
  const isWanted = new Uint8Array(1 + Math.max(...wanted, 0))
  for (const shelf of wanted) isWanted[shelf] = 1
  const numbers = new Uint32Array(count)
  let found = 0
  for (let number = 0; number < end && found < count; number++) {
    if (isWanted[places.shelfOf(number)] === 1) numbers[found++] = number
    if (number % STEP === 0) await pace.pause(0)
  }
  return numbers
}
