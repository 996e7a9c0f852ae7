/** What a comparison of many tables comes back with: the sums of what each has. Pure. */
import { listWords } from '../../lib/text.js'
import type { Diagnosis, Observation } from '../kind.js'
import { momentsNote } from './moments.js'
import { consistency, diagnoses, inFlight, KEYLESS, METHODS, notAllAgain, standbyNote } from './observation.js'
import type { ManyCompared, TableLook } from './observe-many.js'
import type { CheckSpec } from './schema.js'
import { type Differing, NONE } from './side-by-side.js'

/** `counts`: of each table, in the order of `looks`. */
export function observationOfMany(spec: CheckSpec, compared: ManyCompared, counts: readonly Differing[]): Observation {
  const { looks, paired, gaps } = compared
  const total = (of: (look: TableLook, counts: Differing) => number): number =>
    looks.reduce((sum, look, index) => sum + of(look, counts[index] ?? NONE), 0)
  const [rows, targetRows] = [total((look) => look.rows.source), total((look) => look.rows.target)]
  const keyed = looks.some((look) => look.keyed)
  const nothing = rows + targetRows === 0 && paired.missing.length === 0 && gaps.length === 0
  return {
    subjects: {
      rows,
      target_rows: targetRows,
      matched: total((look, { missing, changed }) => Math.max(0, look.rows.source - missing - changed)),
      missing: total((_, { missing }) => missing),
      extra: total((_, { extra }) => extra),
      changed: keyed || looks.length === 0 ? total((_, { changed }) => changed) : KEYLESS,
      in_flight: total(({ unlike }) => (unlike === undefined ? 0 : inFlight(unlike.again))),
      columns_missing: total((look) => look.columns.missing.length),
      columns_extra: total((look) => look.columns.extra.length),
      examined: rows + targetRows,
      tables: looks.length,
      tables_missing: paired.missing.length,
      tables_extra: paired.extra.length,
    },
    method: [...new Set(looks.map((look) => METHODS[look.method]))].join(', '),
    gaps,
    diagnoses: looks.flatMap(({ unlike, name }, index) => {
      if (unlike === undefined) return []
      const own = diagnoses({ first: unlike.first, ...unlike.again }, counts[index] ?? NONE)
      return own.map(({ summary }): Diagnosis => ({ summary: `${name}: ${summary}` }))
    }),
    notes: notesOf(spec, compared),
    ...(nothing && pairedOnly(looks)
      ? { skip: `all ${looks.length} tables of ${spec.source.connection} are empty` }
      : {}),
  }
}

/** Whether no column got lost. */
function pairedOnly(looks: readonly TableLook[]): boolean {
  return looks.every((look) => look.columns.missing.length === 0)
}

/** So many names stand in a note. */
const MOST_NAMES = 20

function notesOf(spec: CheckSpec, { looks, frozen, standby, lanes, apart }: ManyCompared): readonly string[] {
  const moments = momentsNote(spec, { lanes, apart, frozen })
  const again = looks.reduce((sum, look) => sum + (look.unlike?.again.before.size ?? 0), 0)
  const named = (what: string, names: readonly string[]): readonly string[] => {
    if (names.length === 0) return []
    const more = names.length > MOST_NAMES ? [`${names.length - MOST_NAMES} more`] : []
    return [`${what}: ${listWords([...names.slice(0, MOST_NAMES), ...more])}`]
  }
  const columns = (of: (columns: TableLook['columns']) => readonly string[]): readonly string[] =>
    looks.flatMap((look) => of(look.columns).map((column) => `${look.name}."${column}"`))
  const keyless = looks.filter((look) => !look.keyed).map(({ name }) => name)
  return [
    consistency(frozen, moments.length > 0),
    ...moments,
    ...looks.flatMap((look) => look.notes.map((note) => `${look.name}: ${note}`)).slice(0, MOST_NAMES),
    ...named('without a key, so that a changed row is one missing and one extra', keyless),
    ...named(
      'columns only in the source',
      columns(({ missing }) => missing),
    ),
    ...named(
      'columns only in the target, so not compared',
      columns(({ extra }) => extra),
    ),
    ...named(
      'columns not compared, for their numbers mean something in one database only',
      columns(({ incomparable }) => incomparable),
    ),
    ...(looks.some((look) => look.unlike?.again.more === true) ? [notAllAgain(again)] : []),
    ...standby.map(standbyNote),
  ]
}
