/** `--shard i/n` as the engine takes it. */
import type { GateConfig } from '../../engine/events.js'
import type { Selected } from '../../engine/select.js'
import type { Shard } from '../../engine/shard.js'
import type { Part } from '../../kinds/kind.js'
import { UsageError } from '../../lib/errors.js'
import type { Redactor } from '../../lib/redact.js'
import type { LoadedSpec } from '../../spec/load.js'
import { definitionOf } from './definition.js'

export interface ShardRequest {
  readonly shard?: (Part & { readonly cuts?: string | undefined }) | undefined
}

export interface ShardContext {
  readonly spec: LoadedSpec
  readonly selected: Selected
  readonly gate: GateConfig
  readonly redactor: Redactor
  readonly version: string
  /** Digest of the record it is held against. */
  readonly baseline?: string | undefined
}

export async function shardOf({ shard }: ShardRequest, context: ShardContext): Promise<Shard | undefined> {
  if (shard === undefined) return undefined
  const { spec, selected, gate, redactor, version, baseline } = context
  const { checks } = selected
  const divides = new Set(spec.parsed.filter(({ kind }) => kind.divides === true).map(({ check }) => check.id))
  const divided = new Set(checks.map(({ id }) => id).filter((id) => divides.has(id)))
  const definition = definitionOf({ spec, checks, divided, gate, version, baseline }, redactor)
  const { number, of, cuts } = shard
  const like = cuts === undefined ? undefined : await countedIn(cuts, { definition, of })
  return { number, of, checks, divided, definition, like }
}

async function countedIn(path: string, { definition, of }: Pick<Shard, 'definition' | 'of'>) {
  const { replay } = await import('../replay.js')
  const ledgers = new Map<string, unknown>()
  for await (const event of replay(path, { signal: new AbortController().signal, onCutOff: () => {} })) {
    if (event.type === 'run:start' && (event.shard?.definition !== definition || event.shard.of !== of)) {
      throw new UsageError(`--cuts ${path}: it is not a recorded part of this run`, {
        suggestions: [`name a part of ${of}, recorded from the same check files and selection by the same version`],
      })
    }
    if (event.type === 'check:end' && event.part !== undefined) ledgers.set(event.id, event.part.ledger)
  }
  return ledgers
}
