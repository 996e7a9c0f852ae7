/**
 * Looks at keys again, after the listing: rows in a new transaction, the store key by key. What changed while the
 * comparison ran (a row deleted, a file that arrived) is no finding.
 */
import { detached, type Key } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'
import type { Context } from '../kind.js'
import type { Report } from '../reporting.js'
import type { Budget } from './budget.js'
import { addRow, type Claim, type OpenClaim, openClaim } from './claim.js'
import { examine, wantsChecksum } from './examine.js'
import { type Look, look } from './look.js'
import { mapLimited } from './map-limited.js'
import { type RowSink, readRows } from './read-rows.js'
import type { FindingClass, Mark } from './residue.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import { verifyContents } from './verify.js'
import { type ToVerify, toVerify } from './verify-plan.js'

/** Classes that looking again can settle. Rows in a gap stay in it, and what lies in the row alone is read with it. */
export const REVISITED: readonly FindingClass[] = [
  'missing',
  'in_flight',
  'size_mismatch',
  'checksum_mismatch',
  'renamed',
  'forbidden',
  'unreadable',
  'zero_bytes',
  'orphaned',
]

/** What is found of a key whose content has not been told right: to be verified again, or for the first time. */
const UNPROVEN: readonly FindingClass[] = [
  'missing',
  'in_flight',
  'renamed',
  'size_mismatch',
  'checksum_mismatch',
  'forbidden',
  'unreadable',
]

/** Store name → key → classes it was found in. */
export type Candidates = ReadonlyMap<string, ReadonlyMap<Key, ReadonlySet<FindingClass>>>

/** What is true of a key now. */
export interface Again {
  /** None where all is right. */
  readonly marks: readonly Mark[]
  /** Rows promise it and an entry is there. */
  readonly matched: boolean
  /** Whether its content, which had not been told right before, is now; undefined where that was not to be told. */
  readonly verified?: boolean
  /** Of the entry, milliseconds since 1970. */
  readonly modified?: number | undefined
}

/** Store name → key → what is true of it now. */
export type Looked = ReadonlyMap<string, ReadonlyMap<Key, Again>>

export interface LookAgainOptions {
  readonly spec: ArtifactsSpec
  readonly rules: Rules
  readonly context: Context
  readonly budget: Budget
  readonly signal: AbortSignal
  readonly report: Report
  /** Told of every key what both sides say, which the stores are then asked all about. */
  readonly onSides?: ((store: string, key: Key, sides: Sides) => void) | undefined
}

export interface Sides {
  /** Undefined: no row speaks of it. */
  readonly claim: Claim | undefined
  readonly look: Look
}

const WIDTH = 32
const PAGE = 1000

export async function lookAgain(candidates: Candidates, options: LookAgainOptions): Promise<Looked> {
  const { context, report, signal } = options
  const rows = await claimsOf(candidates, options)
  const total = [...candidates.values()].reduce((sum, keys) => sum + keys.size, 0)
  const looked = new Map<string, Map<Key, Again>>()
  let done = 0
  for (const [name, keys] of candidates) {
    const store = context.connections.store(name)
    const found = new Map<Key, Again>()
    looked.set(name, found)
    const all = [...keys]
    for (let from = 0; from < all.length; from += PAGE) {
      signal.throwIfAborted()
      const page = all.slice(from, from + PAGE)
      const claims = page.map(([key]) => rows.get(name)?.get(key))
      const now = await lookAt(page, claims, { name, store }, options)
      for (const [index, [key]] of page.entries()) found.set(key, now[index] ?? { marks: [], matched: false })
      done += page.length
      report({ stage: 'looking again', done, total, unit: 'keys' })
    }
  }
  return looked
}

/** Whether a finding holds: it was seen again, or what there is to see cannot be seen. */
export function stands(finding: FindingClass, { marks, matched }: Again): boolean {
  const isThere = isAbsence(finding) && matched
  return marks.some((mark) => mark.finding === finding || (cannotTell(mark) && !isThere))
}

/** How old its rows are by now decides which of the two it is. */
export function isAbsence(finding: FindingClass): boolean {
  return finding === 'missing' || finding === 'in_flight'
}

function cannotTell({ finding }: Mark): boolean {
  return finding === 'unverifiable' || finding === 'forbidden' || finding === 'unreadable'
}

async function claimsOf(candidates: Candidates, options: LookAgainOptions): Promise<Map<string, Map<Key, OpenClaim>>> {
  const claims = new Map<string, Map<Key, OpenClaim>>()
  const sink: RowSink = {
    claim: (store, key, row) => {
      if (candidates.get(store)?.has(key) !== true) return undefined
      const keys = claims.get(store) ?? new Map<Key, OpenClaim>()
      claims.set(store, keys)
      // What is kept must not keep the page of the stream it was cut from.
      const claim = keys.get(key) ?? openClaim(detached(key))
      keys.set(claim.key, claim)
      addRow(claim, detached(row))
      return undefined
    },
    noKey: () => undefined,
    unsafe: () => undefined,
    unmapped: () => undefined,
  }
  // Which keys a rewrite makes one of these of, the database cannot tell.
  const only = options.rules.rewrite === undefined ? [...new Set([...candidates.values()].flatMap(keysOf))] : undefined
  await readRows({ ...options, sink, only, stage: 'reading rows again' })
  return claims
}

function keysOf(ofStore: ReadonlyMap<Key, unknown>): readonly Key[] {
  return [...ofStore.keys()]
}

async function lookAt(
  page: readonly (readonly [Key, ReadonlySet<FindingClass>])[],
  claims: readonly (Claim | undefined)[],
  { name, store }: { readonly name: string; readonly store: Store },
  { rules, budget, signal, onSides }: LookAgainOptions,
): Promise<readonly Again[]> {
  const asked = onSides === undefined ? { signal } : { signal, digests: true, facts: true }
  const looks = await mapLimited(page, store.features.together ?? WIDTH, ([key]) => look(store, key, asked))
  for (const [index, [key]] of page.entries()) {
    const found = looks[index]
    if (found !== undefined) onSides?.(name, key, { claim: claims[index], look: found })
  }
  const again: ToVerify[] = []
  const places: number[] = []
  const now = page.map(([, classes], index): Again => {
    const found = looks[index]
    const claim = claims[index]
    if (found === undefined) return { marks: [], matched: false }
    if ('mark' in found) return { marks: [found.mark], matched: false }
    const { entry } = found
    if (claim === undefined) {
      const size = entry?.size === undefined ? {} : { actual: { size: entry.size } }
      return { marks: entry === undefined ? [] : [{ finding: 'orphaned', ...size }], matched: false }
    }
    if (claim.refs === 0) return { marks: [], matched: false }
    const marks = examine(claim, entry, rules)
    const unproven = UNPROVEN.some((finding) => classes.has(finding))
    if (entry !== undefined && unproven && wantsChecksum(claim, entry, marks, rules)) {
      again.push(toVerify(claim, entry.size))
      places.push(index)
    }
    return { marks, matched: entry !== undefined && entry.unreadable === undefined, modified: entry?.modified }
  })
  await verifyContents(onePage(again), { store, budget, signal }, (_, { mark, index: at }) => {
    const index = places[at] ?? 0
    const before = now[index]
    if (before === undefined) return undefined
    const marks = mark === undefined ? before.marks : [...before.marks, mark]
    now[index] = { ...before, marks, verified: mark === undefined }
    return undefined
  })
  return now
}

async function* onePage<T>(items: readonly T[]): AsyncGenerator<readonly T[], void, void> {
  yield items
}
