/** Adds up what the parts of a divided check counted, and says where they cannot be added up. Pure. */
import type { RecordedPart } from '../kind.js'
import type { Ledger, StoreLedger } from './ledger.js'
import { emptyTally, type Tally } from './store-run.js'

export interface LedgerPart extends Pick<RecordedPart, 'number' | 'of'> {
  readonly ledger: Ledger
}

/** `parts` ascending by number, at least one. Findings are not counted here. */
export function sumLedgers(parts: readonly LedgerPart[]): Omit<Ledger, 'counts'> {
  const [first, ...others] = parts.map(({ ledger }) => ledger)
  if (first === undefined) throw new Error('no parts')
  const all = [first, ...others]
  return {
    ...first,
    read: { ...first.read, notes: [...new Set(all.flatMap(({ read }) => read.notes))] },
    rows: all.reduce((sum, { rows }) => sum + rows, 0),
    stores: first.stores.map((store, index) =>
      sumStores(
        store,
        all.map(({ stores }) => stores[index]),
      ),
    ),
    ways: distinct(all.flatMap(({ ways }) => ways)),
    notes: parts.flatMap(({ number, of, ledger }) => ledger.notes.map((note) => `part ${number} of ${of}: ${note}`)),
  }
}

function sumStores(store: StoreLedger, all: readonly (StoreLedger | undefined)[]): StoreLedger {
  const tally = emptyTally()
  for (const name of Object.keys(tally) as (keyof Tally)[]) {
    tally[name] = all.reduce((sum, one) => sum + (one?.tally[name] ?? 0), 0)
  }
  return {
    ...store,
    listed: all.every((one) => one?.listed === true),
    // Two parts may meet at what could not be listed.
    gaps: [...new Set(all.flatMap((one) => one?.gaps ?? []))],
    tally,
  }
}

/** Why the parts are not parts of one check over the same rows; undefined where they are. */
export function mismatchOf(
  parts: readonly LedgerPart[],
): { readonly message: string; readonly hint: string } | undefined {
  const [first, ...others] = parts
  if (first === undefined) return undefined
  for (const other of others) {
    const pair = `parts ${first.number} and ${other.number} of ${first.of}`
    if (JSON.stringify(first.ledger.terms) !== JSON.stringify(other.ledger.terms)) {
      return { message: `${pair} did not check the same thing`, hint: 'run all parts again, from the same check files' }
    }
    const moved = first.ledger.stores.find((store, index) => placesOf(store) !== placesOf(other.ledger.stores[index]))
    if (moved === undefined) continue
    return {
      message: `${pair} were cut at different places in ${moved.name}: rows changed between them, so keys may lie in both or in none`,
      hint: 'run the parts again, all while nothing writes, or each with --cuts and the recording of one of them',
    }
  }
  return undefined
}

function placesOf(store: StoreLedger | undefined): string {
  return JSON.stringify([store?.name, store?.cuts])
}

function distinct<T>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [JSON.stringify(item), item])).values()]
}
