/** Which columns of two tables are compared with each other, and which are not. Pure. */
import { CheckError } from '../../lib/errors.js'
import { type Form, formOf, isLong } from './forms.js'
import type { Layout, TableColumn } from './layout.js'
import type { CompareSpec } from './schema.js'
import { parseTolerance, type Tolerance } from './tolerance.js'
import { assertTolerable } from './tolerated.js'

export interface ColumnPair {
  /** The name in the target. */
  readonly name: string
  readonly source: ColumnSide
  readonly target: ColumnSide
  /** By how much its values may differ. */
  readonly tolerance?: Tolerance | undefined
  /** Where one of the two is a column of MySQL: the form both are compared in. */
  readonly form?: Form | undefined
  /** Whether values are hashed one by one before they are with their row. */
  readonly long?: boolean
}

export interface ColumnSide {
  readonly column: TableColumn
  /** SQL of the check file that is compared in its place. */
  readonly transform: string | undefined
}

export interface Pairing {
  /** Columns that tell rows apart; none where there are none, and rows are compared as they are. */
  readonly key: readonly ColumnPair[]
  /** Whether the target has no two rows with the same key. */
  readonly unique: boolean
  /** All that is compared, those of the key among them, in the order of their names. */
  readonly columns: readonly ColumnPair[]
  /** In the source alone, and not excluded. */
  readonly missing: readonly string[]
  /** In the target alone, and not excluded. */
  readonly extra: readonly string[]
  /** Left out, for their values mean something in their own database only. */
  readonly incomparable: readonly string[]
  /** Left out, for of them nothing honest can be told: the two types have no text in common. Why, of each. */
  readonly untold: readonly string[]
}

/** Errors: CheckError at the field that names a column there is not. */
export function pairUp(spec: CompareSpec, source: Layout, target: Layout): Pairing {
  const across = [...source.columns, ...target.columns].some(({ mysql }) => mysql !== undefined)
  const rename = new Map([...(across ? folded(source, target) : []), ...Object.entries(spec.rename ?? {})])
  const inTarget = new Map(target.columns.map((column) => [column.name, column]))
  const inSource = new Map(source.columns.map((column) => [rename.get(column.name) ?? column.name, column]))
  assertThere(spec, source, inSource, inTarget)

  const excluded = new Set(spec.exclude)
  const chosen = spec.columns === undefined ? undefined : new Set([...spec.columns, ...(spec.key ?? [])])
  const wanted = (name: string): boolean => !excluded.has(name) && (chosen?.has(name) ?? true)
  const both: ColumnPair[] = []
  const missing: string[] = []
  for (const [name, column] of inSource) {
    const other = inTarget.get(name)
    if (other === undefined) {
      // Left out by either of its names.
      if (wanted(name) && !excluded.has(column.name)) missing.push(column.name)
      continue
    }
    const { source: here, target: there } = spec.transform?.[name] ?? {}
    both.push({
      name,
      source: { column, transform: here },
      target: { column: other, transform: there },
      ...(across ? formed(column, other) : {}),
      tolerance: toleranceOf(spec, name, [column, other]),
    })
  }
  const key = keyOf(spec, both, source, target, rename)
  assertTolerances(spec, key)
  const named = new Set(key.map(({ name }) => name))
  const compared = both.filter(({ name }) => wanted(name) || named.has(name))
  const untold = across ? compared.filter(isUntold) : []
  const odd = untold.find(({ name }) => named.has(name))
  if (odd !== undefined) {
    throw new CheckError(`rows cannot be told apart by ${whyUntold(odd)}`, {
      hint: 'say with `key` what else tells rows apart',
      at: { path: spec.key === undefined ? ['target', 'table'] : ['key'] },
    })
  }
  const columns = compared.filter(
    (pair) => !untold.includes(pair) && (named.has(pair.name) || across || isComparable(pair)),
  )
  return {
    key,
    unique: spec.key === undefined && target.primaryKey.length > 0,
    columns: columns.toSorted(byName),
    missing,
    extra: [...inTarget.keys()].filter((name) => !inSource.has(name) && wanted(name)),
    incomparable: compared.filter((pair) => !columns.includes(pair) && !untold.includes(pair)).map(({ name }) => name),
    untold: untold.map((pair) => `${whyUntold(pair)}; exclude it, or say with transform what is compared`),
  }
}

function formed(one: TableColumn, other: TableColumn): Pick<ColumnPair, 'form' | 'long'> {
  const form = formOf(one, other)
  return form === undefined ? {} : { form, long: isLong(form, [one, other]) }
}

function isUntold({ form, source, target }: ColumnPair): boolean {
  return form === undefined && source.transform === undefined && target.transform === undefined
}

