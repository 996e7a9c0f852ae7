/** Looks at what was found once more before it is shown, and takes out what no longer holds. */
import { type Key, keyToText } from '../../lib/key.js'
import { count, formatNumber } from '../../lib/text.js'
import { findDeletions } from './deletions.js'
import { foundAs } from './find-renamed.js'
import {
  type Again,
  isAbsence,
  type LookAgainOptions,
  type Looked,
  lookAgain,
  REVISITED,
  stands,
} from './look-again.js'
import type { FindingClass, Mark } from './residue.js'
import type { StoreRun } from './store-run.js'

/** Most keys of one class of a store that are looked at again; of more, every n-th. */
export const MOST_REVISITED = 10_000

/** Returns notes on what it found. Healed keys are left in the runs, what became something else in `changed`. */
export async function settle(
  runs: readonly StoreRun[],
  options: LookAgainOptions & { readonly most?: number },
): Promise<readonly string[]> {
  const notes: string[] = []
  const candidates = new Map<string, Map<Key, Set<FindingClass>>>()
  const renamed = new Map<string, Map<Key, Key>>()
  for (const run of runs) {
    const keys = new Map<Key, Set<FindingClass>>()
    const pairs = new Map<Key, Key>()
    const note = (key: Key, finding: FindingClass) => keys.set(key, (keys.get(key) ?? new Set()).add(finding))
    for (const finding of REVISITED) {
      const total = run.residues.count(finding)
      const stride = Math.ceil(total / (options.most ?? MOST_REVISITED))
      let index = 0
      for await (const page of run.residues.read(finding)) {
        for (const { key, mark } of page) {
          if (index++ % stride !== 0) continue
          note(key, finding)
          if (finding !== 'renamed') continue
          pairs.set(key, foundAs(mark))
          note(foundAs(mark), finding)
        }
      }
      if (stride > 1) {
        const looked = Math.ceil(total / stride)
        notes.push(
          `${formatNumber(looked)} of ${formatNumber(total)} ${finding} keys were looked at again (every ${stride}.)`,
        )
      }
    }
    if (keys.size === 0) continue
    candidates.set(run.name, keys)
    renamed.set(run.name, pairs)
  }
  if (candidates.size === 0) return notes
  const looked = await lookAgain(candidates, options)
  for (const run of runs) {
    const keys = candidates.get(run.name)
    if (keys === undefined) continue
    notes.push(...(await heal(run, keys, renamed.get(run.name), looked, options)))
    const again = looked.get(run.name)
    const gone = [...keys.keys()].filter((key) => again?.get(key)?.marks.some(({ finding }) => finding === 'missing'))
    notes.push(...(await findDeletions(run, gone, options.signal)))
  }
  return notes
}

/** Clocks further apart than this are refused by S3 itself. */
const MOST_SKEW_MS = 15 * 60_000

/** Whether a listing that does not have this entry is not the whole one: it was there long before. */
function wasPassedBy(run: StoreRun, again: Again): boolean {
  if (!run.listing || run.store.features.dated !== true || !again.matched) return false
  return again.modified !== undefined && again.modified < run.since - MOST_SKEW_MS
}

function tellsAbsence({ finding }: Mark): boolean {
  return isAbsence(finding)
}

function isHidden({ finding }: Mark): boolean {
  return finding === 'forbidden' || finding === 'unreadable'
}

/** With one of these the entry had been there. */
const SEEN: readonly FindingClass[] = ['size_mismatch', 'checksum_mismatch', 'zero_bytes']
const MISSING: ReadonlySet<FindingClass> = new Set(['missing'])

/**
 * What the listing passed by and cannot be seen is not missing, but out of sight (behind a link to a directory); any
 * other finding holds where it cannot be seen again.
 */
function holds(finding: FindingClass, again: Again): boolean {
  return !(isAbsence(finding) && again.marks.some(isHidden)) && stands(finding, again)
}

/** What the first look had told of the key already is told once: see `tell.ts`. */
function isNews(mark: Mark, classes: ReadonlySet<FindingClass>, again: Again): boolean {
  if (classes.has(mark.finding) || isHidden(mark)) return false
  return mark.finding !== 'unverifiable' || again.matched
}

async function heal(
  run: StoreRun,
  keys: ReadonlyMap<Key, ReadonlySet<FindingClass>>,
  renamed: ReadonlyMap<Key, Key> | undefined,
  looked: Looked,
  { rules }: LookAgainOptions,
): Promise<readonly string[]> {
  const again = looked.get(run.name)
  const now = (key: Key): Again => again?.get(key) ?? { marks: [], matched: false }
  const drop = (finding: FindingClass, key: Key) =>
    run.healed.set(finding, (run.healed.get(finding) ?? new Set()).add(key))
  const passedBy: Key[] = []
  const news = async (key: Key, seen: Again, classes: ReadonlySet<FindingClass>) => {
    for (const mark of seen.marks) if (isNews(mark, classes, seen)) await run.changed.add(key, mark)
  }
  // A missing file that has arrived is matched now; a row that went away is not.
  const noLongerMissing = async (key: Key, seen: Again) => {
    const hidden = seen.marks.find(isHidden)
    if (hidden !== undefined) await run.changed.add(key, hidden)
    if (seen.matched) run.tally.matched++
    if (seen.verified !== undefined) run.tally.toVerify++
    if (wasPassedBy(run, seen)) passedBy.push(key)
  }
  for (const [key, classes] of keys) {
    const seen = now(key)
    for (const finding of classes) {
      if (finding === 'renamed' || holds(finding, seen)) continue
      drop(finding, key)
      if (isAbsence(finding)) await noLongerMissing(key, seen)
    }
    if (seen.verified === true) run.tally.verified++
    if (SEEN.some((finding) => classes.has(finding)) && seen.marks.some(tellsAbsence)) run.tally.matched--
    // Both names of a renamed key are settled together, below.
    if (classes.size > 1 || !classes.has('renamed')) await news(key, seen, classes)
  }
  for (const [key, found] of renamed ?? []) {
    const seen = now(key)
    const isMissing = holds('missing', seen)
    const isOrphaned = holds('orphaned', now(found))
    if (isMissing && isOrphaned) continue
    drop('renamed', key)
    // Where renamed keys were nothing else, they become now what they are.
    if (!rules.expectsRenamed) continue
    if (isMissing) await run.changed.add(key, seen.marks.find(tellsAbsence) ?? { finding: 'missing' })
    else await noLongerMissing(key, seen).then(() => news(key, seen, MISSING))
    const orphan = now(found).marks.find(({ finding }) => finding === 'orphaned')
    if (isOrphaned) await run.changed.add(found, orphan ?? { finding: 'orphaned' })
  }
  const [first] = passedBy
  if (first !== undefined) {
    const what = `${JSON.stringify(keyToText(first))} and ${formatNumber(passedBy.length - 1)} more are there and older`
    run.gaps.push(`${run.store.label}: its listing is not complete: ${what} than it, and it does not have them`)
  }
  return [...run.healed].map(
    ([finding, healed]) => `${count(healed.size, `${finding} key`)} no longer so when looked at again`,
  )
}
