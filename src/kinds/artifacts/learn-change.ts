/** Guesses, from a sample of the missing keys and what is left over in the store, how the keys of the rows have to be changed. */
import { changesBetween, type KeyChange } from '../../compare/key-change.js'
import { features, rowFeatures } from '../../compare/key-features.js'
import type { Key } from '../../lib/key.js'
import type { Residues } from './residue.js'
import type { Strays } from './strays.js'

/** Missing keys whose like is looked for. */
const SAMPLE = 200
/** What more of them than this have in common tells none from the others. */
const MOST_ALIKE = 5
/** Entries that may be one missing key. */
const MOST_FOUND = 8
const MOST_CHANGES = 2000
/** Changes that are tried on the whole sample. */
const MOST_TRIED = 60
/** Changes that are told together. */
const MOST_TOGETHER = 3

interface Sampled {
  readonly key: Key
  readonly found: Set<Key>
}

/** A change and the keys of the sample it explains, in byte order. */
export interface Learned {
  readonly change: KeyChange
  readonly explains: readonly Key[]
}

/** The changes that explain most of the sample together, the one that explains most alone first. */
export async function learnChanges(
  missing: Residues,
  strays: Strays,
  signal: AbortSignal,
): Promise<readonly Learned[]> {
  const sample = await sampleOf(missing)
  await findAlike(sample, strays, signal)
  const guesses = new Map<string, { readonly change: KeyChange; readonly by: Set<Sampled> }>()
  for (const one of sample) {
    for (const found of one.found) {
      for (const change of changesBetween(one.key, found)) {
        const guess = guesses.get(change.name)
        if (guess !== undefined) guess.by.add(one)
        else if (guesses.size < MOST_CHANGES) guesses.set(change.name, { change, by: new Set([one]) })
      }
    }
  }
  const likeliest = [...guesses.values()].toSorted((a, b) => b.by.size - a.by.size || a.change.cost - b.change.cost)
  const tried = likeliest.slice(0, MOST_TRIED)
  for (const { change, by } of tried) {
    for (const one of sample) if (explains(change, one)) by.add(one)
  }
  return together(tried, sample)
}

function explains(change: KeyChange, { key, found }: Sampled): boolean {
  if (found.size === 0) return false
  const changed = change.apply(key)
  return changed !== undefined && found.has(changed)
}

/** Takes the best, then the best of what is left, as long as that is more than chance. */
function together(
  tried: readonly { readonly change: KeyChange; readonly by: ReadonlySet<Sampled> }[],
  sample: readonly Sampled[],
): readonly Learned[] {
  const learned: Learned[] = []
  let left = sample
  while (learned.length < MOST_TOGETHER && left.length > 0) {
    const least = learned.length === 0 ? Math.min(2, sample.length) : Math.max(2, sample.length / 20)
    let best: { readonly change: KeyChange; readonly keys: readonly Key[] } | undefined
    for (const { change, by } of tried) {
      const keys = left.filter((one) => by.has(one)).map(({ key }) => key)
      const more = keys.length - (best?.keys.length ?? 0)
      if (best === undefined || more > 0 || (more === 0 && change.cost < best.change.cost)) best = { change, keys }
    }
    if (best === undefined || best.keys.length < least) break
    const { change, keys } = best
    learned.push({ change, explains: keys })
    left = left.filter(({ key }) => !keys.includes(key))
  }
  return learned
}

async function sampleOf(residues: Residues): Promise<readonly Sampled[]> {
  const stride = Math.max(1, Math.floor(residues.count('missing') / SAMPLE))
  const sample: Sampled[] = []
  let index = 0
  for await (const page of residues.read('missing')) {
    for (const { key } of page) if (index++ % stride === 0) sample.push({ key, found: new Set() })
  }
  return sample
}

async function findAlike(sample: readonly Sampled[], strays: Strays, signal: AbortSignal): Promise<void> {
  const byFeature = new Map<string, Sampled[]>()
  for (const one of sample) {
    for (const feature of rowFeatures(one.key)) {
      const same = byFeature.get(feature)
      if (same === undefined) byFeature.set(feature, [one])
      else if (same.length <= MOST_ALIKE) same.push(one)
    }
  }
  for (const [feature, same] of byFeature) if (same.length > MOST_ALIKE) byFeature.delete(feature)
  for await (const page of strays()) {
    signal.throwIfAborted()
    for (const { key } of page) {
      for (const feature of features(key)) {
        for (const one of byFeature.get(feature) ?? []) if (one.found.size < MOST_FOUND) one.found.add(key)
      }
    }
  }
}
