/** The worker's processes, and from them whose environment is read and as which user its files are looked at. */
import { OWN_ENVIRONMENT } from '../../probes/env-entries.js'
import { type SeenProcess, type SeenProcesses, seeProcesses } from '../../probes/process.js'
import type { Check, Context, Finding } from '../kind.js'
import type { WorkerSpec } from './fields.js'
import { type Part, untold } from './part.js'

export interface Worker {
  /** Undefined where the check names no process. */
  readonly seen: SeenProcesses | undefined
  /** See `Vantage.root` and `Vantage.self`. */
  readonly root: string
  readonly self: string
}

export interface Surrounding {
  readonly root: string
  /** Directories below /proc to read the environment from. */
  readonly dirs: readonly string[]
  /** Whose environment that is, for the record. */
  readonly whose: string
  /** The environment the vantage gives is the worker's too: read where that of the process cannot be. */
  readonly spare: string | undefined
  /** Why no environment here is the worker's. */
  readonly lacking: string | undefined
  /** As whom to look at files; undefined is as whoever looks. */
  readonly user: string | undefined
  /** Why a file that this user may not use could still be open to the worker. */
  readonly doubt: string | undefined
}

/** Of a busy host only so many processes are looked at; they are all of one program. */
const MOST = 16
/** The kernel tells when it started, and processes after that, in whole seconds: one may have started that much later. */
const UNSURE_S = 2

export async function findWorker(check: Check<WorkerSpec>, context: Context, signal: AbortSignal): Promise<Worker> {
  const { running } = check.spec
  const [root, self] = await Promise.all([context.vantage.root({ signal }), context.vantage.self({ signal })])
  const seen = running === undefined ? undefined : await seeProcesses(context.vantage, running, { signal })
  return { seen, root, self }
}

export function countRunning(running: NonNullable<WorkerSpec['running']>, { seen }: Worker): Part {
  const names = ['running', 'started_before']
  if (seen === undefined) return untold(names, 'processes were not looked at')
  if (seen.hidden) {
    const reason = 'processes of other users are hidden from whoever looks, so they cannot be counted'
    return { ...untold(names, reason), gaps: [`${reason} (look as root, or as the user of the worker)`] }
  }
  const { since } = running
  const older = since === undefined ? [] : seen.found.filter(({ startedAt }) => (startedAt + UNSURE_S) * 1000 <= since)
  return {
    subjects: { running: seen.found.length, ...(since === undefined ? {} : { started_before: older.length }) },
    findings: older.map((process) => startedBefore(process, since ?? 0)),
    notes: [
      ...(seen.found.length > 0 ? [] : [`no process is there that ${wanted(running)}`]),
      ...(seen.stopped === 0
        ? []
        : [`stopped (SIGSTOP), and not counted: ${seen.stopped}; kill -CONT lets them go on`]),
    ],
  }
}

function wanted({ process, command }: NonNullable<WorkerSpec['running']>): string {
  const called = process === undefined ? [] : [`is called ${process}`]
  return [...called, ...(command === undefined ? [] : [`has "${command}" in its command line`])].join(' and ')
}

function startedBefore({ pid, startedAt }: SeenProcess, since: number): Finding {
  return {
    finding: 'started_before',
    key: `process ${pid}`,
    expected: { started_after: new Date(since).toISOString() },
    actual: { started: new Date(startedAt * 1000).toISOString() },
  }
}

export function standIn(check: Check<WorkerSpec>, { seen, root, self }: Worker): Surrounding {
  const { as } = check.spec
  const [first] = seen?.found ?? []
  const other = first !== undefined && first.uid !== seen?.lookedAs ? first : undefined
  const own = root === '' ? OWN_ENVIRONMENT : self
  const inside = check.from !== 'local' && !('ssh' in check.from)
  const spare = inside ? own : undefined
  const place = {
    root,
    spare,
    user: as ?? (other === undefined ? undefined : `${other.uid}:${other.gid}`),
    doubt: as === undefined && other?.moreGroups === true ? 'the process is a member of further groups' : undefined,
  }
  if (seen !== undefined && seen.found.length > 0) {
    const dirs = seen.found.slice(0, MOST).map(({ pid }) => `${root}/proc/${pid}`)
    return { ...place, dirs, whose: whoseText(seen.found), lacking: undefined }
  }
  if (seen === undefined || inside) {
    const whose = inside ? 'that of the container' : 'that of a new process there; name the process under `running`'
    return { ...place, dirs: [own], whose, lacking: undefined }
  }
  return { ...place, dirs: [], whose: '', lacking: 'the process was not found, so neither was its environment' }
}

function whoseText(found: readonly SeenProcess[]): string {
  const [first] = found
  const more = found.length - 1
  return `that of process ${first?.pid}${more === 0 ? '' : ` and ${more} more`}`
}