function whyUntold({ name, source, target }: ColumnPair): string {
  const typed = ({ column: { type, mysql } }: ColumnSide) => `${type}${mysql?.charset ? ` in ${mysql.charset}` : ''}`
  return `"${name}" (${typed(source)} and ${typed(target)} have no text in common)`
}

/** MySQL does not mind the case of a column's name, and who moves to PostgreSQL writes it small. */
function folded(source: Layout, target: Layout): readonly (readonly [string, string])[] {
  const names = new Set(target.columns.map(({ name }) => name))
  const ours = new Set(source.columns.map(({ name }) => name))
  return source.columns.flatMap(({ name }) => {
    const alike = [...names].filter((other) => other.toLowerCase() === name.toLowerCase() && !ours.has(other))
    const [only] = alike
    return names.has(name) || only === undefined || alike.length > 1 ? [] : [[name, only] as const]
  })
}

function toleranceOf(
  { tolerance = {} }: CompareSpec,
  name: string,
  columns: readonly TableColumn[],
): Tolerance | undefined {
  const given = tolerance[name]
  const parsed = given === undefined ? undefined : parseTolerance(given)
  if (parsed !== undefined) assertTolerable(name, parsed, columns)
  return parsed
}

/** Of the same order in any language. */
function byName(a: ColumnPair, b: ColumnPair): number {
  return a.name < b.name ? -1 : 1
}

function keyOf(
  spec: CompareSpec,
  both: readonly ColumnPair[],
  source: Layout,
  target: Layout,
  rename: ReadonlyMap<string, string>,
): readonly ColumnPair[] {
  const ofSource = source.primaryKey.map((name) => rename.get(name) ?? name)
  // A table whose key was lost on the way is compared by the one it had.
  const names = spec.key ?? (target.primaryKey.length > 0 ? target.primaryKey : ofSource)
  return names.map((name) => {
    const pair = both.find((one) => one.name === name)
    if (pair !== undefined) return pair
    throw new CheckError(`the column "${name}" of the key of ${spec.target.table} is not in both tables`, {
      hint: 'say with `key` what tells rows apart, or with `rename` what a column is called on the other side',
      at: { path: spec.key === undefined ? ['target', 'table'] : ['key'] },
    })
  })
}

/** Without a key it is not known which row of the other side is to be the same but for something. */
function assertTolerances({ tolerance = {} }: CompareSpec, key: readonly ColumnPair[]): void {
  const [first] = Object.keys(tolerance)
  if (first !== undefined && key.length === 0) {
    throw new CheckError('rows without a key cannot be compared with a tolerance', {
      hint: 'say with `key` what tells rows apart',
      at: { path: ['tolerance'] },
    })
  }
  for (const { name } of key) {
    if (tolerance[name] === undefined) continue
    throw new CheckError(`"${name}" is a column of the key, so it can have no tolerance`, {
      at: { path: ['tolerance', name] },
    })
  }
}

function assertThere(
  spec: CompareSpec,
  source: Layout,
  inSource: ReadonlyMap<string, unknown>,
  inTarget: ReadonlyMap<string, unknown>,
): void {
  const ofSource = new Set(source.columns.map(({ name }) => name))
  const refuse = (name: string, where: string, path: readonly (string | number)[]): never => {
    throw new CheckError(`there is no column "${name}" in ${where}`, { at: { path } })
  }
  const { source: from, target: to } = spec
  for (const [old, name] of Object.entries(spec.rename ?? {})) {
    if (!ofSource.has(old)) refuse(old, from.table, ['rename', old])
    if (!inTarget.has(name)) refuse(name, to.table, ['rename', old])
  }
  const either = (name: string) => inTarget.has(name) || inSource.has(name) || ofSource.has(name)
  // Of many tables not each has the column.
  const named = spec.source.tables === undefined ? (spec.exclude ?? []) : []
  for (const [index, name] of named.entries()) {
    if (!either(name)) refuse(name, 'the source or the target', ['exclude', index])
  }
  for (const [field, names] of [
    ['columns', spec.columns ?? []],
    ['transform', Object.keys(spec.transform ?? {})],
    ['tolerance', Object.keys(spec.tolerance ?? {})],
  ] as const) {
    for (const [index, name] of names.entries()) {
      const at = [field, field === 'columns' ? index : name]
      if (!inTarget.has(name)) refuse(name, to.table, at)
      if (!inSource.has(name)) refuse(name, from.table, at)
    }
  }
}

/** oid, regclass and the like name objects by numbers of one database; xid and cid are moments of one server. */
const OWN_NUMBERS: ReadonlySet<number> = new Set([
  26, 27, 28, 29, 24, 2202, 2203, 2204, 2205, 2206, 4096, 4089, 3734, 3769, 4191, 5069,
])

function isComparable({ source, target }: ColumnPair): boolean {
  return [source, target].every(({ column, transform }) => transform !== undefined || !OWN_NUMBERS.has(column.oid))
}
