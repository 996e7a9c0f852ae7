/** `postflight audit`: a live or a recorded run, somebody at the desk, and afterwards the report and the exit code. */
import { stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { resolve } from 'node:path'
import { Writable } from 'node:stream'
import { isatty } from 'node:tty'
import { type Exit, exitOf } from '../../engine/exit-code.js'
import { UsageError } from '../../lib/errors.js'
import { createLitter, type Litter } from '../../lib/litter.js'
import { openReportFile } from '../../reporters/files.js'
import type { ReporterRequest } from '../../reporters/parse-reporter-flag.js'
import { openLiveBook } from '../../tui/findings/live.js'
import { openRecorded } from '../../tui/findings/recorded.js'
import { createScreen } from '../../tui/screen.js'
import type { Mount } from '../../tui/terminal.js'
import { findCheckFiles } from '../check-files.js'
import type { RunRequest, World } from '../run-request.js'
import { openScratch } from '../scratch.js'
import { letGoOfTerminal } from './gone-terminal.js'
import { tellLast } from './last-report.js'
import { openLive } from './live.js'
import type { OpenDesk } from './open-desk.js'
import { openRecordedDesk } from './recorded.js'
import { type ProcessLike, show } from './show.js'
import { readTrails } from './trails.js'

export interface AuditRequest extends RunRequest {
  /** A recorded run to open; `files` do not matter then. */
  readonly recording?: string | undefined
}

export interface AuditWorld extends Omit<World, 'stdout' | 'stderr' | 'signals'> {
  readonly stdin: NodeJS.ReadStream
  readonly stdout: NodeJS.WriteStream
  readonly stderr: NodeJS.WriteStream
  readonly proc: ProcessLike
  /** Loads the views, which takes a while. */
  readonly mount: () => Promise<Mount>
}

export async function audit(request: AuditRequest, world: AuditWorld): Promise<Exit> {
  const { cwd, env, stdin, stdout, stderr, proc, mount } = world
  const { color, quiet, findingsDir, requests } = request
  const litter = createLitter(world.atExit)
  const terminals = [stdin, stdout, stderr].flatMap(({ isTTY }, descriptor) => (isTTY ? [descriptor] : []))
  const letGo = (): void => letGoOfTerminal(terminals)
  world.atExit(letGo)
  await refuseUnwritable(requests, litter)
  const scratch = await openScratch(tmpdir(), litter)
  const screen = createScreen({ stdin, stdout, stderr, isThere: () => isatty(1) })
  const leaving = new AbortController()
  const common = { cwd, env, screen, litter, signal: leaving.signal }
  const opening = async (): Promise<OpenDesk> => {
    const { recording } = request
    if (recording !== undefined) {
      const { signal } = leaving
      const { told, book } = await openRecorded(resolve(cwd, recording), { signal, scratch: scratch.path })
      return openRecordedDesk({ ...common, path: recording, told, book })
    }
    const book = await openLiveBook({ scratch: scratch.path })
    return openLive({
      ...common,
      book,
      request,
      files: () => findCheckFiles(request.files, cwd),
      world: { ...world, hideSecrets: onlyNew(world.hideSecrets) },
      write: (text) => void stderr.write(text),
    }).catch(async (error: unknown) => {
      await book.close()
      throw error
    })
  }
  let opened: OpenDesk | undefined
  try {
    opened = await opening()
    const trails = await readTrails(request.history, { cwd, litter, run: opened.run })
    const { start, end, last, broken } = opened
    const desk = { ...opened.desk, trails }
    const isRunning = () => desk.runner?.isRunning() === true
    const cancel = () => desk.runner?.cancel()
    const shown = await show(desk, start, { screen, proc, env, color, isRunning, cancel, mount, broken, letGo })
    leaving.abort()
    try {
      // Of a terminal that has gone nobody reads.
      const heard = <S extends Writable>(stream: S): S | Writable => (isatty(1) ? stream : nowhere())
      const streams = { stdout: heard(stdout), stderr: stderr.isTTY ? heard(stderr) : stderr }
      if (isRunning()) streams.stderr.write(STOPPING)
      await end(shown.terminated ? 'SIGTERM' : 'SIGINT')
      const { book } = desk
      const { version } = world
      const told = {
        requests,
        ...streams,
        env,
        color,
        quiet,
        findingsDir,
        cwd,
        litter,
        book,
        version,
        telling: request,
      }
      const exit = await tellLast(last(), told)
      return shown.terminated ? exitOf([exit, { code: 143, reason: 'terminated' }]) : exit
    } finally {
      shown.dispose()
    }
  } finally {
    await opened?.end('SIGINT')
    await opened?.desk.book.close()
    await scratch.remove()
  }
}

function nowhere(): Writable {
  return new Writable({ write: (_, __, done) => done() })
}

const STOPPING =
  'the run was under way: stopping; the report of what is known follows. Ctrl-C once more ends at once.\n'

/** What can be known beforehand: an hour at the desk, and then no report, would be too late. */
async function refuseUnwritable(requests: readonly ReporterRequest[], litter: Litter): Promise<void> {
  for (const { name, path } of requests) {
    if (path === undefined) continue
    const there = await stat(path).catch(() => undefined)
    if (there !== undefined && !there.isFile() && !there.isDirectory()) continue
    const file = await openReportFile(path, litter).catch((cause: Error) => {
      throw new UsageError(`--reporter ${name}:${path} cannot be written: ${cause.message}`, { cause })
    })
    await file.discard()
  }
}

/** Each run reads them again, but only what is new has to be hidden from now on. */
function onlyNew(hideSecrets: World['hideSecrets']): World['hideSecrets'] {
  const all = new Map<string, Parameters<World['hideSecrets']>[0][number]>()
  return (secrets) => {
    const before = all.size
    for (const secret of secrets) all.set(`${secret.name}\0${secret.value}`, secret)
    if (all.size > before) hideSecrets([...all.values()])
  }
}
