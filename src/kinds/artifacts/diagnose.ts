/** Looks for one cause behind many findings of a store. What it says changes no verdict. */
import { mergeJoin } from '../../compare/merge-join.js'
import {
  applyPrefixChange,
  baseName,
  commonDirectory,
  createHistogram,
  type PrefixChange,
  prefixChange,
} from '../../compare/plausibility.js'
import { type Key, keyFromText, keyToText } from '../../lib/key.js'
import { formatNumber } from '../../lib/text.js'
import type { Diagnosis } from '../kind.js'
import type { FindingClass, Residue, Residues } from './residue.js'
import { rewriteYaml } from './rewrite-yaml.js'
import type { ArtifactsSpec } from './schema.js'
import type { StoreRun } from './store-run.js'

export interface DiagnoseOptions {
  readonly run: StoreRun
  readonly spec: ArtifactsSpec
  /** Whether the rows' times lie in more than one month. */
  readonly severalMonths: boolean
  readonly signal: AbortSignal
}

/** Missing keys whose names are looked for among the orphans. */
const SAMPLE = 200
const SAME_NAME = 5
const MOST_CHANGES = 1000
const MOST_VALUES = 10_000
/** Below this, what findings have in common is chance. */
const FEW = 5

export async function diagnose(options: DiagnoseOptions): Promise<readonly Diagnosis[]> {
  const { run, spec } = options
  const missing = run.residues.count('missing')
  if (missing === 0) return []
  if (run.listing && run.tally.listed === 0 && run.gaps.length === 0) {
    return spec.plausible?.empty_store === 'allow' ? [] : [emptyStore(run)]
  }
  const rewrite = await missingRewrite(options)
  if (rewrite !== undefined) return [rewrite]
  return missing < FEW ? [] : commonPlace(options)
}

function emptyStore(run: StoreRun): Diagnosis {
  return {
    summary: `${run.store.label} exists and is empty: the volume may not be mounted there, or this is another bucket or prefix`,
  }
}

async function missingRewrite({ run, spec, signal }: DiagnoseOptions): Promise<Diagnosis | undefined> {
  const { residues, store } = run
  const missing = residues.count('missing')
  const change = await likeliestChange(residues, signal)
  if (change === undefined) return undefined
  let explained = 0
  const rewritten = rewriteAll(residues.read('missing'), change)
  const labels = { left: 'the spool of rewritten keys', right: 'the spool of orphans' }
  for await (const { both } of mergeJoin(rewritten, residues.read('orphaned'), labels)) explained += both.length
  if (explained < 2 || explained * 2 < missing) return undefined
  const { strip, add } = { strip: keyToText(change.strip), add: keyToText(change.add) }
  const words = [
    ...(strip === '' ? [] : [`without ${JSON.stringify(strip)} at its start`]),
    ...(add === '' ? [] : [`below ${JSON.stringify(add)}`]),
  ]
  // A prefix that is not UTF-8 cannot be written in YAML.
  const writable = keyFromText(strip) === change.strip && keyFromText(add) === change.add
  return {
    summary: `${formatNumber(explained)} of ${formatNumber(missing)} missing keys are in ${store.label} ${words.join(' and ')}: a rewrite is missing`,
    ...(writable ? { suggestion: rewriteYaml(spec.rewrite ?? [], { strip, add }) } : {}),
  }
}

/** All keys changed begin alike and still do afterwards, so their order holds. */
async function* rewriteAll(
  pages: AsyncIterable<readonly Residue[]>,
  change: PrefixChange,
): AsyncGenerator<readonly { readonly key: Key }[], void, void> {
  for await (const page of pages) {
    yield page.flatMap(({ key }) => {
      const changed = applyPrefixChange(key, change)
      return changed === undefined ? [] : [{ key: changed }]
    })
  }
}

async function likeliestChange(residues: Residues, signal: AbortSignal): Promise<PrefixChange | undefined> {
  const byName = new Map<string, Key[]>()
  const stride = Math.max(1, Math.floor(residues.count('missing') / SAMPLE))
  let index = 0
  for await (const page of residues.read('missing')) {
    for (const { key } of page) {
      if (index++ % stride !== 0) continue
      const same = byName.get(baseName(key)) ?? []
      if (same.length < SAME_NAME) byName.set(baseName(key), [...same, key])
    }
  }
  const changes = new Map<string, PrefixChange>()
  const votes = createHistogram(MOST_CHANGES)
  for await (const page of residues.read('orphaned')) {
    signal.throwIfAborted()
    for (const { key } of page) {
      for (const missing of byName.get(baseName(key)) ?? []) {
        const change = prefixChange(missing, key)
        if (change === undefined) continue
        const name = `${change.strip.length}:${change.strip}${change.add}`
        votes.add(name)
        if (changes.size < MOST_CHANGES) changes.set(name, change)
      }
    }
  }
  const top = votes.top()
  return top === undefined ? undefined : changes.get(top[0])
}

/** Below one directory, or of one month, where the rows as a whole are not. */
async function commonPlace({ run, severalMonths }: DiagnoseOptions): Promise<readonly Diagnosis[]> {
  const finding: FindingClass = 'missing'
  const tops = createHistogram(MOST_VALUES)
  const months = createHistogram(MOST_VALUES)
  let first: Key | undefined
  let last: Key | undefined
  let count = 0
  for await (const page of run.residues.read(finding)) {
    for (const { key, mark } of page) {
      count++
      first ??= key
      last = key
      const slash = key.indexOf('/')
      if (slash > 0) tops.add(key.slice(0, slash + 1))
      if (mark.month !== undefined) months.add(mark.month)
    }
  }
  if (first === undefined || last === undefined || run.bounds === undefined) return []
  const diagnoses: Diagnosis[] = []
  const of = (part: number) =>
    part === count ? `All ${formatNumber(count)}` : `${formatNumber(part)} of ${formatNumber(count)}`
  const shared = commonDirectory(first, last)
  const [top, most] = shared === '' ? (tops.top() ?? ['', 0]) : [shared, count]
  const everywhere = commonDirectory(run.bounds.first, run.bounds.last)
  if (top !== '' && most * 10 >= count * 9 && top.length > everywhere.length) {
    diagnoses.push({ summary: `${of(most)} missing keys lie below ${JSON.stringify(keyToText(top as Key))}` })
  }
  const [month, inMonth] = months.top() ?? ['', 0]
  if (severalMonths && month !== '' && inMonth * 10 >= count * 9) {
    diagnoses.push({ summary: `${of(inMonth)} missing keys belong to rows of ${month}` })
  }
  return diagnoses
}
