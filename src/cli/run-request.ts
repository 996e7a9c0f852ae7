/** What the flags of a run ask for, and what a run needs of the process it runs in. Opens nothing. */
import type { GateConfig } from '../engine/events.js'
import type { Selection } from '../engine/select.js'
import type { Part, Severity } from '../kinds/kind.js'
import { UsageError } from '../lib/errors.js'
import type { SecretValue } from '../lib/redact.js'
import type { Env } from '../lib/text-terminal.js'
import type { ReporterRequest } from '../reporters/parse-reporter-flag.js'
import type { Allowed } from '../writes/allowed.js'
import { parseDurationFlag, parsePingFlag, parseRenamed, parseShardFlag, parseVars } from './flag-values.js'
import type { SignalSource } from './interrupt.js'
import type { OutStream } from './outputs.js'

export interface RunRequest {
  readonly files: readonly string[]
  readonly vars: Readonly<Record<string, string>>
  readonly envFile?: string | undefined
  readonly strict: boolean
  readonly selection: Selection
  readonly gate: GateFlags
  readonly noBaseline: boolean
  /** The record it is held against. */
  readonly baseline?: BaselineRequest | undefined
  readonly allowed: Allowed
  readonly concurrency: number
  readonly deadlineMs?: number | undefined
  /** `cuts`: a recorded part, whose cuts are to be used. */
  readonly shard?: (Part & { readonly cuts?: string | undefined }) | undefined
  readonly requests: readonly ReporterRequest[]
  readonly findingsDir?: string | undefined
  /** Directory of the journal. */
  readonly resume?: string | undefined
  /** Directory of the history. */
  readonly history?: string | undefined
  /** File that only one run at a time holds. */
  readonly lock?: string | undefined
  /** Whether those whom the check files name are told; undefined: as the command does it. */
  readonly notify?: boolean | undefined
  /** Address of a dead-man's switch. */
  readonly ping?: string | undefined
  readonly showData: boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly debug: boolean
}

export interface BaselineRequest {
  /** As the user named it. */
  readonly file: string
  /** File with a public key. */
  readonly verifyKey?: string | undefined
  /** Of databases, the name in the record to the one they have now. */
  readonly renamed: ReadonlyMap<string, string>
}

export interface GateFlags {
  readonly failOn?: GateConfig['failOn'] | undefined
  readonly failOnWarn: boolean
  readonly minChecks?: number | undefined
  readonly allowEmpty: boolean
}

export interface World {
  readonly cwd: string
  readonly env: Env
  readonly version: string
  readonly stdout: OutStream
  readonly stderr: OutStream
  readonly signals: SignalSource
  /** Calls it when the process ends, however that comes. */
  readonly atExit: (call: () => void) => void
  readonly hideSecrets: (secrets: readonly SecretValue[]) => void
}

/** The flags of `verify` and `audit`, as oclif has read them. */
export interface RunFlags {
  readonly check?: readonly string[] | undefined
  readonly tag?: readonly string[] | undefined
  readonly 'not-tag'?: readonly string[] | undefined
  readonly severity?: readonly Severity[] | undefined
  readonly owner?: readonly string[] | undefined
  readonly kind?: readonly string[] | undefined
  readonly var?: readonly string[] | undefined
  readonly 'env-file'?: string | undefined
  readonly strict: boolean
  readonly concurrency?: number | undefined
  readonly timeout?: string | undefined
  readonly resume?: string | undefined
  readonly history?: string | undefined
  readonly lock?: string | undefined
  readonly shard?: string | undefined
  readonly cuts?: string | undefined
  readonly notify?: boolean | undefined
  readonly ping?: string | undefined
  readonly 'no-baseline': boolean
  readonly baseline?: string | undefined
  readonly 'verify-key'?: string | undefined
  readonly 'database-renamed'?: readonly string[] | undefined
  readonly 'allow-commands': boolean
  readonly 'allow-writes': boolean
  readonly 'fail-on'?: GateConfig['failOn'] | undefined
  readonly 'fail-on-warn': boolean
  readonly 'min-checks'?: number | undefined
  readonly 'allow-empty': boolean
  readonly findings?: string | undefined
  readonly 'show-data': boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly debug: boolean
}

const CONCURRENCY = 4

export function runRequestOf(flags: RunFlags, requests: readonly ReporterRequest[]): Omit<RunRequest, 'files'> {
  return {
    vars: parseVars(flags.var ?? []),
    envFile: flags['env-file'],
    strict: flags.strict,
    selection: {
      checks: flags.check ?? [],
      tags: flags.tag ?? [],
      notTags: flags['not-tag'] ?? [],
      severities: flags.severity ?? [],
      owners: flags.owner ?? [],
      kinds: flags.kind ?? [],
    },
    gate: {
      failOn: flags['fail-on'],
      failOnWarn: flags['fail-on-warn'],
      minChecks: flags['min-checks'],
      allowEmpty: flags['allow-empty'],
    },
    noBaseline: flags['no-baseline'],
    baseline: baselineOf(flags),
    allowed: { commands: flags['allow-commands'], writes: flags['allow-writes'] },
    concurrency: flags.concurrency ?? CONCURRENCY,
    shard: shardOf(flags),
    deadlineMs: flags.timeout === undefined ? undefined : parseDurationFlag('timeout', flags.timeout),
    requests,
    findingsDir: flags.findings,
    resume: flags.resume,
    history: flags.history,
    lock: flags.lock,
    notify: flags.notify,
    ping: flags.ping === undefined ? undefined : parsePingFlag(flags.ping),
    showData: flags['show-data'],
    quiet: flags.quiet,
    color: flags.color,
    debug: flags.debug,
  }
}

function shardOf({ shard, cuts }: Pick<RunFlags, 'shard' | 'cuts'>): RunRequest['shard'] {
  if (shard === undefined && cuts !== undefined)
    throw new UsageError('--cuts says where the parts of a run are cut, so it goes with --shard', {
      suggestions: ['--shard 2/5 --cuts part-1.ndjson'],
    })
  return shard === undefined ? undefined : { ...parseShardFlag(shard), cuts }
}

function baselineOf(flags: RunFlags): BaselineRequest | undefined {
  const { baseline: file, 'no-baseline': none, 'verify-key': verifyKey, 'database-renamed': renamed } = flags
  if (file === undefined) {
    const alone = verifyKey !== undefined ? '--verify-key' : renamed !== undefined ? '--database-renamed' : undefined
    if (alone === undefined) return undefined
    throw new UsageError(`${alone} is about the record of --baseline, which is not given`, {
      suggestions: ['--baseline before.snapshot'],
    })
  }
  if (none)
    throw new UsageError('--baseline holds against a record, and --no-baseline against none', {
      suggestions: ['leave one of them out'],
    })
  return { file, verifyKey, renamed: parseRenamed(renamed ?? []) }
}
