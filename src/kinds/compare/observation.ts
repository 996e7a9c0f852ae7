/** What a comparison comes back with. Pure. */
import { count, formatNumber, listWords } from '../../lib/text.js'
import type { Diagnosis, Observation } from '../kind.js'
import type { Again } from './again.js'
import type { Method } from './expression.js'
import type { Compared, Surroundings } from './observe.js'
import type { CompareSpec } from './schema.js'
import type { Differing } from './side-by-side.js'

export const METHODS: Readonly<Record<Method, string>> = {
  record: 'hash of rows',
  text: 'hash of rows as text',
  portable: 'SHA-256 of rows as text',
  canonical: 'SHA-256 of rows as text that both engines write alike',
}

/** What `changed` is where no row has a key. */
export const KEYLESS = { unobserved: 'rows without a key are the same or they are not' }

export function observationOf(spec: CompareSpec, compared: Compared & Surroundings, counts: Differing): Observation {
  const { first } = compared
  const { pairing, method } = first.hashings.target
  const { source: rows, target: targetRows } = first.rows
  const keyless = pairing.key.length === 0
  return {
    subjects: {
      rows,
      target_rows: targetRows,
      matched: Math.max(0, rows - counts.missing - counts.changed),
      missing: counts.missing,
      extra: counts.extra,
      changed: keyless ? KEYLESS : counts.changed,
      in_flight: inFlight(compared),
      columns_missing: pairing.missing.length,
      columns_extra: pairing.extra.length,
      examined: rows + targetRows,
    },
    method: METHODS[method],
    gaps: first.gaps,
    diagnoses: diagnoses(compared, counts),
    notes: notes(spec, compared),
    ...(rows + targetRows === 0 && pairing.missing.length === 0 && first.gaps.length === 0
      ? { skip: 'both tables are empty' }
      : {}),
  }
}

/** Rows that differed at first and not any more. */
export function inFlight({ again, before }: Again): number {
  let rows = 0
  for (const [key, now] of again) rows += Math.max(0, sum(before.get(key)) - sum(now))
  return rows
}

function sum(rows: Differing | undefined): number {
  return rows === undefined ? 0 : rows.missing + rows.extra + rows.changed
}

function notes(spec: CompareSpec, { first, frozen, standby, more, again }: Compared & Surroundings): readonly string[] {
  const { pairing } = first.hashings.target
  const { missing, extra, incomparable, key } = pairing
  const list = (names: readonly string[]) => listWords(names.map((name) => `"${name}"`))
  return [
    consistency(frozen),
    ...first.hashings.notes,
    ...(key.length > 0
      ? []
      : ['the rows have no key, so they are compared as they are: a changed row is one missing and one extra']),
    ...(missing.length === 0 ? [] : [`only in the source: ${list(missing)}`]),
    ...(extra.length === 0 ? [] : [`only in the target, so not compared: ${list(extra)}`]),
    ...(incomparable.length === 0
      ? []
      : [`not compared, for its numbers mean something in one database only: ${list(incomparable)}`]),
    ...tolerances(spec),
    ...(more ? [notAllAgain(again.size)] : []),
    ...standby.map(standbyNote),
    ...(spec.source.where === undefined && spec.target.where === undefined
      ? []
      : ['only rows for which a condition holds']),
  ]
}

function tolerances({ tolerance = {} }: CompareSpec): readonly string[] {
  const all = Object.entries(tolerance).map(([name, most]) => `"${name}" (${most})`)
  return all.length === 0 ? [] : [`taken for the same where they differ by no more than that: ${listWords(all)}`]
}

export function notAllAgain(keys: number): string {
  return `the first ${formatNumber(keys)} keys that differ were looked at again; the others stand as they were found`
}

export function standbyNote(name: string): string {
  return `${name} is a standby: rows it has not replayed yet were not seen`
}

/** `byTable`: sessions of one side did not all see the same moment. */
export function consistency(frozen: boolean | undefined, byTable = false): string {
  if (frozen === true) return 'the server of the source wrote nothing while the two were compared'
  const how = `each ${byTable ? 'table' : 'side'} was seen as it was at one moment, not both${byTable ? ' sides of it' : ''} at the same; what differed was looked at again`
  return frozen === undefined ? how : `the server of the source was written to meanwhile: ${how}`
}

/** Fewer say nothing about all. */
const ENOUGH = 10

export function diagnoses({ columns, first }: Compared, counts: Differing): readonly Diagnosis[] {
  const { source, target } = first.rows
  if (source >= ENOUGH && counts.missing === source && counts.extra === target) {
    return [
      { summary: 'no key of the source is in the target: they do not name the same rows', suggestion: 'key: [...]' },
    ]
  }
  const all = [...columns.values()]
  const [one] = all
  if (one === undefined || all.length < ENOUGH) return []
  const same = all.every((names) => names.length === one.length && names.every((name, index) => name === one[index]))
  if (!same || one.length === 0) return []
  const of = all.length === counts.changed ? 'all changed rows' : `all ${count(all.length, 'changed row')} looked at`
  return [{ summary: `${of} differ in ${listWords(one)} alone`, suggestion: `exclude: [${one.join(', ')}]` }]
}
