/** The readers of a run as the command line asks for them: at most one on stdout, others in files, progress on stderr. */
import type { Writable } from 'node:stream'
import type { Emit } from '../engine/events.js'
import { fanOut, type NamedReader } from '../engine/fan-out.js'
import { UsageError } from '../lib/errors.js'
import type { Litter } from '../lib/litter.js'
import { escapeText, inertLine } from '../lib/text-escape.js'
import {
  canRedraw,
  detectColor,
  detectUnicode,
  detectWidth,
  type Env,
  type TerminalStream,
} from '../lib/text-terminal.js'
import { openReportFile, type ReportFile, readEarlier } from '../reporters/files.js'
import { reporters } from '../reporters/index.js'
import type { Live } from '../reporters/live.js'
import type { ReporterRequest } from '../reporters/parse-reporter-flag.js'
import type { Reporter, ReporterOptions } from '../reporters/reporter.js'
import type { Timer } from '../reporters/timer.js'
import { githubFiles, isGithub } from './github-files.js'

export type OutStream = Writable & TerminalStream

export interface OutputOptions {
  readonly requests: readonly ReporterRequest[]
  readonly stdout: OutStream
  readonly stderr: OutStream
  readonly env: Env
  /** `--no-color` makes it false. */
  readonly color: boolean
  readonly quiet: boolean
  readonly findingsDir?: string | undefined
  /** Readers that are no reporters; they are told of every event first. */
  readonly before?: readonly NamedReader[] | undefined
  /** Standard output is taken by what the command itself says, so no report stands there. */
  readonly ownReport?: boolean | undefined
  readonly litter?: Litter | undefined
  /** Undefined: no progress, as in a replay. */
  readonly timer?: Timer | undefined
}

export interface Outputs {
  readonly emit: Emit
  /** Readers that have failed so far, in words. */
  readonly unwritten: () => readonly string[]
  /** Says something on stderr, above whatever is drawn there. */
  readonly say: (text: string) => void
  /** Takes the progress away at once, for an exit that does not wait. */
  readonly erase: () => void
  /** Ends all reports; may be called again. Returns what could not be written, in words; never rejects for that. */
  readonly close: () => Promise<readonly string[]>
}

/** One line for each report that could not be written. */
export function unwrittenText(unwritten: readonly string[]): string {
  return unwritten.map((report) => `error: a report could not be written: ${escapeText(report)}\n`).join('')
}

interface Open {
  readonly name: string
  readonly reporter: Reporter
  readonly file?: { readonly path: string; readonly file: ReportFile } | undefined
  /** It is on by itself. */
  readonly unasked?: true
}

export async function openOutputs(options: OutputOptions): Promise<Outputs> {
  const { stderr, requests } = options
  const taken = options.ownReport === true || requests.some(({ path }) => path === undefined)
  const wanted = taken ? requests : [...requests, { name: 'table' } satisfies ReporterRequest]
  const open: Open[] = []
  try {
    // Before the report for people, whose last line is the verdict.
    if (isGithub(options.env) && !requests.some(({ name }) => name === 'github'))
      open.push(await openUnasked('github', wanted, options))
    for (const request of wanted) open.push(await openOne(request, options))
  } catch (error) {
    for (const { file } of open) await file?.file.discard()
    throw error
  }
  const { progress, live } = await openProgress(wanted, options)

  const { emit, unwritten } = fanOut([
    ...(options.before ?? []),
    ...(progress === undefined ? [] : [{ name: 'progress', onEvent: progress.onEvent }]),
    ...open.map(({ name, reporter }) => ({ name, onEvent: reporter.onEvent })),
  ])
  const say = (text: string): void => {
    const write = (): void => void stderr.write(text.split('\n').map(inertLine).join('\n'))
    if (live === undefined) write()
    else live.above(write)
  }
  const closeAll = async (): Promise<readonly string[]> => {
    await progress?.close()
    const failures: string[] = []
    for (const { name, reporter, file, unasked } of open) {
      try {
        await reporter.close()
      } catch (error) {
        const words = `${name}: ${error instanceof Error ? error.message : String(error)}`
        // Nobody asked for it, so it is no report that lacks.
        if (unasked === true) say(`warning: ${escapeText(words)}\n`)
        else failures.push(words)
        await file?.file.discard()
        continue
      }
      await file?.file.commit().catch((error: Error) => failures.push(`${file.path}: ${error.message}`))
    }
    return failures
  }
  let closing: Promise<readonly string[]> | undefined
  const close = (): Promise<readonly string[]> => {
    closing ??= closeAll()
    return closing
  }
  return { emit, unwritten, say, erase: () => live?.erase(), close }
}

async function openOne({ name, path }: ReporterRequest, options: OutputOptions): Promise<Open> {
  const create = await reporters[name].load()
  if (path === undefined) return { name, reporter: create(look(options.stdout, options)) }
  const file = await openReportFile(path, options.litter).catch((cause: Error) => {
    throw new UsageError(`--reporter ${name}:${path} cannot be written: ${cause.message}`, { cause })
  })
  const earlier = (): Promise<string | undefined> => readEarlier(path)
  const asFile = { ...look(options.stdout, options), out: file.out, color: false, unicode: true, width: 100, earlier }
  return { name: `${name}:${path}`, reporter: create(asFile), file: { path, file } }
}

/** One that is on by itself: on standard output where people read that, elsewhere beside it. */
async function openUnasked(name: 'github', wanted: readonly ReporterRequest[], options: OutputOptions): Promise<Open> {
  const create = await reporters[name].load()
  const forPeople = wanted.some(({ name: other, path }) => path === undefined && PEOPLE.has(other))
  return { name, reporter: create(look(forPeople ? options.stdout : options.stderr, options)), unasked: true }
}

const PEOPLE: ReadonlySet<string> = new Set(['table', 'plain'])

/** None where a reporter that speaks during the run has the same screen, or nobody wants it. */
async function openProgress(
  wanted: readonly ReporterRequest[],
  options: OutputOptions,
): Promise<{ readonly progress?: Reporter; readonly live?: Live }> {
  const { env, stderr, stdout, timer } = options
  const onScreen = wanted.find(({ path }) => path === undefined)
  const busy =
    onScreen !== undefined && reporters[onScreen.name].streams && (stdout.isTTY === true || onScreen.name === 'plain')
  if (timer === undefined || options.quiet || busy) return {}
  const { width: _, ...rest } = look(stderr, options)
  if (!canRedraw(env, stderr)) {
    const { createPlain } = await import('../reporters/plain.js')
    return { progress: createPlain(look(stderr, options), timer) }
  }
  const { createLive } = await import('../reporters/live.js')
  const live = createLive({ ...rest, columns: () => detectWidth(env, stderr), timer })
  return { progress: live, live }
}

function look(out: OutStream, { env, color, quiet, findingsDir, requests }: OutputOptions): ReporterOptions {
  return {
    out,
    width: detectWidth(env, out),
    color: detectColor(env, out, color),
    unicode: detectUnicode(env, process.platform),
    quiet,
    findingsDir,
    github: githubFiles(env, requests),
  }
}
