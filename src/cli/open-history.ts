/** Opens the history of a run for `--history`. Loaded only where there is one. */
import { resolve } from 'node:path'
import type { PastRuns } from '../engine/events.js'
import type { NamedReader } from '../engine/fan-out.js'
import type { Records } from '../judge/record.js'
import type { Litter } from '../lib/litter.js'
import { listWords } from '../lib/text.js'
import type { Prepared } from './prepare.js'

export interface RunHistory {
  readonly previous: Records
  readonly past: PastRuns
  readonly warnings: readonly string[]
  /** Undefined for a part of a run, which did not measure the whole of anything. */
  readonly reader: NamedReader | undefined
}

export async function openHistoryOf(
  { spec, checks, shard }: Pick<Prepared, 'spec' | 'checks' | 'shard'>,
  { history: given }: { readonly history?: string | undefined },
  { cwd, litter }: { readonly cwd: string; readonly litter: Litter },
): Promise<RunHistory | undefined> {
  if (given === undefined) return undefined
  const [{ openHistory }, { pastOf }, { previousOf }, { historyReader }] = await Promise.all([
    import('../history/history.js'),
    import('../history/past.js'),
    import('../history/previous.js'),
    import('../history/reader.js'),
  ])
  const history = await openHistory(resolve(cwd, given), given, litter)
  const previous = await previousOf(history, { name: spec.name, checks: checks.map(({ id }) => id) })
  const past = await pastOf(history, { name: spec.name, checks: (shard?.checks ?? checks).map(({ id }) => id) })
  const damaged = history.damaged()
  return {
    previous,
    past,
    warnings:
      damaged.length === 0
        ? []
        : [`records of the history in ${given} cannot be read and are passed over: ${listWords(damaged)}`],
    reader: shard === undefined ? historyReader(history) : undefined,
  }
}
