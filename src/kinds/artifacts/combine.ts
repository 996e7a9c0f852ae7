/**
 * Puts the parts of a divided check together: sums what they counted, and looks through what all of them left over for other
 * spellings and for one cause, as an undivided check does. No store and no database is asked.
 */
import { mergeJoin } from '../../compare/merge-join.js'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyFromJson } from '../../lib/key.js'
import { createSpool, type SortedSpool } from '../../lib/spool.js'
import type { Combine, Diagnosis, Finding, Sighting } from '../kind.js'
import { causesAcross, causesIn, toldCauses } from './causes.js'
import { groupClaims } from './claim.js'
import type { Cause } from './diagnose.js'
import { type Ledger, readLedger } from './ledger.js'
import { observation } from './observation.js'
import { requireSomething } from './plausible.js'
import { recordedRun } from './recorded-run.js'
import { createResidues, FINDING_CLASSES, type FindingClass, type Mark, type Residue } from './residue.js'
import type { ArtifactsSpec } from './schema.js'
import type { StoreRun } from './store-run.js'
import { mismatchOf, sumLedgers } from './sum-ledgers.js'
import { asFinding } from './tell.js'

type Counts = Map<FindingClass, number>

export const combine: Combine = async function* (recorded, { scratch, signal }) {
  const parts = recorded.map((part) => ({ ...part, ledger: readLedger(part.ledger, part) }))
  const mismatch = mismatchOf(parts)
  if (mismatch !== undefined) throw new CheckError(mismatch.message, { hint: mismatch.hint })
  const sum = sumLedgers(parts)
  const opened: { readonly close: () => Promise<void> }[] = []
  const keep = <T extends { readonly close: () => Promise<void> }>(closer: T): T => {
    opened.push(closer)
    return closer
  }
  try {
    const residues = () => keep(createResidues(scratch))
    const runs = sum.stores.map((store) => recordedRun(store, residues(), residues()))
    const { terms } = sum
    const spec = specOf(terms)
    const rules = { asserts: (name: string) => terms.asserted.includes(name), expectsRenamed: terms.expectsRenamed }
    requireSomething(sum.read.rows, spec, runs)
    const known = keep(createSpool({ dir: scratch, signal }))
    const counts: Counts = new Map()
    for (const part of parts) {
      const own: Counts = new Map()
      for await (const page of part.findings()) {
        signal.throwIfAborted()
        countIn(own, page)
        yield* counted(await passOn(page, runs, known.add), counts)
      }
      requireAll(part, own)
    }
    const knownKeys = await known.finish()
    const causes: Cause[] = []
    for (const run of runs) {
      await run.residues.finish()
      causes.push(...(await causesIn({ run, spec, rules, dir: scratch, signal })))
    }
    causes.push(...(await causesAcross(runs, spec)))
    const diagnoses = toldCauses(causes, runs.length > 1).map(untried)
    for (const run of runs) {
      const store = runs.length > 1 ? run.name : undefined
      for (const name of [...GATHERED, 'renamed'] as const) {
        const pages = name === 'renamed' ? markKnown(run.residues.read(name), knownKeys) : run.residues.read(name)
        for await (const page of pages) {
          yield* counted(
            page.map((one) => asFinding(one, store, undefined)),
            counts,
          )
        }
      }
    }
    return observation({ ...sum, counts: Object.fromEntries(counts) }, diagnoses)
  } finally {
    for (const closer of opened) await closer.close()
  }
}

/** Looked through as a whole; findings of other classes are told as they come. */
const GATHERED = ['missing', 'orphaned', 'size_mismatch', 'checksum_mismatch'] as const

/** What the check file says, as far as the look for causes asks it. Nothing is read by it. */
function specOf({ recorded, declared, rewrite, emptyStore }: Ledger['terms']): ArtifactsSpec {
  const query = { connection: '', sql: '', key: '' }
  return {
    ...(recorded
      ? { manifest: { checksum: 'none' } }
      : { rows: declared.map((size) => ({ ...query, ...(size === undefined ? {} : { size }) })) }),
    ...(rewrite === undefined ? {} : { rewrite }),
    plausible: emptyStore ? { empty_store: 'allow' } : {},
  }
}

/** Rows are not at hand any more, so nobody has seen what a suggestion does to keys that are right. */
function untried(diagnosis: Diagnosis): Diagnosis {
  if (diagnosis.suggestion === undefined) return diagnosis
  return { ...diagnosis, summary: `${diagnosis.summary}; not tried on the keys that are right now` }
}

/** What of a part is judged only when all parts are there: another spelling of a key may lie in any of them. */
export function openSubjects({ terms }: Pick<Ledger, 'terms'>): readonly string[] {
  return terms.expectsRenamed ? ['renamed', 'missing', 'orphaned'] : ['renamed']
}

/** Puts aside what is looked through as a whole, and gives back the rest. */
async function passOn(
  page: readonly Finding[],
  runs: readonly StoreRun[],
  addKnown: (key: Key, rest: string) => Promise<void> | undefined,
): Promise<readonly Finding[]> {
  const passed: Finding[] = []
  for (const finding of page) {
    const name = GATHERED.find((one) => one === finding.finding)
    if (name === undefined || finding.key === undefined) {
      passed.push(finding)
      continue
    }
    const { key, key_b64, store, finding: _, ...rest } = finding
    const run = runs.find((one) => store === undefined || one.name === store)
    if (run === undefined)
      throw new CheckError(`a finding is about "${store}", which is none of the stores of its check`)
    const bytes = keyFromJson({ key, ...(key_b64 === undefined ? {} : { key_b64 }) })
    await run.residues.add(bytes, { ...rest, finding: name } satisfies Mark)
    if (finding.known === true && name === 'missing') await addKnown(bytes, '')
  }
  return passed
}

/** A missing key that is known is known under its other spelling too. */
async function* markKnown(
  renamed: AsyncIterable<readonly Residue[]>,
  known: SortedSpool,
): AsyncGenerator<readonly Residue[], void, void> {
  const labels = { left: 'the spool of renamed keys', right: 'the spool of known keys' }
  for await (const { left, both } of mergeJoin(renamed, groupClaims(known.read()), labels)) {
    const marked = both.map(([{ key, mark }]) => ({ key, mark: { ...mark, known: true as const } }))
    if (left.length + marked.length > 0) yield [...left, ...marked]
  }
}

function* counted(findings: readonly Finding[], counts: Counts): Generator<Sighting, void, void> {
  countIn(counts, findings)
  if (findings.length > 0) yield { type: 'findings', findings }
}

function countIn(counts: Counts, findings: readonly Finding[]): void {
  for (const { finding } of findings) {
    const name = FINDING_CLASSES.find((one) => one === finding)
    if (name === undefined) throw new CheckError(`"${finding}" is no finding of artifacts`)
    counts.set(name, (counts.get(name) ?? 0) + 1)
  }
}

/** A recording that lost lines is not the whole part. */
function requireAll(
  { number, of, ledger }: { readonly number: number; readonly of: number; readonly ledger: Ledger },
  seen: Counts,
): void {
  const name = FINDING_CLASSES.find((one) => (ledger.counts[one] ?? 0) !== (seen.get(one) ?? 0))
  if (name === undefined) return
  throw new CheckError(
    `the recording of part ${number} of ${of} holds ${seen.get(name) ?? 0} ${name}, and ${ledger.counts[name] ?? 0} were found`,
    { hint: 'take the recording as it was written' },
  )
}
