/** Opens what a run needs besides its readers: its lock, a scratch directory, its connections, its journal. And closes it. */
import { hostname, tmpdir } from 'node:os'
import { type Connections, openConnections } from '../connections/connections.js'
import { loadOpeners } from '../connections/openers.js'
import type { NamedReader } from '../engine/fan-out.js'
import { runId } from '../engine/run-id.js'
import type { RunOptions } from '../engine/run-options.js'
import type { Litter } from '../lib/litter.js'
import { escapeText } from '../lib/text-escape.js'
import { openHistoryOf } from './open-history.js'
import type { Prepared } from './prepare.js'
import type { RunRequest } from './run-request.js'
import { openScratch, type Scratch } from './scratch.js'
import { issueWords } from './words.js'

export interface OpenRun {
  /** All the engine has to know but who reads, and who may interrupt it. */
  readonly options: Omit<RunOptions, 'emit' | 'interrupt'>
  readonly connections: Connections
  readonly scratch: Scratch
  readonly journal: Pick<NonNullable<RunJournal>, 'onEvent'> | undefined
  /** Keeps what the run came to; undefined where no history is kept. */
  readonly history: NamedReader | undefined
  /** `over`: the run has ended by itself, so its journal is not kept. */
  readonly close: (over: boolean) => Promise<void>
}

type RunJournal = Awaited<ReturnType<typeof import('./resume.js').openRunJournal>>

export interface OpenRunOptions {
  readonly cwd: string
  readonly version: string
  readonly litter: Litter
  /** Says something on stderr. */
  readonly write: (text: string) => void
}

type OpenRunRequest = Pick<
  RunRequest,
  'resume' | 'history' | 'lock' | 'noBaseline' | 'showData' | 'allowed' | 'shard' | 'concurrency' | 'deadlineMs'
> & { readonly findingsDir?: string | undefined }

/** Throws a UsageError where another run holds the lock or the journal, or something cannot be made. */
export async function openRun(prepared: Prepared, request: OpenRunRequest, options: OpenRunOptions): Promise<OpenRun> {
  const run = runId(new Date())
  const { lock: given } = request
  if (given === undefined) return openOwn(prepared, request, { ...options, run })
  const { takeLock } = await import('./run-lock.js')
  const lock = await takeLock(given, { ...options, run })
  const opened = await openOwn(prepared, request, { ...options, run }).catch(async (error: unknown) => {
    await lock.release()
    throw error
  })
  const taken = () => (lock.isHeld() ? [] : [`another run took over the lock ${given} while this one went on`])
  return {
    ...opened,
    options: { ...opened.options, remarks: () => [...(opened.options.remarks?.() ?? []), ...taken()] },
    close: async (over) => {
      await opened.close(over)
      await lock.release()
    },
  }
}

async function openOwn(
  prepared: Prepared,
  request: OpenRunRequest,
  { cwd, version, litter, write, run }: OpenRunOptions & { readonly run: string },
): Promise<OpenRun> {
  const { spec, selected, checks, gate, shard, redactor } = prepared
  const { showData } = request
  const history = await openHistoryOf(prepared, request, { cwd, litter })
  const openers = await loadOpeners(spec.connections)
  const scratch = await openScratch(tmpdir(), litter)
  const connections = openConnections(spec.connections, {
    openers,
    env: spec.env,
    version,
    scratch: scratch.path,
    showData,
  })
  const openJournal = async (): Promise<RunJournal> => {
    if (request.resume === undefined) return undefined
    const { openRunJournal } = await import('./resume.js')
    const own = { ...selected, checks }
    const of = { spec, selected: own, baseline: prepared.baseline?.sha256 }
    const options = { cwd, version, run, ...of, connections, redactor, scratch, write }
    return openRunJournal(request, options)
  }
  const baseline = await baselineOf(prepared, connections).catch(async (error: unknown) => {
    await connections.closeAll().catch(() => undefined)
    await scratch.remove()
    throw error
  })
  const journal = await openJournal().catch(async (error: unknown) => {
    await connections.closeAll().catch(() => undefined)
    await scratch.remove()
    throw error
  })
  return {
    options: {
      run,
      ...(spec.name === undefined ? {} : { name: spec.name }),
      host: hostname(),
      versions: { postflight: version, node: process.versions.node },
      files: spec.files,
      selection: selected.words,
      warnings: [
        ...(journal?.warnings ?? []),
        ...(history?.warnings ?? []),
        ...spec.warnings.map(issueWords),
        ...redactor.warnings,
      ],
      findings: request.findingsDir,
      history: history?.past,
      checks,
      shard,
      allIds: new Set(spec.checks.map((check) => check.id)),
      kindOf: (name) => spec.parsed.find(({ kind }) => kind.name === name)?.kind,
      seenFrom: connections.seenFrom,
      allowed: request.allowed,
      gate,
      waivers: spec.waivers,
      ...(request.noBaseline ? { baseline: 'dropped' as const } : baseline),
      previous: history?.previous,
      earlier: journal?.earlier,
      checkpoints: journal?.checkpoints,
      remarks: () => journal?.remarks() ?? [],
      redactor,
      concurrency: request.concurrency,
      limitOf: connections.limit,
      deadlineMs: request.deadlineMs,
      now: () => new Date(),
      scratchRoot: scratch.path,
      showData,
    },
    connections,
    scratch,
    journal,
    history: history?.reader,
    close: async (over) => {
      await connections.closeAll().catch((error: unknown) => {
        write(`warning: a connection did not close: ${escapeText(redactor.text(String(error)))}\n`)
      })
      await scratch.remove()
      // Last of all: until here the next run could still go on from it.
      await journal?.close(over)
    },
  }
}

/** Throws a UsageError where the record is of another database. */
async function baselineOf({ baseline, checks }: Prepared, connections: Connections): Promise<Partial<RunOptions>> {
  if (baseline === undefined) return {}
  const { baselineOptions, refuseOtherDatabases } = await import('./baseline.js')
  await refuseOtherDatabases(baseline, checks, connections)
  return baselineOptions(baseline)
}
