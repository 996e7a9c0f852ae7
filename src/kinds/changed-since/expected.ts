/** Changes that were meant, by what the check file says of them. Pure. */
import type { ObjectSeen } from './objects.js'
import type { ExpectedChange } from './schema.js'

export interface Expectations {
  /** Whether a change of an object was meant; then it counts as seen. */
  readonly covers: (change: string, name: string) => boolean
  /** By how many rows a table may have grown; undefined: not at all. */
  readonly growthOf: (table: string, rows: number) => number | undefined
  /** How many were seen. */
  readonly seen: () => number
  /** Those nothing was seen of. */
  readonly unseen: () => readonly ExpectedChange[]
}

export function expectationsOf(changes: readonly ExpectedChange[] = []): Expectations {
  const used = new Set<ExpectedChange>()
  let count = 0
  return {
    covers: (change, name) => {
      const one = changes.find((other) => other.change === change && fits(other.object, name))
      if (one === undefined) return false
      used.add(one)
      count++
      return true
    },
    growthOf: (table, rows) => {
      const one = changes.find((other) => other.change === 'may grow by' && fits(other.object, table))
      if (one === undefined) return undefined
      used.add(one)
      return typeof one.by === 'string' ? Math.floor((rows * Number.parseFloat(one.by)) / 100) : (one.by ?? 0)
    },
    seen: () => count,
    unseen: () => changes.filter((one) => one.change !== 'renamed' && one.change !== 'may grow by' && !used.has(one)),
  }
}

/** Whether a change of an object is declared; nothing has been seen of it yet. */
export function isDeclared(changes: readonly ExpectedChange[] | undefined, change: string, name: string): boolean {
  return changes?.some((one) => one.change === change && fits(one.object, name)) ?? false
}

function fits(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's').test(name)
}

interface Rename {
  readonly from: string
  readonly to: string
}

export function renamesOf(changes: readonly ExpectedChange[] = []): readonly Rename[] {
  return changes.flatMap(({ change, object, to }) =>
    change === 'renamed' && to !== undefined ? [{ from: object, to }] : [],
  )
}

/** Names of now, as they were then; in definitions as well. */
export function asBefore(objects: readonly ObjectSeen[], renames: readonly Rename[]): readonly ObjectSeen[] {
  if (renames.length === 0) return objects
  return objects.map((object) => {
    const back = (text: string) => renames.reduce((so, rename) => replaced(so, rename.to, rename.from), text)
    const of = object.of === null ? null : back(object.of)
    const named = { ...object, name: inherited(back(object.name), of, renames), of }
    const inText = (text: string) => columnsBefore(back(text), named, renames)
    return { ...named, full: inText(object.full), plain: inText(object.plain) }
  })
}

/** A column that comes from one that was renamed was renamed with it. */
function inherited(name: string, of: string | null, renames: readonly Rename[]): string {
  const rename = renames.find(({ from }) => of === `column ${from}`)
  return rename === undefined ? name : `${lastOf(name)[0]}.${lastOf(rename.from)[1]}`
}

export function nameBefore(name: string, renames: readonly Rename[]): string {
  return renames.reduce((so, { from, to }) => replaced(so, to, from), name)
}

/** The last part alone, within what belongs to its table: there a column stands without its table. */
function columnsBefore(text: string, { of }: ObjectSeen, renames: readonly Rename[]): string {
  return renames.reduce((so, { from, to }) => {
    const [table, was] = lastOf(from)
    const [, is] = lastOf(to)
    const within = of === `table ${table}` || of?.startsWith(`constraint ${table}.`) === true
    return within && was !== is ? replaced(so, is, was) : so
  }, text)
}

function lastOf(name: string): readonly [string, string] {
  const at = name.lastIndexOf('.')
  return [name.slice(0, Math.max(0, at)), name.slice(at + 1)]
}

/** Whole names only: `shop.users` is not in `shop.users_old`. */
function replaced(text: string, one: string, other: string): string {
  const escaped = one.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
  return text.replace(new RegExp(`(?<![\\w"$.])${escaped}(?![\\w"$])`, 'g'), () => other)
}
