/**
 * Finds missing keys that are there under another spelling. Both residues are written out under their plainest
 * spelling and sorted, so that candidates lie side by side: memory does not grow with them.
 */
import { mergeJoin } from '../../compare/merge-join.js'
import { spellingDifference, spellingGroup } from '../../compare/spelling.js'
import { type Key, keyFromJson, keyFromLatin1, keyToJson } from '../../lib/key.js'
import type { Rec } from '../../lib/records.js'
import { createSpool } from '../../lib/spool.js'
import type { Mark, Residue } from './residue.js'
import type { Rules } from './rules.js'
import type { StoreRun } from './store-run.js'

interface Candidate {
  readonly key: Key
  readonly size: number | undefined
}

interface Group {
  readonly missing: Candidate[]
  readonly orphaned: Candidate[]
}

/** With more names than this for one plain spelling, which is which would be a guess. */
const MOST_CANDIDATES = 64

export async function findRenamed(
  run: StoreRun,
  rules: Pick<Rules, 'expectsRenamed'>,
  dir: string,
  signal: AbortSignal,
): Promise<void> {
  const { residues } = run
  if (residues.count('missing') === 0 || residues.count('orphaned') === 0) return
  const spool = createSpool({ dir, signal })
  try {
    for (const finding of ['missing', 'orphaned'] as const) {
      for await (const page of residues.read(finding)) {
        signal.throwIfAborted()
        for (const { key, mark } of page) await spool.add(spellingGroup(key), encodeCandidate(finding, key, mark))
      }
    }
    const sorted = await spool.finish()
    await residues.replace('renamed', pairs(sorted.read()))
  } finally {
    await spool.close()
  }
  if (rules.expectsRenamed && residues.count('renamed') > 0) await subtractRenamed(run, dir)
}

async function* pairs(pages: AsyncIterable<readonly Rec[]>): AsyncGenerator<readonly Residue[], void, void> {
  let at: Key | undefined
  let group: Group = { missing: [], orphaned: [] }
  for await (const page of pages) {
    const found: Residue[] = []
    for (const { key, rest } of page) {
      if (key !== at) {
        found.push(...pairUp(group))
        group = { missing: [], orphaned: [] }
        at = key
      }
      const side = rest.startsWith('m') ? group.missing : group.orphaned
      if (side.length < MOST_CANDIDATES) side.push(decodeCandidate(rest))
    }
    if (found.length > 0) yield found
  }
  const last = pairUp(group)
  if (last.length > 0) yield last
}

/**
 * The nearest pairs first; a declared size that the other has not rules a pair out. Each key is used once, and where two
 * are as near as each other, which is which would be a guess: they stay what they are.
 */
function pairUp({ missing, orphaned }: Group): readonly Residue[] {
  if (missing.length === 0 || orphaned.length === 0) return []
  if (missing.length === MOST_CANDIDATES || orphaned.length === MOST_CANDIDATES) return []
  const candidates = missing.flatMap((from) =>
    orphaned.flatMap((to) => {
      const difference = fits(from, to) ? spellingDifference(from.key, to.key) : undefined
      return difference === undefined ? [] : [{ from, to, ...difference }]
    }),
  )
  const used = new Set<Candidate>()
  const found: Residue[] = []
  const near = new Set(candidates.map(({ distance }) => distance))
  for (const distance of [...near].toSorted((a, b) => a - b)) {
    const level = candidates.filter((pair) => pair.distance === distance && !used.has(pair.from) && !used.has(pair.to))
    for (const { from, to, reason } of level) {
      if (level.filter((pair) => pair.from === from || pair.to === to).length > 1) continue
      const { key, key_b64 } = keyToJson(to.key)
      const foundAs = { found_as: key, ...(key_b64 === undefined ? {} : { found_as_b64: key_b64 }) }
      found.push({ key: from.key, mark: { finding: 'renamed', ...foundAs, reason } })
    }
    for (const { from, to } of level) used.add(from).add(to)
  }
  return found.toSorted((a, b) => (a.key < b.key ? -1 : 1))
}

function fits(from: Candidate, to: Candidate): boolean {
  return from.size === undefined || to.size === undefined || from.size === to.size
}

/** Where the check says what it expects of renamed keys, they are nothing else as well. */
async function subtractRenamed({ residues }: StoreRun, dir: string): Promise<void> {
  const found = createSpool({ dir })
  try {
    for await (const page of residues.read('renamed')) {
      for (const { mark } of page) await found.add(foundAs(mark), '')
    }
    const names = await found.finish()
    const labels = { left: 'the spool of residues', right: 'the spool of renamed keys' }
    await residues.replace('missing', leftOnly(mergeJoin(residues.read('missing'), residues.read('renamed'), labels)))
    await residues.replace('orphaned', leftOnly(mergeJoin(residues.read('orphaned'), names.read(), labels)))
  } finally {
    await found.close()
  }
}

export function foundAs({ found_as = '', found_as_b64 }: Pick<Mark, 'found_as' | 'found_as_b64'>): Key {
  return keyFromJson({ key: found_as, ...(found_as_b64 === undefined ? {} : { key_b64: found_as_b64 }) })
}

async function* leftOnly(
  joined: AsyncIterable<{ readonly left: readonly Residue[] }>,
): AsyncGenerator<readonly Residue[], void, void> {
  for await (const { left } of joined) if (left.length > 0) yield left
}

function encodeCandidate(finding: 'missing' | 'orphaned', key: Key, mark: Mark): string {
  const size = finding === 'missing' ? mark.expected?.['size'] : mark.actual?.['size']
  return `${finding[0]}${typeof size === 'number' ? size : ''}\t${key}`
}

function decodeCandidate(rest: string): Candidate {
  const tab = rest.indexOf('\t')
  const size = rest.slice(1, tab)
  return { key: keyFromLatin1(rest.slice(tab + 1)), size: size === '' ? undefined : Number(size) }
}
