/**
 * What a check must say of a world, told in the plainest way: maps in memory, one key after the other, no order, no
 * pages. Written from docs/check-files.md, not from the code. Which keys are `renamed` has more than one right answer:
 * see `judge.ts`.
 */
import { inSample } from '../../../../src/compare/sampling.js'
import { type Key, keyFromText } from '../../../../src/lib/key.js'
import { isNear } from './clock.js'
import { inGap, isPlaceholder, isRefused } from './memory-store.js'
import { type EntryPlan, NAMES, type StorePlan, type WorldPlan } from './plan.js'
import { derivedFrom, isIgnored, rewritten } from './rules.js'

/** Store and key. */
export type Place = `${string}\0${string}`

export interface Model {
  readonly rows: number
  readonly noKey: number
  readonly found: ReadonlyMap<string, ReadonlySet<Place>>
  readonly counts: Readonly<Record<'entries' | 'matched' | 'examined' | 'verified' | 'duplicate_refs', number>>
  /** Of missing keys and orphans, the size where it is one exact size: names whose sizes differ are not one file. */
  readonly sizes: ReadonlyMap<Place, number | 'several'>
  /** Stores whose listing is known not to be whole. */
  readonly incomplete: ReadonlySet<string>
  readonly inScope: boolean
  readonly withoutSize: boolean
  /** A key was to be verified, whatever came of it. */
  readonly verifies: boolean
}

interface Promise_ {
  refs: number
  young: number
  readonly sizes: (readonly [bytes: number, tolerance: number] | 'bad')[]
  readonly sums: (string | 'bad')[]
}

