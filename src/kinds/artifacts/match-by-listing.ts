/** The whole listing against all claims, walked side by side. */
import { mergeJoin } from '../../compare/merge-join.js'
import type { Key } from '../../lib/key.js'
import type { Entry } from '../../stores/store.js'
import { type Claim, groupClaims } from './claim.js'
import type { StoreListing } from './early-listing.js'
import type { Gaps } from './gaps.js'
import { type MatchOptions, noteDuplicate, takeClaim } from './match.js'

export async function matchByListing(listing: StoreListing, options: MatchOptions): Promise<void> {
  const { run, rules, signal, report } = options
  const { gaps } = listing
  const labels = { left: 'the spool of rows', right: run.store.label }
  for await (const { left, right, both } of mergeJoin(groupClaims(run.claims.read()), listing.entries(), labels)) {
    signal.throwIfAborted()
    if (rules.scopePrefix !== '') {
      for (const { key } of left) if (rules.inScope(key)) run.tally.scoped++
      for (const [{ key }] of both) if (rules.inScope(key)) run.tally.scoped++
    }
    for (const claim of left) if (claim.refs > 0) await withoutEntry(claim, gaps, options)
    for (const [claim, entry] of both) {
      // Nearly every pair is in order and waits for nothing: an `await` for each would cost more than the rest.
      const waiting = withEntry(claim, entry, options)
      if (waiting !== undefined) await waiting
    }
    for (const entry of right) await withoutRow(entry, options)
    run.tally.listed += both.length + right.length
    if (options.log !== undefined) await tellLog(options.log, gaps, [left.at(-1), both.at(-1)?.[0], right.at(-1)])
    report({ stage: `listing ${run.name}`, done: run.tally.listed, unit: 'entries' })
  }
  run.listing = true
  run.gaps.push(...gaps.reasons())
  const more = gaps.count() - gaps.reasons().length
  if (more > 0) run.gaps.push(`${more} more parts of ${run.store.label} could not be listed`)
}

/** What a part that could not be listed covers is not settled: going on, the listing has to meet it again. */
async function tellLog(
  log: NonNullable<MatchOptions['log']>,
  gaps: Gaps,
  last: readonly ({ readonly key: Key } | undefined)[],
): Promise<void> {
  if (gaps.count() > 0) return log.stop()
  const keys = last.flatMap((one) => (one === undefined ? [] : [one.key]))
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
  if (entry.modified !== undefined && isYoung(entry.modified)) {
    run.tally.spared++
    return
  }
  const actual = entry.size === undefined ? {} : { actual: { size: entry.size } }
  const reason = entry.unreadable === undefined ? {} : { reason: entry.unreadable }
  await run.residues.add(entry.key, { finding: 'orphaned', ...actual, ...reason })
}
