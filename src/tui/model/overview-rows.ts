/** The lines of the overview: checks that fit the filter, in order and in groups. Pure. */
import { type CheckEnd, OUTCOMES, type Outcome, type PlannedCheck } from '../../engine/events.js'
import { SEVERITIES } from '../../kinds/kind.js'

export const GROUPINGS = ['nothing', 'file', 'tag', 'owner', 'migration', 'outcome'] as const
export type Grouping = (typeof GROUPINGS)[number]

export const CHECK_SORTS = ['plan', 'worst', 'slowest', 'id'] as const
export type CheckSort = (typeof CHECK_SORTS)[number]

export type OverviewRow =
  | { readonly type: 'group'; readonly name: string; readonly outcomes: Readonly<Partial<Record<Outcome, number>>> }
  | { readonly type: 'check'; readonly id: string }

export interface RowsOf {
  readonly checks: readonly PlannedCheck[]
  readonly ends: ReadonlyMap<string, CheckEnd>
  readonly filter: string
  readonly sort: CheckSort
  readonly grouping: Grouping
}

/** Worst first. */
const BADNESS: readonly Outcome[] = ['fail', 'error', 'blocked', 'warn', 'waived', 'skip', 'pass']

export function overviewRows({ checks, ends, filter, sort, grouping }: RowsOf): OverviewRow[] {
  const shown = sorted(
    checks.filter((check) => fits(check, ends.get(check.id), filter)),
    ends,
    sort,
  )
  if (grouping === 'nothing') return shown.map(checkRow)
  const groups = new Map<string, PlannedCheck[]>()
  for (const check of shown)
    for (const name of groupsOf(check, ends.get(check.id), grouping))
      groups.set(name, [...(groups.get(name) ?? []), check])
  return [...groups].flatMap(([name, members]) => [groupRow(name, members, ends), ...members.map(checkRow)])
}

/** All words of the filter are in what one knows a check by. */
function fits(check: PlannedCheck, end: CheckEnd | undefined, filter: string): boolean {
  if (filter === '') return true
  const { id, title = '', kind, owner, severity, migration = '', tags, place } = check
  const text = [id, title, kind, owner, severity, migration, ...tags, place.file, end?.outcome ?? '']
    .join('\n')
    .toLowerCase()
  return filter
    .toLowerCase()
    .split(/\s+/)
    .every((word) => (word.startsWith('!') && word !== '!' ? !text.includes(word.slice(1)) : text.includes(word)))
}

function sorted(
  checks: readonly PlannedCheck[],
  ends: ReadonlyMap<string, CheckEnd>,
  sort: CheckSort,
): readonly PlannedCheck[] {
  const badness = ({ id }: PlannedCheck): number => {
    const outcome = ends.get(id)?.outcome
    // What has no end is not known to be well.
    return outcome === undefined ? 2.5 : BADNESS.indexOf(outcome)
  }
  const severity = (check: PlannedCheck): number => SEVERITIES.indexOf(check.severity)
  const took = ({ id }: PlannedCheck): number => ends.get(id)?.duration_ms ?? -1
  switch (sort) {
    case 'plan':
      return checks
    case 'worst':
      return checks.toSorted((a, b) => badness(a) - badness(b) || severity(a) - severity(b))
    case 'slowest':
      return checks.toSorted((a, b) => took(b) - took(a))
    case 'id':
      return checks.toSorted((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0))
  }
}

function groupsOf(check: PlannedCheck, end: CheckEnd | undefined, grouping: Grouping): readonly string[] {
  switch (grouping) {
    case 'nothing':
      return []
    case 'file':
      return [check.place.file]
    case 'tag':
      return check.tags.length === 0 ? ['(no tag)'] : check.tags
    case 'owner':
      return [check.owner]
    case 'migration':
      return [check.migration ?? '(no migration)']
    case 'outcome':
      return [end?.outcome ?? '(none yet)']
  }
}

function groupRow(name: string, members: readonly PlannedCheck[], ends: ReadonlyMap<string, CheckEnd>): OverviewRow {
  const counted = OUTCOMES.flatMap((outcome) => {
    const count = members.filter(({ id }) => ends.get(id)?.outcome === outcome).length
    return count === 0 ? [] : [[outcome, count] as const]
  })
  return { type: 'group', name, outcomes: Object.fromEntries(counted) }
}

function checkRow({ id }: PlannedCheck): OverviewRow {
  return { type: 'check', id }
}
