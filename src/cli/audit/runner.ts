/**
 * Runs the checks of an audit, as often as its user wants. Each run reads the check files again and opens connections of
 * its own: an edited file, a restarted server or a changed password is what the next run sees, and nothing is held open
 * on a database while somebody thinks.
 */
import type { CheckEnd, RunEvent } from '../../engine/events.js'
import { run } from '../../engine/run.js'
import type { RunOptions } from '../../engine/run-options.js'
import type { Identity } from '../../journal/identity.js'
import { UsageError } from '../../lib/errors.js'
import type { Litter } from '../../lib/litter.js'
import { escapeText } from '../../lib/text-escape.js'
import type { Runner } from '../../tui/desk.js'
import type { Book } from '../../tui/findings/book.js'
import { makes } from '../makes.js'
import { type OpenRun, openRun } from '../open-run.js'
import { type Prepared, prepare } from '../prepare.js'
import { runIdentity } from '../run-identity.js'
import type { RunRequest, World } from '../run-request.js'
import { bugText } from '../words.js'
import { edited, standing, standingOptions, stoppedOptions, stoppedText, whenStopped } from './again.js'
import { errorWords } from './error-words.js'
import type { LastState } from './last-report.js'
import { createLookingAgain } from './look-again.js'
import { queriesOf } from './queries.js'
import { createTeller } from './teller.js'

export interface RunnerOptions {
  readonly request: Omit<RunRequest, 'files' | 'requests' | 'findingsDir'>
  /** Looked for anew by each run. */
  readonly files: () => Promise<readonly string[]>
  readonly world: Pick<World, 'cwd' | 'env' | 'version' | 'hideSecrets'>
  readonly litter: Litter
  readonly book: Book
  /** Told of every event but findings, which are in the book by then. */
  readonly onEvent: (event: RunEvent) => void
  /** Says something on stderr, once that is free. */
  readonly write: (text: string) => void
  /** Told of what is a bug and ended a run. */
  readonly onCrash: (error: unknown) => void
}

export interface LiveRunner extends Runner {
  /** The first run. What it comes to is told in events. */
  readonly start: () => void
  /** Stops whatever is under way, as a signal of that name would, and waits for it. */
  readonly end: (signal: 'SIGINT' | 'SIGTERM') => Promise<void>
  /** Undefined: none has come to its end. */
  readonly last: () => LastState | undefined
  /** Of the check files. */
  readonly name: string | undefined
}

