/** Merges ascending runs into one ascending sequence; equal keys come in the order of their runs. */
import { compareBytes, viewOf } from './byte-views.js'
import type { Key } from './key.js'
import type { Range, Records } from './records.js'
import { createArena } from './spool-arena.js'
import type { Run } from './spool-run.js'

const PAGE_RECORDS = 1000
const PAGE_BYTES = 64 * 1024

/** Where one run is being read: its next record lies at `start`. */
interface Cursor {
  readonly source: AsyncGenerator<Records, void, void>
  records: Records
  n: number
  view: DataView
  start: number
  middle: number
  end: number
  done: boolean
}

/** Memory: one block of each run. A page stands until the next is asked for. */
export async function* mergeRuns(runs: readonly Run[], range: Range): AsyncGenerator<Records, void, void> {
  const [only] = runs
  if (runs.length === 1 && only !== undefined) return yield* only.records(range)
  const opened = runs.map((run) => run.records(range))
  try {
    const cursors: Cursor[] = []
    for (const source of opened) {
      const first = await source.next()
      if (!first.done) cursors.push(cursorOf(source, first.value))
    }
    const match = createMatch(cursors, sharedPrefix(runs))
    const page = createArena(PAGE_BYTES)
    for (let next = cursors[match.winner()]; next !== undefined && !next.done; next = cursors[match.winner()]) {
      page.addRecord(next.view, next.start, next.middle, next.end)
      next.n++
      if (next.n < next.records.to) turn(next)
      else await refill(next)
      match.replay()
      if (page.count() < PAGE_RECORDS && page.size() < PAGE_BYTES) continue
      yield page.freeze()
      page.clear()
    }
    if (page.count() > 0) yield page.freeze()
  } finally {
    for (const source of opened) await source.return()
  }
}

function cursorOf(source: Cursor['source'], records: Records): Cursor {
  const view = viewOf(records.bytes)
  const cursor: Cursor = { source, records, n: records.from, view, start: 0, middle: 0, end: 0, done: false }
  turn(cursor)
  return cursor
}

function turn(cursor: Cursor): void {
  const { records, n } = cursor
  cursor.start = records.starts[n] as number
  cursor.middle = records.middles[n] as number
  cursor.end = records.starts[n + 1] as number
}

async function refill(cursor: Cursor): Promise<void> {
  const next = await cursor.source.next()
  cursor.done = next.done === true
  if (next.done) return
  cursor.records = next.value
  cursor.view = viewOf(next.value.bytes)
  cursor.n = next.value.from
  turn(cursor)
}

/** How many bytes all keys begin with alike. */
function sharedPrefix(runs: readonly Run[]): number {
  const bounds = runs.flatMap((run) => run.bounds ?? [])
  const [some] = bounds
  if (some === undefined) return 0
  const first = bounds.reduce<Key>((least, one) => (one.first < least ? one.first : least), some.first)
  const last = bounds.reduce<Key>((most, one) => (one.last > most ? one.last : most), some.last)
  let shared = 0
  while (shared < first.length && first[shared] === last[shared]) shared++
  return shared
}

/**
 * A tree in which each has lost against the one above it: who replays the winner's games asks of each level once. Of a heap
 * every level is asked twice.
 */
function createMatch(cursors: readonly Cursor[], shared: number) {
  const size = cursors.length
  const losers = new Int32Array(size).fill(-1)
  let winner = -1
  const isBefore = (one: number, other: number): boolean => {
    const a = cursors[one] as Cursor
    const b = cursors[other] as Cursor
    if (a.done || b.done) return !a.done
    const order = compareBytes(a.view, a.start + shared, a.middle, b.view, b.start + shared, b.middle)
    return order === 0 ? one < other : order < 0
  }
  const play = (from: number): void => {
    let better = from
    for (let node = (from + size) >> 1; node > 0; node >>= 1) {
      const loser = losers[node] as number
      if (loser === -1) {
        losers[node] = better
        return
      }
      if (isBefore(loser, better)) {
        losers[node] = better
        better = loser
      }
    }
    winner = better
  }
  for (let index = 0; index < size; index++) play(index)
  return { winner: () => winner, replay: () => play(winner) }
}
