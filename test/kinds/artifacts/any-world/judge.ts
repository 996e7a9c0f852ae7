/** Holds what a check said against the model. */
import { expect } from 'vitest'
import type { Finding } from '../../../../src/kinds/kind.js'
import { keyFromJson, keyFromLatin1 } from '../../../../src/lib/key.js'
import type { Seen } from '../world.js'
import type { Model, Place } from './model.js'
import type { WorldPlan } from './plan.js'
import { spelledAlike } from './spelled-alike.js'

const UNOBSERVED = { unobserved: expect.any(String) }

export function judge(seen: Seen, said: Model, world: WorldPlan, allListed: boolean): void {
  const told = byClass(seen.findings, world)
  const renamed: ReadonlySet<Place> = told.get('renamed') ?? new Set()
  // Where the check says what it expects of renamed keys, they are nothing else.
  const found = new Map(said.found)
  expectPairs(seen.findings, said, world)
  if (world.asserted.includes('renamed')) {
    const ends = new Set(seen.findings.filter(isRenamed).map((finding) => foundAt(finding, world)))
    found.set('missing', without(found.get('missing'), renamed))
    found.set('orphaned', without(found.get('orphaned'), ends))
  }
  found.set('renamed', renamed)
  expect(plain(told)).toEqual(plain(found))
  expect(seen.findings.filter(({ finding }) => finding === 'no_key')).toHaveLength(said.noKey)

  const subjects: Record<string, unknown> = { rows: said.rows, no_key: said.noKey, ...said.counts }
  for (const name of Object.keys(seen.subjects)) subjects[name] ??= found.get(name)?.size ?? 0
  for (const name of unobserved(said, world, allListed)) subjects[name] = UNOBSERVED
  expect(seen.subjects).toEqual(subjects)
}

function unobserved(said: Model, world: WorldPlan, allListed: boolean): readonly string[] {
  const declaresSize = world.verifySize && world.queries.some(({ size }) => size !== undefined)
  const sums = world.queries.some(({ sum }) => sum !== undefined) ? world.verifySum : 'none'
  const sampledNone = sums.includes('/') && said.counts.matched > 0 && !said.verifies
  const nothingThere = world.scope !== undefined && !said.inScope && !world.emptyStore
  return [
    ...(allListed ? [] : ['orphaned', 'entries', 'renamed']),
    ...(declaresSize && (said.rows === 0 || !said.withoutSize) ? [] : ['size_mismatch']),
    ...(sums !== 'none' && !sampledNone ? [] : ['checksum_mismatch', 'verified']),
    ...(world.grace && world.queries.some(({ time }) => time) ? [] : ['in_flight']),
    ...(world.verifySize || world.asserted.includes('zero_bytes') ? [] : ['zero_bytes']),
    ...(nothingThere ? ['orphaned'] : []),
  ]
}

/** Each pair is one name, none is used twice, and no pair is left that could have been told without a guess. */
function expectPairs(findings: readonly Finding[], said: Model, world: WorldPlan): void {
  const missing: ReadonlySet<Place> = said.found.get('missing') ?? new Set()
  const orphaned: ReadonlySet<Place> = said.found.get('orphaned') ?? new Set()
  // `may`: rows that declare several sizes, or not quite one.
  const fit = (from: Place, to: Place): 'yes' | 'may' | 'no' => {
    const [[store, a = ''], [other, b = '']] = [split(from), split(to)]
    if (store !== other || !spelledAlike(keyFromLatin1(a), keyFromLatin1(b))) return 'no'
    const [declared, actual] = [said.sizes.get(from), said.sizes.get(to)]
    if (declared === 'several') return 'may'
    return declared === undefined || actual === undefined || declared === actual ? 'yes' : 'no'
  }
  const used = new Set<Place>()
  for (const finding of findings.filter(isRenamed)) {
    const [from, to] = [placeOf(finding, world), foundAt(finding, world)]
    expect(missing, 'a renamed key is missing').toContain(from)
    expect(orphaned, 'what it was found as is an orphan').toContain(to)
    expect([from, to, fit(from, to)], 'one name').not.toEqual([from, to, 'no'])
    for (const end of [from, to]) {
      expect(used, 'no name is used twice').not.toContain(end)
      used.add(end)
    }
  }
  // A name whose other half turned out to be something else when looked at again may be left alone.
  const stores = [world.uploads, ...(world.media === undefined ? [] : [world.media])]
  if (stores.some(({ entries, trouble }) => trouble.length > 0 || entries.some(({ state }) => state === 'unlisted')))
    return
  // Two names as near as each other are none: only a pair that is alone with its likeness must be told.
  for (const from of missing) {
    const [to, ...more] = [...orphaned].filter((one) => fit(from, one) !== 'no')
    if (to === undefined || more.length > 0 || fit(from, to) !== 'yes') continue
    if ([...missing].filter((one) => fit(one, to) !== 'no').length === 1) expect(used).toContain(from)
  }
}

function split(place: Place): readonly string[] {
  const at = place.indexOf('\0')
  return [place.slice(0, at), place.slice(at + 1)]
}

function isRenamed({ finding }: Finding): boolean {
  return finding === 'renamed'
}

function placeOf(finding: Finding, world: WorldPlan): Place {
  const unmapped = finding.finding === 'unverifiable' && world.media !== undefined
  return `${finding.store ?? (unmapped ? '' : 'uploads')}\0${keyFromJson({ ...finding, key: finding.key ?? '' })}`
}

function foundAt({ store = 'uploads', found_as = '', found_as_b64 }: Finding, _: WorldPlan): Place {
  return `${store}\0${keyFromJson({ key: found_as, ...(found_as_b64 === undefined ? {} : { key_b64: found_as_b64 }) })}`
}

/** A key told twice in a class is a mistake of its own. */
function byClass(findings: readonly Finding[], world: WorldPlan): Map<string, Set<Place>> {
  const told = new Map<string, Set<Place>>()
  for (const finding of findings) {
    if (finding.finding === 'no_key') continue
    const places = told.get(finding.finding) ?? new Set()
    told.set(finding.finding, places)
    expect(places).not.toContain(placeOf(finding, world))
    places.add(placeOf(finding, world))
  }
  return told
}

function without(all: ReadonlySet<Place> = new Set(), some: ReadonlySet<Place>): ReadonlySet<Place> {
  return new Set([...all].filter((one) => !some.has(one)))
}

function plain(found: ReadonlyMap<string, ReadonlySet<Place>>) {
  return Object.fromEntries(
    [...found].filter(([, places]) => places.size > 0).map(([finding, places]) => [finding, [...places].sort()]),
  )
}
