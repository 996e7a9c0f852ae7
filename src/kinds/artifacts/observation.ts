/** Makes the subjects of the check of what was counted, and says what a reader should know besides. Pure. */
import { boundAt95 } from '../../compare/sampling.js'
import { count, formatNumber } from '../../lib/text.js'
import type { Diagnosis, Observation, Observed } from '../kind.js'
import { FEW_ROWS } from './fields.js'
import type { Ledger, StoreLedger } from './ledger.js'
import { FINDING_CLASSES } from './residue.js'
import type { Tally } from './store-run.js'

export function observation(ledger: Ledger, diagnoses: readonly Diagnosis[]): Observation {
  const gaps = ledger.stores.flatMap((store) => store.gaps)
  const notes = [...ledger.read.notes, ...tallyNotes(ledger), ...sampleNotes(ledger), ...ledger.notes]
  return {
    subjects: subjectsOf(ledger),
    method: methodOf(ledger),
    ...(gaps.length === 0 ? {} : { gaps }),
    ...(diagnoses.length === 0 ? {} : { diagnoses }),
    ...(ledger.ways.length === 0 ? {} : { recovery: ledger.ways }),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

function sum({ stores }: Ledger, field: keyof Tally): number {
  return stores.reduce((total, { tally }) => total + tally[field], 0)
}

function subjectsOf(ledger: Ledger): Record<string, Observed> {
  const { counts, stores, terms } = ledger
  const subjects: Record<string, Observed> = {}
  for (const finding of FINDING_CLASSES) subjects[finding] = counts[finding] ?? 0
  subjects['rows'] = ledger.rows
  subjects['duplicate_refs'] = sum(ledger, 'duplicates')
  for (const name of ['entries', 'matched', 'examined', 'verified'] as const) subjects[name] = sum(ledger, name)
  const unlisted = stores.find(({ listed }) => !listed)
  if (unlisted !== undefined) {
    const reason = unlisted.canList
      ? `not listed: ${formatNumber(FEW_ROWS)} rows or fewer, and nothing asserted that needs a listing`
      : `${unlisted.label} cannot be listed`
    for (const name of ['orphaned', 'entries', 'renamed']) subjects[name] = { unobserved: reason }
  }
  for (const [names, unobserved] of vacuous(ledger)) for (const name of names) subjects[name] = { unobserved }
  for (const [name, unobserved] of Object.entries(terms.unasked)) subjects[name] = { unobserved }
  return subjects
}

/** Zeros that stand for nothing: what there was to count was never there. */
function vacuous(ledger: Ledger): readonly (readonly [names: readonly string[], unobserved: string])[] {
  const { terms, read, stores } = ledger
  const { rows, withoutSize } = read
  const out: (readonly [readonly string[], string])[] = []
  if (terms.sizes && rows > 0 && withoutSize === rows) {
    out.push([['size_mismatch'], `none of ${promises(rows, terms)} declares a size`])
  }
  if (!terms.examinesSize)
    out.push([['zero_bytes'], '`verify.size` is none and `zero_bytes` not asserted: no size was asked for'])
  if (typeof terms.sample === 'object' && sum(ledger, 'matched') > 0 && sum(ledger, 'toVerify') === 0) {
    const { slice, slices } = terms.sample
    out.push([['checksum_mismatch', 'verified'], `the sample ${slice}/${slices} holds no key that could be verified`])
  }
  const { scope } = terms
  if (scope !== undefined && stores.every(({ listed }) => listed) && !terms.emptyStore) {
    const empty = sum(ledger, 'entries') === 0 && sum(ledger, 'scoped') === 0
    const nor = terms.recorded ? 'anything of the record' : 'a row'
    if (empty) out.push([['orphaned'], `nothing begins with ${JSON.stringify(scope)}, neither an entry nor ${nor}`])
  }
  return out
}

function methodOf({ stores }: Ledger): string {
  const listed = stores.filter((store) => store.listed).length
  if (listed === stores.length) return 'list and merge'
  return listed === 0 ? 'stat per row' : 'list and merge; stat per row where a store cannot list'
}

function tallyNotes(ledger: Ledger): readonly string[] {
  const { terms, read, stores } = ledger
  const { rows, untouched, withoutSize, emptyQueries } = read
  const notes: (readonly [number, string])[] = [
    [terms.rewrite === undefined ? 0 : untouched, 'no rewrite applied to'],
    [terms.sizes ? withoutSize : 0, 'no size declared by'],
  ]
  const [unpromised, explained, parent] = terms.recorded
    ? ['that the record does not have', 'explained otherwise', 'their parent, which the record has']
    : ['without a row', 'explained by other rows', 'the row of their parent']
  const entries: (readonly [number, string])[] = [
    [sum(ledger, 'explained'), explained],
    [sum(ledger, 'ignored'), `${unpromised} are ignored`],
    [sum(ledger, 'derived'), `belong to ${parent}`],
    [sum(ledger, 'spared'), `${unpromised} are younger than the grace`],
  ]
  return [
    ...(rows === 0 ? [] : emptyQueries.map((path) => `${path} gives no rows`)),
    ...(rows === 0 || stores.length === 1
      ? []
      : stores.filter(({ bounds }) => bounds === undefined).map(({ name }) => `no row is about ${name}`)),
    ...notes.filter(([number]) => number > 0).map(([number, what]) => `${what} ${promises(number, terms)}`),
    ...entries.filter(([number]) => number > 0).map(([number, what]) => `${count(number, 'entry', 'entries')} ${what}`),
  ]
}

function promises(number: number, { recorded }: Pick<Ledger['terms'], 'recorded'>): string {
  return recorded ? count(number, 'entry of the record', 'entries of the record') : count(number, 'row')
}

/** What a sample, or as much as the budget reached, proves about the rest. */
function sampleNotes(ledger: Ledger): readonly string[] {
  const { sample } = ledger.terms
  if (sum(ledger, 'unreached') > 0) return ledger.stores.flatMap((store) => budgetNotes(store, ledger))
  if (typeof sample !== 'object') return []
  const bad = ledger.counts.checksum_mismatch ?? 0
  const seen = sum(ledger, 'verified') + bad
  if (seen === 0) return ['the sample holds no key whose checksum could be verified']
  return [`checksums: ${formatNumber(bad)} bad of ${formatNumber(seen)}${bad === 0 ? bound(seen, ledger) : ''}`]
}

/** Each store has an order of its own, and so a proof of its own; the parts of a divided check each had a budget. */
function budgetNotes({ name, tally, cuts }: StoreLedger, ledger: Ledger): readonly string[] {
  if (tally.toVerify === 0) return []
  const bad = ledger.counts.checksum_mismatch ?? 0
  const where = ledger.stores.length === 1 ? 'checksums' : `checksums in ${name}`
  const numbers = `${formatNumber(tally.verified)} of ${formatNumber(tally.toVerify)} verified`
  if (tally.unreached === 0) return [`${where}: ${numbers}`]
  const missed = `${formatNumber(tally.unreached)} not reached within the budget`
  // Taken in a random order, those before the first that was not reached are a fair sample of all.
  const proven = bad === 0 && tally.fair > 0 && cuts === undefined
  return [`${where}: ${numbers}, ${missed}${proven ? `; none bad${bound(tally.fair, ledger)}` : ''}`]
}

function bound(seen: number, ledger: Ledger): string {
  const others = (ledger.counts.unverifiable ?? 0) > sum(ledger, 'unreached')
  return `: under ${boundAt95(seen)} %${others ? ' of those that can be verified,' : ''} at 95 %`
}
