/** Looks at keys again, on both sides at a new moment: what was on its way between them is no difference. */
import { type Key, keyToText } from '../../lib/key.js'
import type { SqlSession } from '../../sql/source.js'
import type { Hashing, KeyCells } from './hashing.js'
import type { Hashings } from './hashings.js'
import { canBeAsked, cellsOf, sortKey } from './key-cells.js'
import type { ColumnPair } from './pair.js'
import { onBoth, type Sessions } from './sessions.js'
import { type Differing, differing } from './side-by-side.js'
import { columnsQuery, keysQuery } from './sql.js'
import { within } from './tolerance.js'
import { alikeOf, rowText } from './tolerated.js'

/** Keys asked for at once; the statement goes whole into the log of a server that keeps what it is asked. */
const TOGETHER = 500

/** How many rows of each key differ now; none where none does. What cannot be asked for is not in it. */
export async function lookAgain(
  keys: readonly Key[],
  hashings: Hashings,
  sessions: Sessions,
  told: (done: number) => void,
): Promise<ReadonlyMap<Key, Differing | undefined>> {
  const now = new Map<Key, Differing | undefined>()
  const alike = alikeOf(hashings.target.pairing)
  for (const page of pagesOf(keys)) {
    const [ours, theirs] = await onBoth(sessions, (session, side) => hashesOf(page, hashings[side], session))
    for (const key of page) now.set(key, differing(ours.get(key), theirs.get(key), alike))
    told(now.size)
  }
  return now
}

/** Names of the columns in which the one row of a key differs from the one of the other side. */
export async function columnsOf(
  keys: readonly Key[],
  hashings: Hashings,
  sessions: Sessions,
): Promise<ReadonlyMap<Key, readonly string[]>> {
  const found = new Map<Key, readonly string[]>()
  const { columns } = hashings.target.pairing
  for (const page of pagesOf(keys)) {
    const [ours, theirs] = await onBoth(sessions, (session, side) => columnHashes(page, hashings[side], session))
    for (const key of page) {
      const [a, b] = [ours.get(key), theirs.get(key)]
      // Of several rows with one key it is not known which belongs to which.
      if (a?.length !== 1 || b?.length !== 1) continue
      found.set(
        key,
        columns.filter((pair, index) => !sameCell(pair, a[0]?.[index], b[0]?.[index])).map(({ name }) => name),
      )
    }
  }
  return found
}

function sameCell({ tolerance }: ColumnPair, a: string | null = null, b: string | null = null): boolean {
  return tolerance === undefined ? a === b : within(tolerance, a, b)
}

/** Of those the server can be asked for. */
export function* pagesOf(keys: readonly Key[]): Generator<readonly Key[]> {
  const asked = keys.filter((key) => canBeAsked(cellsOf(key)))
  for (let from = 0; from < asked.length; from += TOGETHER) yield asked.slice(from, from + TOGETHER)
}

async function hashesOf(keys: readonly Key[], hashing: Hashing, session: SqlSession) {
  const found = new Map<Key, Map<string, number>>()
  const keyed = hashing.pairing.key.length
  for await (const page of session.stream(keysQuery(hashing, keys.map(textsOf)))) {
    for (const [hash, ...cells] of page) {
      const key = sortKey(keyed === 0 ? [hash ?? null] : cells.slice(0, keyed))
      const hashes = found.get(key) ?? new Map<string, number>()
      found.set(key, hashes)
      const told = keyed === 0 ? '' : rowText(hash ?? '', cells.slice(keyed))
      hashes.set(told, (hashes.get(told) ?? 0) + 1)
    }
  }
  return found
}

async function columnHashes(keys: readonly Key[], hashing: Hashing, session: SqlSession) {
  const found = new Map<Key, (readonly (string | null)[])[]>()
  const count = hashing.pairing.columns.length
  for await (const page of session.stream(columnsQuery(hashing, keys.map(textsOf)))) {
    for (const cells of page) {
      const key = sortKey(cells.slice(count))
      const rows = found.get(key) ?? []
      found.set(key, rows)
      rows.push(cells.slice(0, count))
    }
  }
  return found
}

/** As the server reads them in a statement. */
export function textsOf(key: Key): KeyCells {
  return cellsOf(key).map((cell) => (cell === null ? null : keyToText(cell as Key)))
}
