/** The whole listing against all claims, walked side by side. */
import {
  type Agrees,
  createSideBySide,
  type Entries,
  lastKey,
  passEntry,
  passRow,
  type Rows,
} from '../../compare/side-by-side.js'
import type { Key } from '../../lib/key.js'
import { keyAt } from '../../lib/records.js'
import { EMPTY_PAGE, type PackedPage, packedEntryAt, packedKeyAt } from '../../stores/packed.js'
import type { Entry } from '../../stores/store.js'
import { type Claim, claimOf, wholeKeys } from './claim.js'
import type { StoreListing } from './early-listing.js'
import type { Gaps } from './gaps.js'
import { type MatchOptions, noteDuplicate, takeClaim } from './match.js'
import type { Rules } from './rules.js'

const ROWS = 'the spool of rows'

export async function matchByListing(listing: StoreListing, options: MatchOptions): Promise<void> {
  const { run, rules, signal, report } = options
  const { gaps } = listing
  const { label } = run.store
  const { tally } = run
  const agrees = agreement(rules)
  const claims = wholeKeys(run.claims.records())
  const pages = listing.pages()
  const side = createSideBySide()
  let rows: Rows | undefined
  let held: Claim | undefined
  let entries: Entries<PackedPage> = side.entries(EMPTY_PAGE, undefined)
  /** What was passed by without a look. */
  let passed = 0
  let ended = false

  const turnRows = async (): Promise<void> => {
    const next = await claims.next()
    rows = next.done ? undefined : side.rows(next.value.records)
    held = next.done ? undefined : next.value.claim
  }
  const turnEntries = async (): Promise<void> => {
    const last = lastKey(entries)
    const next = await pages.next()
    ended = next.done === true
    entries = side.entries(next.done ? EMPTY_PAGE : next.value, last)
  }
  const takeRow = (pair: boolean): Claim => {
    const { records, n } = rows as Rows
    const end = passRow(rows as Rows, pair ? undefined : ROWS)
    return held ?? claimOf(records, n, end)
  }
  const takeEntry = (pair: boolean): Entry => {
    const entry = packedEntryAt(entries.page, entries.at, entries.odd)
    passEntry(entries, pair ? undefined : label)
    return entry
  }
  const settle = async (): Promise<void> => {
    tally.listed += passed
    tally.entries += passed
    tally.examined += passed
    tally.matched += passed
    passed = 0
    signal.throwIfAborted()
    if (options.log !== undefined) await tellLog(options.log, gaps, [lastRow(rows), lastEntry(entries)])
    report({ stage: `listing ${run.name}`, done: tally.listed, unit: 'entries' })
  }

  try {
    await turnRows()
    await turnEntries()
    while (rows !== undefined || !ended) {
      const { at } = entries
      const stop =
        rows === undefined
          ? entries.at < entries.page.ends.length
            ? 'entry'
            : 'entries end'
          : ended && rows.n < rows.records.to
            ? 'row'
            : side.passBy(rows, entries, held === undefined ? agrees : 'never')
      passed += entries.at - at
      if (stop === 'entries end' || stop === 'rows end') {
        await settle()
        await (stop === 'rows end' ? turnRows() : turnEntries())
      } else if (stop === 'row') {
        const claim = takeRow(false)
        if (rules.scopePrefix !== '' && rules.inScope(claim.key)) tally.scoped++
        if (claim.refs > 0) await withoutEntry(claim, gaps, options)
      } else if (stop === 'entry') {
        tally.listed++
        await withoutRow(takeEntry(false), options)
      } else {
        tally.listed++
        const claim = takeRow(true)
        if (rules.scopePrefix !== '' && rules.inScope(claim.key)) tally.scoped++
        const waiting = withEntry(claim, takeEntry(true), options)
        if (waiting !== undefined) await waiting
      }
    }
  } finally {
    await claims.return()
    await pages.return()
  }
  run.listing = true
  run.gaps.push(...gaps.reasons())
  const more = gaps.count() - gaps.reasons().length
  if (more > 0) run.gaps.push(`${more} more parts of ${label} could not be listed`)
}

/** Of a pair that agrees there is nothing to count but that it is there. */
function agreement(rules: Rules): Agrees {
  if (rules.scopePrefix !== '' || rules.verifiesSomething) return 'never'
  return rules.verifiesSize ? 'size' : 'there'
}

function lastRow(rows: Rows | undefined): Key | undefined {
  return rows === undefined || rows.n === rows.records.from ? undefined : keyAt(rows.records, rows.n - 1)
}

function lastEntry({ page, at }: Entries<PackedPage>): Key | undefined {
  return at === 0 ? undefined : packedKeyAt(page, at - 1)
}

/** What a part that could not be listed covers is not settled: going on, the listing has to meet it again. */
async function tellLog(
  log: NonNullable<MatchOptions['log']>,
  gaps: Gaps,
  last: readonly (Key | undefined)[],
): Promise<void> {
  if (gaps.count() > 0) return log.stop()
  const keys = last.filter((key) => key !== undefined)
  if (keys.length > 0) await log.settled(keys.reduce((most, key) => (key > most ? key : most)))
}
async function withoutEntry(claim: Claim, gaps: Gaps, options: MatchOptions): Promise<void> {
  await noteDuplicate(claim, options)
  const gap = gaps.covering(claim.key)
  if (gap === undefined) return takeClaim(claim, undefined, options)
  const mark = { finding: 'unverifiable', refs: claim.refs, reason: gap.reason } as const
  await options.run.residues.add(claim.key, mark)
}

function withEntry(claim: Claim, entry: Entry, options: MatchOptions): Promise<void> | undefined {
  const { tally } = options.run
  if (entry.placeholder !== true && options.rules.inScope(entry.key)) tally.entries++
  if (claim.refs === 0) {
    tally.explained++
    return undefined
  }
  const noting = noteDuplicate(claim, options)
  return noting === undefined ? takeClaim(claim, entry, options) : noting.then(() => takeClaim(claim, entry, options))
}

async function withoutRow(entry: Entry, { run, rules, isYoung }: MatchOptions): Promise<void> {
  if (entry.placeholder === true || !rules.inScope(entry.key)) return
  run.tally.entries++
  if (rules.isIgnored(entry.key)) {
    run.tally.ignored++
    return
  }
  if (run.unrecorded?.(entry.key) === true) return
  if (entry.modified !== undefined && isYoung(entry.modified)) {
    run.tally.spared++
    return
  }
  const actual = entry.size === undefined ? {} : { actual: { size: entry.size } }
  const reason = entry.unreadable === undefined ? {} : { reason: entry.unreadable }
  await run.residues.add(entry.key, { finding: 'orphaned', ...actual, ...reason })
}