/** `broke`: by store, the last key its listing gave before it broke off. */
export function model(world: WorldPlan, listed: boolean, broke: ReadonlyMap<string, Key>): Model {
  const stores: Readonly<Record<string, StorePlan>> =
    world.media === undefined ? { uploads: world.uploads } : { uploads: world.uploads, media: world.media }
  const promised = new Map<string, Map<Key, Promise_>>(Object.keys(stores).map((name) => [name, new Map()]))
  const explained = new Map<string, Set<Key>>(Object.keys(stores).map((name) => [name, new Set()]))
  const found = new Map<string, Set<Place>>()
  const sizes = new Map<Place, number | 'several'>()
  const tell = (finding: string, store: string, key: Key) => {
    found.set(finding, (found.get(finding) ?? new Set()).add(`${store}\0${key}`))
  }
  const incomplete = new Set<string>()
  const counts = { entries: 0, matched: 0, examined: 0, verified: 0, duplicate_refs: 0 }
  let [rows, noKey, withoutSize, verifies] = [0, 0, true, false]

  const storesOf = (cell: string | null, chooses: boolean): readonly string[] => {
    if (world.media === undefined) return ['uploads']
    if (!chooses) return Object.keys(stores)
    return cell !== null && cell in NAMES ? [NAMES[cell as keyof typeof NAMES]] : []
  }
  const isUnsafe = (store: string, key: Key) => stores[store]?.refuses === true && isRefused(key.replace(/^\/+/, ''))

  for (const query of world.queries) {
    for (const row of query.rows) {
      rows += row.times
      if (query.size !== undefined && row.size.says !== undefined) withoutSize = false
      const key = row.key === null || row.key === '' ? '' : rewritten(row.key, world.rewrite)
      if (key === '') {
        noKey += row.times
        continue
      }
      const names = storesOf(row.store, true)
      if (names.length === 0) tell('unverifiable', '', key)
      for (const name of names) {
        if (isUnsafe(name, key)) {
          tell('unsafe_key', name, key)
          continue
        }
        const keys = promised.get(name) as Map<Key, Promise_>
        const claim = keys.get(key) ?? { refs: 0, young: 0, sizes: [], sums: [] }
        keys.set(key, claim)
        claim.refs += row.times
        if (world.grace && query.time && isNear(row.time)) claim.young += row.times
        if (query.size !== undefined && row.size.says !== undefined) {
          const unit = query.size.unit === 'kB' ? 1000 : 1
          claim.sizes.push(row.size.says === 'bad' ? 'bad' : [row.size.says * unit, query.size.tolerance])
        }
        if (query.sum !== undefined && row.sum.of !== undefined) claim.sums.push(row.sum.of)
      }
    }
  }
  for (const { chooses, rows: planned } of world.explained) {
    for (const { key: cell, store } of planned) {
      const key = cell === null ? '' : rewritten(cell, world.rewrite)
      if (cell === null || cell === '' || key === '') continue
      for (const name of storesOf(store, chooses)) if (!isUnsafe(name, key)) explained.get(name)?.add(key)
    }
  }

  const scope = keyFromText(world.scope ?? '')
  const verifiesSize = world.verifySize && world.queries.some(({ size }) => size !== undefined)
  const sums = world.queries.some(({ sum }) => sum !== undefined) ? world.verifySum : 'none'
  const wantsSize = world.verifySize || world.asserted.includes('zero_bytes')
  const wantsSum = (key: Key) =>
    sums !== 'none' && (sums === 'all' || inSample(key, { slice: Number(sums[0]), slices: Number(sums[2]) }))
  let inScope = false

  for (const [name, plan] of Object.entries(stores)) {
    const lists = listed && plan.lists
    const keys = promised.get(name) as Map<Key, Promise_>
    const unlisted = (key: Key) => inGap(key, plan) || (broke.has(name) && key > (broke.get(name) as Key))
    const shown = (entry: EntryPlan) => !lists || (entry.state !== 'unlisted' && !unlisted(entry.key))
    const troubleOf = (key: Key) => plan.trouble.find((one) => one.key === key)?.code

    for (const [key, claim] of keys) {
      if (key.startsWith(scope)) inScope = true
      if (claim.refs > 1) {
        counts.duplicate_refs++
        if (world.asserted.includes('duplicate_refs')) tell('duplicate_refs', name, key)
      }
      const trouble = troubleOf(key)
      let entry = plan.entries.find((one) => one.key === key)
      if (lists && (entry === undefined || !shown(entry))) {
        if (unlisted(key)) {
          tell('unverifiable', name, key)
          continue
        }
        counts.examined++
        // Looking again: what cannot be seen is not missing, and what is there is not, either.
        if (trouble === 'forbidden' || trouble === 'unreadable') {
          tell(trouble, name, key)
          continue
        }
        if (entry !== undefined && trouble === undefined) {
          if (plan.dated && entry.modified === 'old') incomplete.add(name)
        } else entry = undefined
      } else {
        counts.examined++
        if (!lists && trouble !== undefined) {
          tell(trouble === 'unavailable' ? 'unverifiable' : trouble, name, key)
          continue
        }
      }
      if (entry === undefined) {
        tell(claim.young === claim.refs ? 'in_flight' : 'missing', name, key)
        const [one, ...more] = claim.sizes.filter((size) => size !== 'bad')
        const exact = one !== undefined && more.length === 0 && one[1] === 0 && Number.isSafeInteger(one[0])
        if (one !== undefined) sizes.set(`${name}\0${key}`, exact && verifiesSize ? one[0] : 'several')
        continue
      }
      if (entry.state === 'unreadable') {
        tell('unreadable', name, key)
        continue
      }
      counts.matched++
      const size = plan.sizes ? entry.content.length : undefined
      const declared = verifiesSize ? claim.sizes : []
      if (declared.length > 0 && (size === undefined || declared.includes('bad'))) tell('unverifiable', name, key)
      const wrong = (one: Promise_['sizes'][number]) => one !== 'bad' && Math.abs(one[0] - (size ?? 0)) > one[1]
      const mismatch = size !== undefined && declared.some(wrong)
      if (mismatch) tell('size_mismatch', name, key)
      if (wantsSize && size === 0 && declared.length === 0) tell('zero_bytes', name, key)
      if (entry.state === 'archived') tell('archived', name, key)
      if (!wantsSum(key)) continue
      if (entry.state === 'archived') tell('unverifiable', name, key)
      if (mismatch || entry.state === 'archived') continue
      verifies = true
      const content = contentToTell(entry, plan, claim.sums, world.noBudget)
      if (content !== 'told') tell(content === 'unavailable' ? 'unverifiable' : content, name, key)
      else if (claim.sums.every((sum) => sum === entry.content)) counts.verified++
      else tell('checksum_mismatch', name, key)
    }

    const known = new Set<string>([...keys.keys(), ...(explained.get(name) ?? [])])
    for (const key of known) if (key.startsWith(scope)) inScope = true
    const made = new Set([...known].flatMap((key) => world.derived.map((one) => derivedFrom(key as Key, one))))
    for (const entry of plan.entries) {
      const { key } = entry
      if (!lists || !shown(entry) || isPlaceholder(entry) || !key.startsWith(scope)) continue
      counts.entries++
      if (known.has(key) || made.has(key) || isIgnored(key, world.ignore)) continue
      if (world.grace && isNear(entry.modified)) continue
      tell('orphaned', name, key)
      if (plan.sizes && wantsSize) sizes.set(`${name}\0${key}`, entry.content.length)
    }
  }
  const scoped = inScope || counts.entries > 0
  return { rows, noKey, found, counts, sizes, incomplete, inScope: scoped, withoutSize, verifies }
}

/** Whether the content can be held against the declared checksums at all, and what is to be said where it cannot. */
function contentToTell(entry: EntryPlan, plan: StorePlan, sums: readonly string[], noBudget: boolean) {
  if (sums.length === 0 || sums.includes('bad')) return 'unverifiable'
  const trouble = plan.trouble.find(({ key }) => key === entry.key)?.code
  // A store that may know digests is asked for them first, any other only for the content.
  if (trouble !== undefined && plan.entries.some(({ digests }) => digests)) return trouble
  if (entry.digests) return 'told'
  if (noBudget && (!plan.sizes || entry.content !== '')) return 'unverifiable'
  if (trouble !== undefined) return trouble
  if (entry.reading === 'forbidden') return 'forbidden'
  if (entry.reading === 'breaks' || (entry.reading === 'short' && entry.content !== '')) return 'unverifiable'
  return 'told'
}
