/**
 * Whether what is missing is there under one change of its keys. What was learned from a sample is tried on every key, and
 * on those that are right as they are: a rewrite that mends some and breaks others is not offered.
 */
import { inTurn, type KeyChange, onlyWhere } from '../../compare/key-change.js'
import { mergeJoin } from '../../compare/merge-join.js'
import { commonDirectory, type PrefixChange } from '../../compare/plausibility.js'
import { type Key, keyFromLatin1, keyToText } from '../../lib/key.js'
import type { Rec } from '../../lib/records.js'
import { createSpool } from '../../lib/spool.js'
import { count, formatNumber } from '../../lib/text.js'
import type { Json } from '../../lib/value.js'
import type { Diagnosis } from '../kind.js'
import { groupClaims } from './claim.js'
import { keysBelow } from './keys-below.js'
import { type Learned, learnChanges } from './learn-change.js'
import { rewriteYaml } from './rewrite-yaml.js'
import type { ArtifactsSpec } from './schema.js'
import { sizeFits } from './size-fits.js'
import type { StoreRun } from './store-run.js'
import type { Strays } from './strays.js'

export interface RewriteOptions {
  readonly run: StoreRun
  readonly spec: ArtifactsSpec
  readonly strays: Strays
  readonly dir: string
  readonly signal: AbortSignal
}

/** A guess that fits fewer keys than these is chance: a change of prefix is plainer than a pattern. */
const FEWEST = { prefix: 2, pattern: 5 }
const PLAIN = 10

/** How a change does on all keys. */
interface Trial {
  readonly change: KeyChange
  /** Missing keys that are there under their changed name, and of the declared size. */
  readonly explained: number
  readonly example: readonly [Key, Key] | undefined
}

interface Harm {
  /** Keys that are right now and would be looked for elsewhere; undefined where nobody has counted. */
  readonly broken?: number
}

export async function findRewrite(options: RewriteOptions): Promise<Diagnosis | undefined> {
  const { run, spec, strays, signal } = options
  const learned = await learnChanges(run.residues, strays, signal)
  const [best] = learned
  if (best === undefined) return undefined
  const missing = run.residues.count('missing')
  const alone = await tried(best, options)
  let trial: Trial & Harm = alone
  if (learned.length > 1 && alone.explained < missing) {
    const all = await tryChange(inTurn(learned.map(narrow)), options)
    if (all.explained > alone.explained) trial = all
  }
  if (!isEnough(trial, missing)) return undefined
  const broken = trial.broken ?? (await brokenBy(trial.change, run))
  const part = `${formatNumber(trial.explained)} of ${formatNumber(missing)} missing keys are in ${run.store.label}`
  const breaks = broken === 0 ? '' : `; it would change ${count(broken, 'key')} that are right now`
  const what = trial === alone || learned.length === 1 ? 'a rewrite is missing' : 'rewrites are missing'
  const summary = `${part} ${wordsOf(trial)}: ${what}${breaks}`
  const { ops } = trial.change
  if (ops === undefined || broken > 0) return { summary }
  return { summary, suggestion: rewriteYaml([...(spec.rewrite ?? []), ...ops]) }
}

/** Every one of them was found, so half of the keys is no guess; that a name is there by chance, fewer may be. */
function isEnough({ change, explained }: Trial, missing: number): boolean {
  const least = change.cost < PLAIN ? FEWEST.prefix : FEWEST.pattern
  return explained >= least && explained * 2 >= missing
}

/** A change of prefix for all keys, if it harms none; otherwise for those alone that need it. */
async function tried(learned: Learned, options: RewriteOptions): Promise<Trial & Harm> {
  const { run } = options
  const wide = await tryChange(learned.change, options)
  const careful = narrow(learned)
  // The careful one explains no more, and what is not told harms nobody.
  if (careful === learned.change || !isEnough(wide, run.residues.count('missing'))) return wide
  const broken = await brokenBy(wide.change, run)
  if (broken === 0) return { ...wide, broken }
  const trial = await tryChange(careful, options)
  if (trial.explained * 2 <= wide.explained) return { ...wide, broken }
  const less = await brokenBy(careful, run)
  return less < broken ? { ...trial, broken: less } : { ...wide, broken }
}

function narrow({ change, explains }: Learned): KeyChange {
  const { prefix } = change
  if (prefix === undefined) return change
  if (prefix.strip !== '') return onlyWhere(prefix)
  const directory = commonDirectory(explains[0] ?? EMPTY, explains.at(-1) ?? EMPTY)
  return directory === '' ? change : onlyWhere({ strip: directory, add: keyFromLatin1(prefix.add + directory) })
}

const EMPTY = keyFromLatin1('')

async function tryChange(change: KeyChange, { run, spec, strays, dir, signal }: RewriteOptions): Promise<Trial> {
  const spool = createSpool({ dir, signal })
  try {
    for await (const page of run.residues.read('missing')) {
      signal.throwIfAborted()
      for (const { key, mark } of page) {
        const changed = change.rewrite(key)
        if (changed !== key) await spool.add(changed, JSON.stringify([key, mark.expected?.['size'] ?? null]))
      }
    }
    const rewritten = await spool.finish()
    let explained = 0
    let example: Trial['example']
    const labels = { left: 'the spool of rewritten keys', right: 'the spool of orphans' }
    for await (const { both } of mergeJoin(grouped(rewritten.read()), strays(), labels)) {
      for (const [{ rests }, { key, size }] of both) {
        for (const rest of rests) {
          const [missing, expected] = JSON.parse(rest) as [string, Json]
          if (!sizeFits(spec, expected, size)) continue
          explained++
          example ??= [keyFromLatin1(missing), key]
        }
      }
    }
    return { change, explained, example }
  } finally {
    await spool.close()
  }
}

async function brokenBy(change: KeyChange, run: StoreRun): Promise<number> {
  let broken = 0
  const labels = { left: 'the spool of rows', right: 'the spool of missing keys' }
  const claims = groupClaims(run.claims.read(keysBelow(change.within ?? EMPTY)))
  for await (const { left } of mergeJoin(claims, run.residues.read('missing'), labels)) {
    for (const { key } of left) if (change.rewrite(key) !== key) broken++
  }
  return broken
}

async function* grouped(pages: AsyncIterable<readonly Rec[]>) {
  let open: { readonly key: Key; readonly rests: string[] } | undefined
  for await (const page of pages) {
    const done: { readonly key: Key; readonly rests: readonly string[] }[] = []
    for (const { key, rest } of page) {
      if (open?.key === key) open.rests.push(rest)
      else {
        if (open !== undefined) done.push(open)
        open = { key, rests: [rest] }
      }
    }
    if (done.length > 0) yield done
  }
  if (open !== undefined) yield [open]
}

function wordsOf({ change, example }: Trial): string {
  if (change.prefix !== undefined) return prefixWords(change.prefix)
  if (example === undefined) return 'under other names'
  const [missing, found] = example.map((key) => JSON.stringify(keyToText(key)))
  return `under other names, ${missing} as ${found}`
}

function prefixWords({ strip, add }: PrefixChange): string {
  return [
    ...(strip === '' ? [] : [`without ${JSON.stringify(keyToText(strip))} at its start`]),
    ...(add === '' ? [] : [`below ${JSON.stringify(keyToText(add))}`]),
  ].join(' and ')
}
