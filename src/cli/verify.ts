/** One run from check files to exit code: loads, selects, opens, runs, reports, closes. Judges nothing itself. */
import { randomBytes } from 'node:crypto'
import { hostname, tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { openConnections } from '../connections/connections.js'
import { loadOpeners } from '../connections/openers.js'
import type { GateConfig } from '../engine/events.js'
import { type Exit, exitAfterReports } from '../engine/exit-code.js'
import { createFindingsSink } from '../engine/findings-sink.js'
import { run } from '../engine/run.js'
import { type Selection, select } from '../engine/select.js'
import { checksOfPart } from '../engine/shard.js'
import { kinds } from '../kinds/index.js'
import type { Part } from '../kinds/kind.js'
import { createLitter } from '../lib/litter.js'
import { createRedactor, type SecretValue } from '../lib/redact.js'
import { escapeText } from '../lib/text-escape.js'
import type { Env } from '../lib/text-terminal.js'
import type { ReporterRequest } from '../reporters/parse-reporter-flag.js'
import { loadSpec } from '../spec/load.js'
import type { Allowed } from '../writes/allowed.js'
import { ambientSecrets } from './ambient-secrets.js'
import { type SignalSource, watchSignals } from './interrupt.js'
import { type OutStream, openOutputs, unwrittenText } from './outputs.js'
import { openScratch } from './scratch.js'
import { shardOf } from './shard/shard.js'
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
  readonly allowed: Allowed
  readonly concurrency: number
  readonly deadlineMs?: number | undefined
  /** `cuts`: a recorded part, whose cuts are to be used. */
  readonly shard?: (Part & { readonly cuts?: string | undefined }) | undefined
  readonly requests: readonly ReporterRequest[]
  readonly findingsDir?: string | undefined
  /** Directory of the journal. */
  readonly resume?: string | undefined
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
  /** Calls it when the process ends, however that comes. */
  readonly atExit: (call: () => void) => void
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
  const secrets = [...spec.secrets, ...ambientSecrets(spec.connections, spec.env)]
  world.hideSecrets(secrets)
  const redactor = createRedactor(secrets)
  const selected = select(spec.checks, request.selection)
  const gate = gateOf(spec.gate, request.gate, selected.words.length > 0)
  const shard = await shardOf(request, { spec, selected, gate, redactor, version })
  const checks = shard === undefined ? selected.checks : checksOfPart(selected.checks, shard.divided, shard)

  const { requests, quiet, color } = request
  const openers = await loadOpeners(spec.connections)
  const litter = createLitter(world.atExit)
  const scratch = await openScratch(tmpdir(), litter)
  const connections = openConnections(spec.connections, {
    openers,
    env: spec.env,
    version,
    scratch: scratch.path,
    showData,
  })
  const id = `${new Date().toISOString().replace(/[-:]|\.\d+/g, '')}-${randomBytes(3).toString('hex')}`
  const openJournal = async () => {
    if (request.resume === undefined) return undefined
    const { openRunJournal } = await import('./resume.js')
    const write = (text: string) => void stderr.write(text)
    const own = { ...selected, checks }
    return openRunJournal(request, {
      cwd,
      version,
      run: id,
      spec,
      selected: own,
      connections,
      redactor,
      scratch,
      write,
    })
  }
  const journal = await openJournal().catch(async (error: unknown) => {
    await scratch.remove()
    throw error
  })
  const sink = findingsDir === undefined ? undefined : createFindingsSink({ dir: resolve(cwd, findingsDir), litter })
  const before = [
    ...(sink === undefined ? [] : [{ name: `findings in ${findingsDir}`, onEvent: sink.onEvent }]),
    ...(journal === undefined ? [] : [{ name: 'the journal', onEvent: journal.onEvent }]),
  ]
  const timer = systemTimer
  const outputs = await openOutputs({
    requests,
    stdout,
    stderr,
    env,
    color,
    quiet,
    findingsDir,
    before,
    timer,
    litter,
  }).catch(async (error: unknown) => {
    await journal?.close(false)
    await scratch.remove()
    throw error
  })
  const interrupt = watchSignals(world.signals, {
    onFirst: (signal) =>
      outputs.say(`${signal}: stopping; the report of what is known follows. Once more ends at once.\n`),
    onSecond: outputs.erase,
  })
  let over = false
  try {
    const end = await run({
      run: id,
      ...(spec.name === undefined ? {} : { name: spec.name }),
      host: hostname(),
      versions: { postflight: version, node: process.versions.node },
      files: spec.files,
      selection: selected.words,
      warnings: [...(journal?.warnings ?? []), ...spec.warnings.map(issueWords), ...redactor.warnings],
      checks,
      shard,
      allIds: new Set(spec.checks.map((check) => check.id)),
      kindOf: (name) => spec.parsed.find(({ kind }) => kind.name === name)?.kind,
      seenFrom: connections.seenFrom,
      allowed: request.allowed,
      gate,
      waivers: spec.waivers,
      ...(request.noBaseline ? { baseline: 'dropped' as const } : {}),
      earlier: journal?.earlier,
      checkpoints: journal?.checkpoints,
      emit: outputs.emit,
      unwritten: () => [...(sink?.unwritten() ?? []), ...outputs.unwritten()],
      remarks: () => [...(sink?.remarks() ?? []), ...(journal?.remarks() ?? [])],
      redactor,
      onBug: (check, error) => outputs.say(bugText(check, error, { debug: request.debug, hide: redactor.text })),
      concurrency: request.concurrency,
      limitOf: connections.limit,
      deadlineMs: request.deadlineMs,
      interrupt: interrupt.signal,
      now: () => new Date(),
      scratchRoot: scratch.path,
      showData,
    })
    const unwritten = [...(sink?.unwritten() ?? []), ...outputs.unwritten(), ...(await outputs.close())]
    stderr.write(unwrittenText(unwritten.map(redactor.text)))
    over = end.interrupted === undefined
    if (!over && journal !== undefined)
      stderr.write(`the same command goes on with the journal in ${escapeText(request.resume ?? '')}\n`)
    return exitAfterReports(end, unwritten)
  } finally {
    await outputs.close()
    await sink?.close()
    await connections.closeAll().catch((error: unknown) => {
      stderr.write(`warning: a connection did not close: ${escapeText(redactor.text(String(error)))}\n`)
    })
    await scratch.remove()
    // Last of all: until here the next run could still go on from it.
    await journal?.close(over)
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
