/** Yields what is left of the residues as findings, in pages, and counts them: the counts are the subjects. */
import { mergeJoin } from '../../compare/merge-join.js'
import { keyToJson } from '../../lib/key.js'
import type { Finding, Sighting } from '../kind.js'
import type { NoKeyReason } from './read-rows.js'
import type { Recoveries } from './recover.js'
import { FINDING_CLASSES, type FindingClass, type Residue } from './residue.js'
import type { StoreRun } from './store-run.js'

/** `changed` undefined: nothing was looked at again. */
export type Told = Pick<StoreRun, 'name' | 'residues' | 'healed' | 'deleted'> & {
  readonly changed: StoreRun['changed'] | undefined
}

export interface TellOptions {
  readonly runs: readonly Told[]
  readonly noKey: ReadonlyMap<NoKeyReason, number>
  readonly recovery: Recoveries | undefined
  /** Whether findings name their store. */
  readonly severalStores: boolean
  /** Whether what was to be there is told by a record. */
  readonly recorded?: boolean
}

const PAGE = 500

export async function* tell(options: TellOptions): AsyncGenerator<Sighting, ReadonlyMap<FindingClass, number>, void> {
  const counts = new Map<FindingClass, number>()
  for (const finding of FINDING_CLASSES) {
    const pages = finding === 'no_key' ? withoutKey(options.noKey) : ofClass(finding, options)
    for await (const findings of pages) {
      counts.set(finding, (counts.get(finding) ?? 0) + findings.length)
      yield { type: 'findings', findings }
    }
  }
  return counts
}

async function* ofClass(
  finding: FindingClass,
  { runs, recovery, severalStores, recorded }: TellOptions,
): AsyncGenerator<readonly Finding[], void, void> {
  for (const run of runs) {
    const store = severalStores && run.name !== '' ? run.name : undefined
    for await (const page of remaining(run, finding)) {
      const sources =
        finding === 'missing'
          ? await recovery?.find(
              page.map(({ key }) => key),
              run.name,
            )
          : undefined
      yield page.map((residue, index) => {
        const deleted = finding === 'missing' ? run.deleted.get(residue.key) : undefined
        const told = asFinding(residue, store, sources?.[index])
        if (recorded === true) return ofRecord(told, deleted)
        return deleted === undefined ? told : { ...told, deleted }
      })
    }
  }
}

const NOT_RECORDED = { recorded: false } as const

/** There are no rows that could refer to it. */
function ofRecord({ refs = 0, ...told }: Finding, deleted: Finding['deleted']): Finding {
  if (told.finding === 'orphaned') return { ...told, expected: NOT_RECORDED }
  const several = told.finding === 'duplicate_refs' ? { reason: `${refs} keys of the record are rewritten to it` } : {}
  return { ...told, ...several, ...(deleted === undefined ? {} : { deleted }) }
}

async function* remaining(run: Told, finding: FindingClass): AsyncGenerator<readonly Residue[], void, void> {
  const healed = run.healed.get(finding)
  const stays = ({ key }: Residue) => healed?.has(key) !== true
  if (run.changed === undefined) return yield* inPages(run.residues.read(finding))
  // What looking again says of a key that was said of it before is said once.
  const labels = { left: 'the spool of findings', right: 'the spool of what they became' }
  const joined = mergeJoin(run.residues.read(finding), run.changed.read(finding), labels)
  for await (const { left, right, both } of joined) {
    yield* inPages([[...left.filter(stays), ...both.map(([first, again]) => (stays(first) ? first : again)), ...right]])
  }
}

async function* inPages(
  pages: AsyncIterable<readonly Residue[]> | Iterable<readonly Residue[]>,
): AsyncGenerator<readonly Residue[], void, void> {
  for await (const page of pages)
    for (let from = 0; from < page.length; from += PAGE) yield page.slice(from, from + PAGE)
}

export function asFinding(
  { key, mark }: Residue,
  store: string | undefined,
  sources: readonly string[] | undefined,
): Finding {
  const { finding, month: _, ...rest } = mark
  return {
    finding,
    ...keyToJson(key),
    ...(store === undefined ? {} : { store }),
    ...rest,
    ...(sources === undefined || sources.length === 0 ? {} : { recover_from: sources }),
  }
}

async function* withoutKey(counts: ReadonlyMap<NoKeyReason, number>): AsyncGenerator<readonly Finding[], void, void> {
  for (const [reason, count] of counts) {
    for (let from = 0; from < count; from += PAGE) {
      const length = Math.min(PAGE, count - from)
      yield Array.from({ length }, () => ({ finding: 'no_key', reason: `its key is ${reason}` }))
    }
  }
}
