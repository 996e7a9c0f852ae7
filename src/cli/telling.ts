/**
 * Who is told of a run when it is over, and the dead-man's switch, for the command that runs it. What sends is loaded only
 * where there is somebody to tell.
 */
import { randomUUID } from 'node:crypto'
import { resolve } from 'node:path'
import { type Exit, exitOf } from '../engine/exit-code.js'
import type { NamedReader } from '../engine/fan-out.js'
import type { Litter } from '../lib/litter.js'
import { escapeText } from '../lib/text-escape.js'
import type { Ping } from '../notify/ping.js'
import type { Prepared } from './prepare.js'
import type { RunRequest } from './run-request.js'

export interface Telling {
  /** Hears the run; undefined where nobody is told. */
  readonly reader: NamedReader | undefined
  /** Says that the run begins. */
  readonly begin: () => void
  /** Tells how it ended, once all reports are written. Resolves to the exit: a required message that failed is one. */
  readonly finish: (exit: Exit) => Promise<Exit>
  /** Says that a bug has ended it. */
  readonly broke: () => Promise<void>
}

export interface TellingOptions {
  readonly cwd: string
  readonly version: string
  readonly litter: Litter
  /** Asked when it matters. */
  readonly interrupt: () => AbortSignal
  /** Says something on stderr. */
  readonly write: (text: string) => void
}

export type TellingRequest = Pick<RunRequest, 'notify' | 'ping' | 'history' | 'showData' | 'quiet'>

export async function openTelling(
  { spec, selected, shard, redactor }: Pick<Prepared, 'spec' | 'selected' | 'shard' | 'redactor'>,
  { notify = false, ping: given, history, showData, quiet }: TellingRequest,
  { cwd, version, litter, interrupt, write }: TellingOptions,
): Promise<Telling> {
  // A part of a run knows no verdict.
  const routes = notify && shard === undefined ? spec.notify : []
  const whole = selected.words.length === 0 && shard === undefined
  const ofFile = notify && given === undefined ? spec.ping : undefined
  if (ofFile !== undefined && !whole)
    write('the address of `ping:` is for whole runs and was left alone; --ping URL pings for this one\n')
  const address = given === undefined ? (whole ? ofFile : undefined) : { url: given, required: false }
  if (routes.length === 0 && address === undefined) return nobody
  const say = (level: 'warning' | 'error', text: string) => write(`${level}: ${escapeText(redactor.text(text))}\n`)

  const { createGathering } = await import('../notify/gather.js')
  const gathering = createGathering(Math.max(0, ...routes.map(({ findings }) => findings)))
  const ping = address === undefined ? undefined : await openPing(address.url, version, interrupt)

  const tellRoutes = async (exit: Exit): Promise<readonly Exit[]> => {
    const seen = gathering.seen()
    // Somebody has ended it, and knows.
    if (seen === undefined || routes.length === 0 || isSignal(seen.end.interrupted)) return []
    const [{ tell }, { HASTE, PATIENCE }] = await Promise.all([
      import('../notify/tell.js'),
      import('../notify/attempts.js'),
    ])
    const ended = { ...seen, end: { ...seen.end, exit } }
    const { told, failed, warnings } = await tell(routes, ended, {
      present: await presenterOf(seen.checks.map(({ planned }) => planned.kind)),
      values: !showData,
      checks: spec.checks,
      history: history === undefined ? undefined : resolve(cwd, history),
      litter,
      version,
      patience: interrupt().aborted ? HASTE : PATIENCE,
      signal: interrupt(),
    })
    if (told.length > 0 && !quiet) write(`told ${escapeText(told.join(', '))}\n`)
    for (const { route, place, why } of failed)
      say(route.required ? 'error' : 'warning', `notify: ${route.name} was not told (${place}): ${why}`)
    for (const warning of warnings) say('warning', `notify: ${warning}`)
    return failed.filter(({ route }) => route.required).map(({ route }) => requiredExit(`${route.name} was not told`))
  }
  const interrupted = (): readonly Exit[] => {
    if (!interrupt().aborted) return []
    const terminated = interrupt().reason === 'SIGTERM'
    return [terminated ? { code: 143, reason: 'terminated' } : { code: 130, reason: 'interrupted' }]
  }
  const pingEnd = async (exit: Exit): Promise<readonly Exit[]> => {
    if (ping === undefined || address === undefined) return []
    const why = await ping.end(exit.code, redactor.text(await bodyOf(exit)))
    if (why === undefined) return []
    say(address.required ? 'error' : 'warning', `ping: ${new URL(address.url).host} was not told: ${why}`)
    return address.required ? [requiredExit('the ping was not sent')] : []
  }
  const bodyOf = async (exit: Exit): Promise<string> => {
    const seen = gathering.seen()
    if (seen === undefined) return `exit ${exit.code}: ${exit.reason}\n`
    const { summaryText } = await import('../notify/summary.js')
    return summaryText({ ...seen, end: { ...seen.end, exit } })
  }

  return {
    reader: { name: 'notifications', onEvent: gathering.onEvent },
    begin: () => ping?.start(),
    finish: async (exit) => {
      const told = exitOf([exit, ...(await tellRoutes(exit)), ...interrupted()])
      return exitOf([told, ...(await pingEnd(told))])
    },
    broke: async () => {
      await pingEnd({ code: 70, reason: 'a bug in postflight' })
    },
  }
}

const nobody: Telling = {
  reader: undefined,
  begin: () => {},
  finish: async (exit) => exit,
  broke: async () => {},
}

/** For what goes wrong before it is known what is to be run. */
export async function tellNothingRan(url: string | undefined, version: string): Promise<void> {
  if (url === undefined) return
  const ping = await openPing(url, version, () => AbortSignal.abort())
  await ping.end(2, 'exit 2: nothing ran\n')
}

async function openPing(url: string, version: string, interrupt: () => AbortSignal): Promise<Ping> {
  const [{ createPing }, { HASTE, PATIENCE }] = await Promise.all([
    import('../notify/ping.js'),
    import('../notify/attempts.js'),
  ])
  return createPing({
    url,
    rid: randomUUID(),
    version,
    patience: () => (interrupt().aborted ? HASTE : PATIENCE),
    signal: () => (interrupt().aborted ? new AbortController().signal : interrupt()),
  })
}

function requiredExit(what: string): Exit {
  return { code: 5, reason: `${what}, and that is required` }
}

function isSignal(interrupted: string | undefined): boolean {
  return interrupted === 'SIGINT' || interrupted === 'SIGTERM'
}

async function presenterOf(names: readonly string[]) {
  const [{ kinds }, { presentPlainly }] = await Promise.all([
    import('../kinds/index.js'),
    import('../reporters/present.js'),
  ])
  const loaded = new Map((await kinds.load(names)).map((kind) => [kind.name, kind]))
  return ((kind, finding) => loaded.get(kind)?.present(finding) ?? presentPlainly(finding)) as Parameters<
    typeof import('../notify/tell.js').tell
  >[2]['present']
}
