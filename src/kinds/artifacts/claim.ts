/** What the rows of one key say about its file. Written to the spool row by row, read back key by key. */
import { strictest } from '../../compare/declared-size.js'
import type { Key } from '../../lib/key.js'
import { firstFrom, keyAt, type Rec, type Records, restAt } from '../../lib/records.js'
import { recordsOf } from '../../lib/spool-arena.js'

/** What one row says. */
export interface RowClaim {
  /** `explained`: the file may exist and need not. `young`: the row is younger than the grace. */
  readonly as: 'row' | 'young' | 'explained'
  /** Token of `compare/declared-size.ts`; empty: not declared; `!`: not a size. */
  readonly size: string
  /** `sha256:…`; empty: not declared; `!` and why it is of no use. ASCII. */
  readonly digest: string
  /** `2019-04` of the row's time, or empty. */
  readonly month: string
}

export interface Claim {
  readonly key: Key
  /** Rows that promise the file; 0 where it is only explained. */
  readonly refs: number
  readonly young: number
  /** Different ones. */
  readonly sizes: readonly string[]
  readonly digests: readonly string[]
  readonly month: string
}

/** Different values kept of one key: so many digests disagree already, and of so many sizes only the strictest matter. */
const MOST_VALUES = 16
const NO_VALUES: readonly string[] = []

const LETTER = { row: 'r', young: 'y', explained: 'e' } as const

/** How the record of a row begins that says no more than its size: a byte. */
export const PLAIN_ROW = LETTER.row.charCodeAt(0)

/** How the record of a row begins that only explains a file. */
export const EXPLAINED = LETTER.explained

/** A letter and the size; behind a tab each, and only where there is one of the two, the digest and the month. */
export function encodeRow({ as, size, digest, month }: RowClaim): string {
  const head = size === '' ? LETTER[as] : LETTER[as] + size
  return digest === '' && month === '' ? head : `${head}\t${digest}\t${month}`
}

/** The same for rows that say the same: how young a row is depends on when it is read. */
export function withoutAge(row: string): string {
  return row[0] === LETTER.young ? LETTER.row + row.slice(1) : row
}

export interface OpenClaim {
  readonly key: Key
  refs: number
  young: number
  sizes: readonly string[]
  digests: readonly string[]
  month: string
}

export function openClaim(key: Key): OpenClaim {
  return { key, refs: 0, young: 0, sizes: NO_VALUES, digests: NO_VALUES, month: '' }
}

/** Takes a row as `encodeRow` gave it; of any number of rows no more is kept than of a few. */
export function addRow(claim: OpenClaim, row: string): void {
  const letter = row[0]
  if (letter === LETTER.explained) return
  claim.refs++
  if (letter === LETTER.young) claim.young++
  if (row.length === 1) return
  const sizeEnd = row.indexOf('\t')
  if (sizeEnd === -1) {
    claim.sizes = keptSizes(claim.sizes, row.slice(1))
    return
  }
  const digestEnd = row.indexOf('\t', sizeEnd + 1)
  claim.sizes = keptSizes(claim.sizes, row.slice(1, sizeEnd))
  claim.digests = kept(claim.digests, row.slice(sizeEnd + 1, digestEnd))
  if (claim.month === '') claim.month = row.slice(digestEnd + 1)
}

function kept(values: readonly string[], value: string): readonly string[] {
  if (value === '' || values.includes(value)) return values
  return values.length === 0 ? [value] : values.length < MOST_VALUES ? [...values, value] : values
}

function keptSizes(sizes: readonly string[], size: string): readonly string[] {
  const all = kept(sizes, size)
  return all.length < MOST_VALUES ? all : strictest(all)
}

/** Ascending records, equal keys beside each other, become one claim for each key. */
export async function* groupClaims(pages: AsyncIterable<readonly Rec[]>): AsyncGenerator<readonly Claim[], void, void> {
  let open: OpenClaim | undefined
  for await (const page of pages) {
    const done: Claim[] = new Array(page.length)
    let count = 0
    for (const { key, rest } of page) {
      if (open === undefined || open.key !== key) {
        if (open !== undefined) done[count++] = open
        open = openClaim(key)
      }
      addRow(open, rest)
    }
    done.length = count
    if (count > 0) yield done
  }
  if (open !== undefined) yield [open]
}

/** What records `[from, to)`, which are of one key, come to. */
export function claimOf(records: Records, from: number, to: number): Claim {
  const claim = openClaim(keyAt(records, from))
  for (let n = from; n < to; n++) addRow(claim, restAt(records, n))
  return claim
}

/** Records of which no key is parted by an end; `claim`, where there is one, says what they come to, and they are one. */
export interface WholeKeys {
  readonly records: Records
  readonly claim: Claim | undefined
}

/**
 * Ascending records, equal keys beside each other, so that those of one key come together. Those at an end of what they
 * came in, however many they are, become a claim at once.
 */
export async function* wholeKeys(pages: AsyncIterable<Records>): AsyncGenerator<WholeKeys, void, void> {
  let open: OpenClaim | undefined
  for await (const page of pages) {
    let { from } = page
    if (open !== undefined) {
      from = addAll(open, page, from)
      if (from === page.to) continue
      yield held(open)
    }
    const last = keyAt(page, page.to - 1)
    const end = firstFrom(page, last, true)
    if (end > from) yield { records: { ...page, from, to: end }, claim: undefined }
    open = openClaim(last)
    addAll(open, page, end)
  }
  if (open !== undefined) yield held(open)
}

/** Adds the rows of its key, from `from` on; returns where they end. */
function addAll(claim: OpenClaim, page: Records, from: number): number {
  let n = from
  for (; n < page.to && keyAt(page, n) === claim.key; n++) addRow(claim, restAt(page, n))
  return n
}

function held(claim: Claim): WholeKeys {
  return { records: recordsOf([{ key: claim.key, rest: '' }]), claim }
}
