/** One run from check files to exit code: loads, selects, opens, runs, reports, closes. Judges nothing itself. */
import { randomBytes } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { openConnections } from '../connections/connections.js'
import type { GateConfig } from '../engine/events.js'
import { type Exit, exitAfterReports } from '../engine/exit-code.js'
import { createFindingsSink } from '../engine/findings-sink.js'
import { run } from '../engine/run.js'
import { type Selection, select } from '../engine/select.js'
import { kindNamed, kinds } from '../kinds/index.js'
import { createRedactor, type SecretValue } from '../lib/redact.js'
import { escapeText } from '../lib/text-escape.js'
import type { Env } from '../lib/text-terminal.js'
import type { ReporterRequest } from '../reporters/parse-reporter-flag.js'
import { loadSpec } from '../spec/load.js'
import { type SignalSource, watchSignals } from './interrupt.js'
import { type OutStream, openOutputs, unwrittenText } from './outputs.js'
import { systemTimer } from './timer.js'
import { bugText, issueWords } from './words.js'

export interface VerifyRequest {
  readonly files: readonly string[]
  readonly vars: Readonly<Record<string, string>>
  readonly envFile?: string | undefined
  readonly strict: boolean
  readonly selection: Selection
  readonly gate: GateFlags
  readonly noBaseline: boolean
  readonly concurrency: number
  readonly deadlineMs?: number | undefined
  readonly requests: readonly ReporterRequest[]
  readonly findingsDir?: string | undefined
  readonly showData: boolean
  readonly quiet: boolean
  readonly color: boolean
  readonly debug: boolean
}

export interface GateFlags {
  readonly failOn?: GateConfig['failOn'] | undefined
  readonly failOnWarn: boolean
  readonly minChecks?: number | undefined
  readonly allowEmpty: boolean
}

/** What a run needs of the process it runs in. */
export interface World {
  readonly cwd: string
  readonly env: Env
  readonly version: string
  readonly stdout: OutStream
  readonly stderr: OutStream
  readonly signals: SignalSource
  readonly hideSecrets: (secrets: readonly SecretValue[]) => void
}

export async function verify(request: VerifyRequest, world: World): Promise<Exit> {
  const { cwd, env, version, stdout, stderr } = world
  const { vars, envFile, strict, showData, findingsDir } = request
  const spec = await loadSpec(request.files, {
    cwd,
    env,
    vars,
    envFile,
    strict,
    kinds,
    now: new Date(),
    unset: 'error',
  })
  world.hideSecrets(spec.secrets)
  const redactor = createRedactor(spec.secrets)
  const selected = select(spec.checks, request.selection)

  const { requests, quiet, color } = request
  const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir) })
  const before = sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]
  const timer = systemTimer
  const outputs = await openOutputs({ requests, stdout, stderr, env, color, quiet, findingsDir, before, timer })
  const interrupt = watchSignals(world.signals, {
    onFirst: (signal) =>
      outputs.say(`${signal}: stopping; the report of what is known follows. Once more ends at once.\n`),
    onSecond: outputs.erase,
  })
  const connections = openConnections(spec.connections, { env: spec.env, version, scratch: tmpdir(), showData })
  try {
    const end = await run({
      run: `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`,
      ...(spec.name === undefined ? {} : { name: spec.name }),
      host: hostname(),
      versions: { postflight: version, node: process.versions.node },
      files: spec.files,
      selection: selected.words,
      warnings: [...spec.warnings.map(issueWords), ...redactor.warnings],
      checks: selected.checks,
      allIds: new Set(spec.checks.map((check) => check.id)),
      kindOf: kindNamed,
      connections,
      gate: gateOf(spec.gate, request.gate, selected.words.length > 0),
      waivers: spec.waivers,
      ...(request.noBaseline ? { baseline: 'dropped' as const } : {}),
      emit: outputs.emit,
      unwritten: () => [...(sink?.unwritten() ?? []), ...outputs.unwritten()],
      ...(sink === undefined ? {} : { remarks: sink.remarks }),
      redactor,
      onBug: (check, error) => outputs.say(redactor.text(bugText(check, error, request.debug))),
      concurrency: request.concurrency,
      limitOf: connections.limit,
      deadlineMs: request.deadlineMs,
      interrupt: interrupt.signal,
      now: () => new Date(),
      scratchRoot: tmpdir(),
      showData,
    })
    const unwritten = [...(sink?.unwritten() ?? []), ...outputs.unwritten(), ...(await outputs.close())]
    stderr.write(redactor.text(unwrittenText(unwritten)))
    return exitAfterReports(end, unwritten)
  } finally {
    await outputs.close()
    await sink?.close()
    await connections.closeAll().catch((error: unknown) => {
      stderr.write(redactor.text(`warning: a connection did not close: ${escapeText(String(error))}\n`))
    })
    interrupt.dispose()
  }
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
