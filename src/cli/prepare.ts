/** What a run is made of: reads the check files, selects, divides. Connects to nothing. */
import type { GateConfig } from '../engine/events.js'
import { type Selected, select } from '../engine/select.js'
import { checksOfPart, type Shard } from '../engine/shard.js'
import { kinds } from '../kinds/index.js'
import type { Check } from '../kinds/kind.js'
import { createRedactor, type Redactor } from '../lib/redact.js'
import { type LoadedSpec, loadSpec } from '../spec/load.js'
import { ambientSecrets } from './ambient-secrets.js'
import type { Baseline } from './baseline.js'
import type { GateFlags, RunRequest, World } from './run-request.js'
import { shardOf } from './shard/shard.js'

export interface Prepared {
  readonly spec: LoadedSpec
  readonly selected: Selected
  /** Those to run: the selected ones, or of them those of the part. */
  readonly checks: readonly Check[]
  readonly gate: GateConfig
  readonly shard: Shard | undefined
  /** The record it is held against. */
  readonly baseline?: Baseline | undefined
  readonly redactor: Redactor
}

/** Throws what is wrong with the check files or the selection. */
export async function prepare(
  request: Pick<
    RunRequest,
    'files' | 'vars' | 'envFile' | 'strict' | 'selection' | 'gate' | 'shard' | 'ping' | 'baseline'
  >,
  { cwd, env, version, hideSecrets }: Pick<World, 'cwd' | 'env' | 'version' | 'hideSecrets'>,
): Promise<Prepared> {
  const { files, vars, envFile, strict } = request
  const spec = await loadSpec(files, { cwd, env, vars, envFile, strict, kinds, now: new Date(), unset: 'error' })
  const secrets = [
    ...spec.secrets,
    ...ambientSecrets(spec.connections, spec.env),
    ...(request.ping === undefined ? [] : [{ name: 'the address to ping', value: request.ping }]),
  ]
  hideSecrets(secrets)
  const redactor = createRedactor(secrets)
  const selected = select(spec.checks, request.selection)
  const gate = gateOf(spec.gate, request.gate, selected.words.length > 0)
  const baseline = await baselineOf(request.baseline, spec, cwd)
  const shard = await shardOf(request, { spec, selected, gate, redactor, version, baseline: baseline?.sha256 })
  const checks = shard === undefined ? selected.checks : checksOfPart(selected.checks, shard.divided, shard)
  return { spec, selected, checks, gate, shard, baseline, redactor }
}

async function baselineOf(request: RunRequest['baseline'], spec: LoadedSpec, cwd: string) {
  if (request === undefined) return undefined
  const { readBaseline } = await import('./baseline.js')
  return readBaseline(request, { spec, cwd })
}

/** `min_checks` of a file is about all of its checks; a narrowed run says its own. */
function gateOf(gate: GateConfig, flags: GateFlags, narrowed: boolean): GateConfig {
  return {
    failOn: flags.failOn ?? gate.failOn,
    warnings: flags.failOnWarn ? 'block' : gate.warnings,
    unevaluated: gate.unevaluated,
    minChecks: flags.minChecks ?? (narrowed ? 1 : gate.minChecks),
    allowEmpty: flags.allowEmpty,
  }
}
