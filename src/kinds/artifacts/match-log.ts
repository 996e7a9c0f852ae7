/**
 * How far the comparison with one store got, kept for a run that goes on with this one: the last key that is settled, what
 * was counted up to there, what was left over, and what is still to be verified. It holds as long as the rows up to that
 * key say the same as before; otherwise the comparison begins again.
 */
import { readLog } from '../../lib/append-log.js'
import { type Key, keyFromLatin1 } from '../../lib/key.js'
import { firstFrom, pagesOf, type Records, within } from '../../lib/records.js'
import { readingOf, type SortedSpool } from '../../lib/spool.js'
import { copyOf } from '../../lib/spool-arena.js'
import { openQuietLog } from './quiet-log.js'
import { decodeMark, encodeMark, type Residues } from './residue.js'
import { createRowHash, type RowHash } from './row-hash.js'
import type { StoreRun, Tally } from './store-run.js'
import type { VerifyQueue } from './verify-queue.js'

/** How the entries of a store are found; what one way has settled says nothing to the other. */
export type Way = 'list' | 'stat'

export interface MatchLog {
  /** All up to this key was settled before; undefined: nothing was. */
  readonly after: Key | undefined
  /** Something was settled before, and does not hold. */
  readonly outdated: boolean
  /** When it began, at first, milliseconds since 1970. */
  readonly since: number
  /** What takes the place of these in the comparison. */
  readonly claims: SortedSpool
  readonly residues: Residues
  readonly queue: VerifyQueue
  /** All up to this key is settled now. */
  readonly settled: (key: Key) => Promise<void> | undefined
  /** From here on nothing is kept: parts of the store are out of sight, and must be looked for again. */
  readonly stop: () => void
  /** The comparison has come to its end. */
  readonly finish: () => Promise<void>
  readonly close: () => Promise<void>
}

export interface MatchLogOptions {
  readonly path: string
  readonly run: Pick<StoreRun, 'name' | 'claims' | 'residues' | 'tally'>
  readonly queue: VerifyQueue
  readonly way: Way
  /** Where the keys of the store are cut into parts: of another part nothing is settled. One byte in each character. */
  readonly cuts: readonly Key[]
  readonly since: number
  readonly now: () => Date
  readonly onFailure: (error: unknown) => void
}

interface Begun {
  readonly way: Way
  readonly cuts: readonly string[]
  readonly since: number
}

interface Point {
  readonly tally: Tally
  /** Of the rows up to its key. */
  readonly rows: string
}

interface Found extends Begun {
  readonly after: Key
  readonly point: Point
  /** Of what was written up to the point. */
  readonly length: number
}

/** How long what is settled may wait to be written. */
const PAUSE_MS = 1000
const NONE = keyFromLatin1('')

export async function openMatchLog(options: MatchLogOptions): Promise<MatchLog> {
  const { path, run, queue, way, cuts, now, onFailure } = options
  const { claims, residues, tally } = run
  const found = await find(path)
  const same = found?.way === way && found.cuts.join('\0') === cuts.join('\0')
  const known = found !== undefined && same ? await rowsUpTo(found, claims) : undefined
  const before = known === undefined ? undefined : found
  if (before !== undefined) await restore(path, before, options)
  const { after, since } = before ?? { after: undefined, since: options.since }
  const log = await openQuietLog(path, before?.length ?? 0, onFailure)
  if (before === undefined) await log.add(NONE, `b${JSON.stringify({ way, cuts, since } satisfies Begun)}`)

  const rows = known ?? createRowHash()
  /** Rows that were given out and are not settled. */
  let pending: Records[] = []
  let settledTo = after ?? NONE
  let written = now().getTime()
  let stopped = false
  const write = async (): Promise<void> => {
    written = now().getTime()
    await log.add(settledTo, `p${JSON.stringify({ tally, rows: rows.digest() } satisfies Point)}`)
    await log.flush()
  }
  const keep = (key: Key, rest: () => string) => (stopped ? undefined : log.add(key, rest()))
  return {
    after,
    outdated: found !== undefined && before === undefined,
    since,
    claims: {
      ...claims,
      ...readingOf(async function* (range) {
        for await (const page of claims.records(range)) {
          const left = within(page, { after })
          if (left.from === left.to) continue
          if (!stopped) pending.push(left)
          yield left
          // What of it is not settled yet is kept longer than the page stands.
          pending = pending.map((records) => (records.bytes === left.bytes ? copyOf(records) : records))
        }
      }),
    },
    residues: {
      ...residues,
      add: (key, mark) =>
        both(
          keep(key, () => `r${encodeMark(mark)}`),
          residues.add(key, mark),
        ),
    },
    queue: {
      ...queue,
      add: (item) =>
        both(
          keep(NONE, () => `q${JSON.stringify(item)}`),
          queue.add(item),
        ),
    },
    settled: (key) => {
      if (stopped) return undefined
      pending = pending.flatMap((page) => {
        const behind = firstFrom(page, key, false)
        for (const records of pagesOf({ ...page, to: behind })) rows.add(records)
        return behind === page.to ? [] : [{ ...page, from: behind }]
      })
      settledTo = key
      return now().getTime() - written < PAUSE_MS ? undefined : write()
    },
    stop: () => {
      stopped = true
      pending = []
    },
    finish: async () => {
      if (!stopped) await write()
    },
    close: () => log.close(),
  }
}

/** The last point that is whole. */
async function find(path: string): Promise<Found | undefined> {
  let begun: Begun | undefined
  let found: Found | undefined
  for await (const { records, end } of readLog(path)) {
    for (const { key, rest } of records) {
      if (rest[0] === 'b') begun = JSON.parse(rest.slice(1)) as Begun
      // A point is the last of its block.
      if (rest[0] !== 'p' || begun === undefined) continue
      found = { ...begun, after: key, point: JSON.parse(rest.slice(1)) as Point, length: end }
    }
  }
  return found
}

/** The hash of the rows up to there, to be gone on with; undefined where they do not say what they said. */
async function rowsUpTo({ after, point }: Found, claims: SortedSpool): Promise<RowHash | undefined> {
  const rows = createRowHash()
  for await (const page of claims.read()) {
    const within = page.filter(({ key }) => key <= after)
    rows.add(within)
    if (within.length < page.length) break
  }
  return rows.digest() === point.rows ? rows : undefined
}

async function restore(path: string, { point, length }: Found, { run, queue }: MatchLogOptions): Promise<void> {
  for await (const { records, end } of readLog(path)) {
    if (end > length) break
    for (const { key, rest } of records) {
      if (rest[0] === 'r') await run.residues.add(key, decodeMark(rest.slice(1)))
      if (rest[0] === 'q') await queue.add(JSON.parse(rest.slice(1)) as Parameters<VerifyQueue['add']>[0])
    }
  }
  Object.assign(run.tally, point.tally)
}

function both(first: Promise<void> | undefined, second: Promise<void> | undefined): Promise<void> | undefined {
  if (first === undefined) return second
  return second === undefined ? first : Promise.all([first, second]).then(() => undefined)
}
