/** The rows that a record lists beside those of now: which vanished, which appeared, which hold something else. */
import { type Key, keyFromLatin1, keyFromText } from '../../lib/key.js'
import type { PlainSpool, SortedSpool } from '../../lib/spool.js'
import { createPlainSpool } from '../../lib/spool.js'
import { type ListedOf, ROW_CLASSES, type RowClass, type RowsNow } from './row-classes.js'
import { type ListedRow, readRowList } from './row-list.js'

const HASH = 8

export interface RowDifferences {
  readonly counts: Readonly<Record<RowClass, number>>
  /** Of a record: its key is the name of the table and the key, its rest the class. To be closed. */
  readonly rows: PlainSpool
}

export interface DifferencesOptions {
  readonly part: AsyncIterable<Uint8Array>
  /** All that the record lists, in the order they lie in. */
  readonly listed: readonly ListedOf[]
  /** Of tables with a difference, by the name they had. */
  readonly now: ReadonlyMap<string, RowsNow>
  readonly scratch: string
  readonly signal: AbortSignal
}

export async function rowDifferences({
  part,
  listed,
  now,
  scratch,
  signal,
}: DifferencesOptions): Promise<RowDifferences> {
  const counts: Record<RowClass, number> = { rows_vanished: 0, rows_appeared: 0, rows_changed: 0 }
  const found = createPlainSpool({ dir: scratch, signal })
  try {
    let place = 0
    for await (const then of readRowList(part, listed, signal)) {
      const table = listed[place++]
      const other = table === undefined ? undefined : now.get(table.name)
      if (table === undefined || other === undefined) {
        for await (const _ of then) signal.throwIfAborted()
        continue
      }
      for await (const { finding, key } of differ(inBuckets(then, other), rowsIn(other.rows))) {
        counts[finding]++
        const waiting = found.add(
          keyFromLatin1(`${keyFromText(table.name)} ${key}`),
          String(ROW_CLASSES.indexOf(finding)),
        )
        if (waiting !== undefined) await waiting
      }
    }
    return { counts, rows: await found.finish() }
  } catch (error) {
    await found.close()
    throw error
  }
}

async function* inBuckets(
  rows: AsyncGenerator<ListedRow, void, void>,
  { mask, buckets }: RowsNow,
): AsyncGenerator<ListedRow, void, void> {
  for await (const row of rows) {
    // The lowest bits of the hash, which lie last.
    const low = (row.key.charCodeAt(HASH - 2) << 8) | row.key.charCodeAt(HASH - 1)
    if (buckets.has(low & mask)) yield row
  }
}

async function* rowsIn(spool: SortedSpool): AsyncGenerator<ListedRow, void, void> {
  for await (const page of spool.read()) {
    for (const { key, rest } of page) yield { key, hash: rest.slice(0, HASH), text: rest.slice(HASH) }
  }
}

interface Difference {
  readonly finding: RowClass
  /** Its key, or the hash of it where that is all there is. */
  readonly key: Key
}

/** Both ascending. Several rows may share the hash of a key: those of a table without one, for instance. */
async function* differ(
  then: AsyncGenerator<ListedRow, void, void>,
  now: AsyncGenerator<ListedRow, void, void>,
): AsyncGenerator<Difference, void, void> {
  const [left, right] = [groups(then), groups(now)]
  let a = await left.next()
  let b = await right.next()
  while (a.done !== true || b.done !== true) {
    const ours = a.done !== true && (b.done === true || a.value.key <= b.value.key) ? a.value : undefined
    const theirs = b.done !== true && (a.done === true || b.value.key <= a.value.key) ? b.value : undefined
    yield* apart(ours?.rows ?? [], theirs?.rows ?? [])
    if (ours !== undefined) a = await left.next()
    if (theirs !== undefined) b = await right.next()
  }
}

function* apart(then: readonly ListedRow[], now: readonly ListedRow[]): Generator<Difference, void, void> {
  const gone = without(then, now)
  const come = without(now, then)
  for (const [at, row] of come.entries()) {
    yield { finding: at < gone.length ? 'rows_changed' : 'rows_appeared', key: toldKey(row) }
  }
  for (const row of gone.slice(come.length)) yield { finding: 'rows_vanished', key: toldKey(row) }
}

/** Those that the other side has no such row for. */
function without(rows: readonly ListedRow[], other: readonly ListedRow[]): readonly ListedRow[] {
  if (other.length === 0) return rows
  const left = new Map<string, number>()
  for (const { hash } of other) left.set(hash, (left.get(hash) ?? 0) + 1)
  return rows.filter(({ hash }) => {
    const there = left.get(hash) ?? 0
    if (there > 0) left.set(hash, there - 1)
    return there === 0
  })
}

function toldKey({ key, text }: ListedRow): Key {
  return keyFromLatin1(text === '' ? `#${Buffer.from(key, 'latin1').toString('hex')}` : text)
}

interface Group {
  readonly key: string
  readonly rows: readonly ListedRow[]
}

async function* groups(rows: AsyncGenerator<ListedRow, void, void>): AsyncGenerator<Group, void, void> {
  let group: { readonly key: string; readonly rows: ListedRow[] } | undefined
  for await (const row of rows) {
    if (group !== undefined && group.key === row.key) {
      group.rows.push(row)
      continue
    }
    if (group !== undefined) yield group
    group = { key: row.key, rows: [row] }
  }
  if (group !== undefined) yield group
}
