/** The objects of a record beside those of now: what vanished, appeared or is otherwise. Pure. */
import { isOwnedOtherwise, isWrittenOtherwise } from './drift.js'
import { entryOf, type ObjectSeen } from './objects.js'
import type { ObjectEntry, Objects } from './record.js'

export interface Difference {
  readonly finding: 'vanished' | 'appeared' | 'changed' | 'sizes_differ'
  readonly kind: string
  readonly name: string
  readonly was?: string | null
  readonly is?: string | null
  readonly reason?: string
}

export interface Differences {
  readonly differences: readonly Difference[]
  /** What was wrong then and is not any more, and newer versions of extensions: kind and name. */
  readonly better: readonly string[]
  /** Settings that the role sees on one side only. */
  readonly hidden: readonly string[]
}

export interface Versions {
  readonly was: number
  readonly is: number
}

interface Side {
  readonly kind: string
  readonly name: string
  readonly entry: ObjectEntry
}

/** Kinds that every server has of its own: what one does not know it has by default. */
const OF_THE_SERVER = new Set(['setting', 'size', 'collation', 'database'])

export function differencesOf(was: Objects, is: readonly ObjectSeen[], versions: Versions): Differences {
  const now = new Map<string, Side>(
    is.map((object) => [
      `${object.kind} ${object.name}`,
      { kind: object.kind, name: object.name, entry: entryOf(object) },
    ]),
  )
  const then = new Map<string, Side>(
    Object.entries(was).flatMap(([kind, entries]) =>
      Object.entries(entries).map(([name, entry]) => [`${kind} ${name}`, { kind, name, entry }] as const),
    ),
  )
  const differences: Difference[] = []
  const better: string[] = []
  const hidden: string[] = []
  for (const [key, one] of then) {
    const { kind, name, entry } = one
    const there = now.get(key)
    if (isPartOf(one, then, (of) => !now.has(of))) continue
    if (there === undefined) {
      if (!OF_THE_SERVER.has(kind)) differences.push(vanished(kind, name, entry))
      else if (kind === 'setting') hidden.push(name)
      continue
    }
    const found = compare(kind, name, entry, there.entry, versions)
    if (found === 'better') better.push(key)
    else if (found !== undefined) differences.push(found)
  }
  for (const [key, one] of now) {
    const { kind, name, entry } = one
    if (then.has(key) || OF_THE_SERVER.has(kind) || isPartOf(one, now, (of) => !then.has(of))) continue
    differences.push({ finding: 'appeared', kind, name, is: entry[2] })
  }
  return { differences, better, hidden }
}

/** Whether something it is part of is gone, or new, so that it goes without saying. */
function isPartOf(
  { kind, name, entry }: Side,
  side: ReadonlyMap<string, Side>,
  isOnlyHere: (key: string) => boolean,
): boolean {
  const [, , , of] = entry
  // A column may be part of another, from which it is inherited; it is part of its own table all the same.
  const own =
    kind === 'column'
      ? ['table', 'view', 'type'].map((of) => `${of} ${name.slice(0, name.lastIndexOf('.'))}`)
      : kind === 'publication' && of !== null
        ? [`publication ${name.slice(0, name.length - ` for ${of.slice('table '.length)}`.length)}`]
        : []
  return [...(of === null ? [] : [of]), ...own].some((key) => {
    const parent = side.get(key)
    return parent !== undefined && (isOnlyHere(key) || isPartOf(parent, side, isOnlyHere))
  })
}

function vanished(kind: string, name: string, [, , shown, , bad]: ObjectEntry): Difference {
  const reason = bad === null ? {} : { reason: `it was ${bad} when it was recorded, already` }
  return { finding: 'vanished', kind, name, was: shown, ...reason }
}

function compare(
  kind: string,
  name: string,
  was: ObjectEntry,
  is: ObjectEntry,
  versions: Versions,
): Difference | 'better' | undefined {
  const [wasFull, wasPlain, wasShown, , wasBad] = was
  const [isFull, isPlain, isShown, , isBad] = is
  if (kind === 'extension') return extension(name, wasShown ?? '', isShown ?? '')
  if (isOwnedOtherwise(kind, name, versions.was, versions.is)) return undefined
  const same = isWrittenOtherwise(kind, versions.was, versions.is) ? wasPlain === isPlain : wasFull === isFull
  const sides = { was: wasShown, is: isShown }
  // What one server has by default was set on the other.
  const isSet = kind === 'setting' || kind === 'size'
  if (!same && !(isSet && wasShown === isShown)) {
    if (kind === 'size') return { finding: 'sizes_differ', kind, name, ...sides }
    const silent = wasShown === isShown ? { reason: 'its definition is another' } : {}
    return { finding: 'changed', kind, name, ...sides, ...silent }
  }
  if (wasBad === isBad) return undefined
  return isBad === null ? 'better' : { finding: 'changed', kind, name, ...sides, reason: `it is ${isBad}` }
}

function extension(name: string, was: string, is: string): Difference | 'better' | undefined {
  if (was === is) return undefined
  return older(is, was)
    ? { finding: 'changed', kind: 'extension', name, was, is, reason: 'it is older than it was' }
    : 'better'
}

function older(one: string, other: string): boolean {
  return one.localeCompare(other, 'en', { numeric: true }) < 0
}