/** Throws what is wrong with the command line or the check files; nothing has been drawn then. */
export async function openRunner(options: RunnerOptions): Promise<LiveRunner> {
  const { request, world, litter, book, write } = options
  const open = (prepared: Prepared, resume?: string): Promise<OpenRun> =>
    openRun(prepared, { ...request, resume }, { ...world, litter, write })
  const openToLook = (prepared: Prepared): Promise<OpenRun> =>
    openRun(
      prepared,
      { ...request, resume: undefined, history: undefined, lock: undefined },
      { ...world, litter, write },
    )
  const prepareNow = async (): Promise<Prepared> => prepare({ ...request, files: await options.files() }, world)

  let prepared = await prepareNow()
  let opened: OpenRun | undefined = await open(prepared, request.resume)
  let identity = identityOf(prepared, opened, world.version)
  let last: LastState | undefined
  let stopping = new AbortController()
  let running: Promise<unknown> | undefined
  const looking = createLookingAgain(openToLook)

  /** `before`: what stands again of each check that it is stopped at. Returns in words that this is so. */
  const carryOut = async (
    own: OpenRun,
    kept: ReadonlyMap<string, CheckEnd>,
    before: ReadonlyMap<string, CheckEnd>,
  ): Promise<string | undefined> => {
    const { redactor } = prepared
    const { journal, history } = own
    let over = false
    const tell = async (ends: ReadonlyMap<string, CheckEnd>, more: Partial<RunOptions>, signal: AbortSignal) => {
      const isStopped = () => signal.aborted
      const teller = createTeller({ book, onEvent: options.onEvent, kept: new Set(ends.keys()), isStopped, journal })
      const end = await run({
        ...own.options,
        ...more,
        emit: teller.emit,
        onBug: (check, error) => write(bugText(check, error, { debug: request.debug, hide: redactor.text })),
        interrupt: signal,
      })
      over = end.interrupted === undefined
      const told = teller.told()
      last = { start: told.start, ends: told.ends, end, hide: redactor.text, history, prepared }
      return told
    }
    try {
      const told = await tell(kept, standingOptions(own.options, kept), stopping.signal)
      await looking.learn(prepared)
      if (over) return undefined
      if (before.size > 0) {
        const ends = new Map(told.ends.map((end) => [end.id, end]))
        const stopped = whenStopped({ ends, before, over: told.over })
        for (const id of stopped.cut) book.putBack(id)
        await tell(stopped.ends, stoppedOptions(own.options, stopped), new AbortController().signal)
        return stoppedText(stopped.cut)
      }
      if (journal !== undefined)
        write(`the same command goes on with the journal in ${escapeText(request.resume ?? '')}\n`)
      return undefined
    } finally {
      await own.close(over)
    }
  }
  const again = async (wanted: readonly string[] | undefined): Promise<string | undefined> => {
    const now = await prepareNow()
    const there = new Set(now.checks.map(({ id }) => id))
    const gone = wanted?.filter((id) => !there.has(id)) ?? []
    if (gone.length > 0) throw new UsageError(`the check files have no ${gone.slice(0, 3).join(', ')} any more`)
    const own = await open(now)
    const ends = new Map(last?.ends.map((end) => [end.id, end]))
    const identities = { before: identity, now: identityOf(now, own, world.version) }
    prepared = now
    identity = identities.now
    const { checks } = now
    const kept = standing({ checks, wanted, ends, ...identities, makes: (id) => makes(now, id) })
    for (const id of ends.keys()) if (!there.has(id)) book.forget(id)
    const changed = edited({ checks, ...identities })
    return carryOut(own, kept, new Map([...ends].filter(([id]) => there.has(id) && !changed.has(id))))
  }
  /** One at a time. What is no bug is told in words. */
  const begin = async (work: () => Promise<string | undefined>): Promise<string | undefined> => {
    stopping = new AbortController()
    const under = work()
    running = under
    try {
      return await under
    } catch (error) {
      if (error instanceof UsageError) throw new Error(prepared.redactor.text(errorWords(error)), { cause: error })
      options.onCrash(error)
      throw error
    } finally {
      running = undefined
    }
  }

  return {
    start: () => {
      const own = opened
      if (own === undefined) throw new Error('the first run has begun already')
      opened = undefined
      // Whoever waits for it is told through `onCrash`.
      begin(() => carryOut(own, new Map(), new Map())).catch(() => undefined)
    },
    run: async (checks) => {
      if (running !== undefined) throw new Error('a run is under way: it has to end, or be stopped, first')
      if (checks?.length === 0) throw new Error('there is no check to run again')
      return begin(() => again(checks))
    },
    isRunning: () => running !== undefined,
    cancel: () => stopping.abort('SIGINT'),
    canRecheck: (id) => looking.can(prepared.checks.find((check) => check.id === id)?.kind ?? ''),
    queries: (id) => queriesOf(id, prepared),
    recheck: async (check, finding) => {
      const { redactor } = prepared
      try {
        return redactor.event(await looking.look(check, finding, prepared))
      } catch (error) {
        throw new Error(redactor.text(errorWords(error)), { cause: error })
      }
    },
    end: async (signal) => {
      stopping.abort(signal)
      await Promise.allSettled([running, looking.end()])
      await opened?.close(false)
      opened = undefined
    },
    last: () => last,
    name: prepared.spec.name,
  }
}

function identityOf(
  { spec, checks, selected, redactor }: Prepared,
  { connections }: OpenRun,
  version: string,
): Identity {
  const { waivers, connections: specs } = spec
  return runIdentity({ version, selection: selected.words, flags: {}, checks, waivers, specs, connections, redactor })
}
