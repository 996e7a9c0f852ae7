/** Puts the counts of all stores into the subjects of the check, and says what a reader should know besides. */
import { boundAt95 } from '../../compare/sampling.js'
import { count, formatNumber } from '../../lib/text.js'
import type { Observation, Observed } from '../kind.js'
import type { Compared } from './compare.js'
import { checksumSelection, FEW_ROWS } from './fields.js'
import type { Recoveries } from './recover.js'
import { FINDING_CLASSES, type FindingClass } from './residue.js'
import type { Rules } from './rules.js'
import type { ArtifactsSpec } from './schema.js'
import type { Tally } from './store-run.js'
import { artifactsSubjects } from './subjects.js'

export interface ObservationParts {
  readonly spec: ArtifactsSpec
  readonly rules: Rules
  readonly compared: Compared
  /** Findings yielded, by class. */
  readonly counts: ReadonlyMap<FindingClass, number>
  readonly recovery: Recoveries | undefined
}

export function observation(parts: ObservationParts): Observation {
  const { compared, recovery } = parts
  const gaps = compared.runs.flatMap((run) => run.gaps)
  const notes = [
    ...compared.counts.notes,
    ...tallyNotes(parts),
    ...sampleNotes(parts),
    ...compared.notes,
    ...(recovery?.notes() ?? []),
  ]
  const several = parts.rules.stores.length > 1
  const ways = (recovery?.ways() ?? []).map((way) => (several ? { ...way, several } : way))
  return {
    subjects: subjectsOf(parts),
    method: methodOf(parts),
    ...(gaps.length === 0 ? {} : { gaps }),
    ...(compared.diagnoses.length === 0 ? {} : { diagnoses: compared.diagnoses }),
    ...(ways.length === 0 ? {} : { recovery: ways }),
    ...(notes.length === 0 ? {} : { notes }),
  }
}

function sum({ compared }: ObservationParts, field: keyof Tally): number {
  return compared.runs.reduce((total, { tally }) => total + tally[field], 0)
}

function subjectsOf(parts: ObservationParts): Record<string, Observed> {
  const { spec, compared, counts } = parts
  const subjects: Record<string, Observed> = {}
  for (const finding of FINDING_CLASSES) subjects[finding] = counts.get(finding) ?? 0
  subjects['rows'] = compared.counts.rows
  subjects['duplicate_refs'] = sum(parts, 'duplicates')
  for (const name of ['entries', 'matched', 'examined', 'verified'] as const) subjects[name] = sum(parts, name)
  const unlisted = compared.runs.find(({ listing }) => !listing)
  if (unlisted !== undefined) {
    const reason = unlisted.store.features.list
      ? `not listed: ${formatNumber(FEW_ROWS)} rows or fewer, and nothing asserted that needs a listing`
      : `${unlisted.store.label} cannot be listed`
    for (const name of ['orphaned', 'entries', 'renamed']) subjects[name] = { unobserved: reason }
  }
  for (const [names, unobserved] of vacuous(parts)) for (const name of names) subjects[name] = { unobserved }
  for (const { name, unobserved } of artifactsSubjects(spec)) {
    if (unobserved !== undefined) subjects[name] = { unobserved }
  }
  return subjects
}

/** Zeros that stand for nothing: what there was to count was never there. */
function vacuous(parts: ObservationParts): readonly (readonly [names: readonly string[], unobserved: string])[] {
  const { spec, rules, compared } = parts
  const { rows, withoutSize } = compared.counts
  const out: (readonly [readonly string[], string])[] = []
  if (rules.verifiesSize && rows > 0 && withoutSize === rows) {
    out.push([['size_mismatch'], `none of ${count(rows, 'row')} declares a size`])
  }
  if (!rules.examinesSize)
    out.push([['zero_bytes'], '`verify.size` is none and `zero_bytes` not asserted: no size was asked for'])
  const selection = checksumSelection(spec)
  if (typeof selection === 'object' && sum(parts, 'matched') > 0 && sum(parts, 'toVerify') === 0) {
    const { slice, slices } = selection
    out.push([['checksum_mismatch', 'verified'], `the sample ${slice}/${slices} holds no key that could be verified`])
  }
  const prefix = spec.scope?.prefix
  const listed = compared.runs.every(({ listing }) => listing)
  if (prefix !== undefined && listed && spec.plausible?.empty_store !== 'allow') {
    const empty = sum(parts, 'entries') === 0 && sum(parts, 'scoped') === 0
    if (empty) out.push([['orphaned'], `nothing begins with ${JSON.stringify(prefix)}, neither an entry nor a row`])
  }
  return out
}

function methodOf({ compared }: ObservationParts): string {
  const listed = compared.runs.filter(({ listing }) => listing).length
  if (listed === compared.runs.length) return 'list and merge'
  return listed === 0 ? 'stat per row' : 'list and merge; stat per row where a store cannot list'
}

function tallyNotes(parts: ObservationParts): readonly string[] {
  const { rules, spec, compared } = parts
  const { untouched, withoutSize, emptyQueries } = compared.counts
  const notes: (readonly [number, string])[] = [
    [spec.rewrite === undefined ? 0 : untouched, 'no rewrite applied to'],
    [rules.verifiesSize ? withoutSize : 0, 'no size declared by'],
  ]
  const entries: (readonly [number, string])[] = [
    [sum(parts, 'explained'), 'explained by other rows'],
    [sum(parts, 'ignored'), 'without a row are ignored'],
    [sum(parts, 'derived'), 'belong to the row of their parent'],
    [sum(parts, 'spared'), 'without a row are younger than the grace'],
  ]
  return [
    ...(compared.counts.rows === 0 ? [] : emptyQueries.map((path) => `${path} gives no rows`)),
    ...(compared.counts.rows === 0 || rules.stores.length === 1
      ? []
      : compared.runs.filter(({ bounds }) => bounds === undefined).map(({ name }) => `no row is about ${name}`)),
    ...notes.filter(([number]) => number > 0).map(([number, what]) => `${what} ${count(number, 'row')}`),
    ...entries.filter(([number]) => number > 0).map(([number, what]) => `${count(number, 'entry', 'entries')} ${what}`),
  ]
}

/** What a sample proves about the rest. */
function sampleNotes(parts: ObservationParts): readonly string[] {
  const selection = checksumSelection(parts.spec)
  if (selection === 'none' || selection === 'all') return []
  const bad = parts.counts.get('checksum_mismatch') ?? 0
  const seen = sum(parts, 'verified') + bad
  if (seen === 0) return ['the sample holds no key whose checksum could be verified']
  const bound = bad === 0 ? `: under ${boundAt95(seen)} % at 95 %` : ''
  return [`checksums: ${formatNumber(bad)} bad of ${formatNumber(seen)}${bound}`]
}
