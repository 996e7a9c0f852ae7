/**
 * `--resume DIR`: keeps what a run has come to, so that the same command goes on from there when it was interrupted. One
 * more reader of the events while it runs, a source of them when it goes on; gone when the run has ended by itself.
 */
import { mkdir, open, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, resolve } from 'node:path'
import type { Earlier } from '../engine/earlier.js'
import type { RunEvent } from '../engine/events.js'
import { UsageError } from '../lib/errors.js'
import { acquireLock, type Lock } from '../lib/lock.js'
import { differences, type Identity } from './identity.js'
import { type Requiring, stillSettled } from './kept.js'
import { type Place, placeIn } from './place.js'
import { eventsOf, type Head, readEnded, readHead } from './read.js'
import { createJournalWriter } from './write.js'

export interface JournalOptions {
  /** As given, for messages, and what it is relative to. */
  readonly dir: string
  readonly cwd: string
  /** What the run is made of. */
  readonly identity: Identity
  readonly checks: readonly Requiring[]
  /** Whether a check makes something that lasts no longer than the run. */
  readonly makes: (id: string) => boolean
  /** Of this process: what a process that was killed left there is removed by the next. */
  readonly scratch: string
  /** Id of a new run, random. */
  readonly run: string
  readonly now: () => Date
  readonly onWait: (holder: string) => void
}

export interface Journal {
  /** What an interrupted run left; undefined where there is none to go on from. */
  readonly earlier: Earlier | undefined
  /** What is to be said of it at the beginning of the run. */
  readonly warnings: readonly string[]
  readonly onEvent: (event: RunEvent) => Promise<void> | undefined
  /** Where a check may keep how far it got. Nothing is there but what it kept before. */
  readonly checkpoints: (id: string) => string
  /** What is to be said at the end. */
  readonly remarks: () => readonly string[]
  /** `over`: the run has ended by itself, so nothing is kept. May be called again. */
  readonly close: (over: boolean) => Promise<void>
}

/** What was seen longer ago than this is not told as if it had been seen today. */
const LONGEST_MS = 24 * 60 * 60_000

/** Throws a UsageError where the directory cannot be used, is in use, or holds the journal of another run. */
export async function openJournal(options: JournalOptions): Promise<Journal> {
  const { dir, cwd, now } = options
  const root = resolve(cwd, dir)
  const place = placeIn(root, dir)
  const lock = await inDirectory(dir, async () => {
    await mkdir(root, { recursive: true, mode: 0o700 })
    return acquireLock({ path: place.lock, token: options.run, now, onWait: options.onWait, inUse: inUse(place) })
  })
  try {
    return await inDirectory(dir, () => openLocked(place, lock, options))
  } catch (error) {
    await lock.release()
    throw error
  }
}

async function openLocked(place: Place, lock: Lock, options: JournalOptions): Promise<Journal> {
  const { identity, run, now } = options
  await mkdir(place.dir, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await refuseOthers(place)
  await removeLeft(place)
  const found = await readHead(place)
  const warnings: string[] = []
  const stale = found === undefined ? undefined : await tooOld(place, now())
  if (stale !== undefined) warnings.push(`the journal in ${place.given} was not gone on with: ${stale}`)
  const head = stale === undefined ? found : undefined
  if (head !== undefined) refuseDifferent(place, head.identity, identity)
  const earlier = head === undefined ? undefined : await goOn(place, head, options)
  if (head === undefined) await begin(place, { v: 1, run, at: now().toISOString(), identity })
  await writeWhole(place.scratch, options.scratch)
  if (earlier !== undefined) warnings.push(words(place, earlier, options))

  const writer = createJournalWriter(place, new Set(earlier?.ends.keys()))
  let failed: string | undefined
  const fail = (error: unknown) => {
    failed ??= error instanceof Error ? error.message : String(error)
  }
  let closed = false
  return {
    earlier,
    warnings,
    onEvent: (event) => {
      if (failed !== undefined || !lock.isHeld()) return undefined
      return writer.onEvent(event)?.catch(fail)
    },
    checkpoints: place.checkpoints,
    remarks: () => {
      const why = lock.isHeld() ? failed : 'another run took it over'
      if (why === undefined) return []
      return [`the journal in ${place.given} is not complete (${why}): after an interruption more is looked at again`]
    },
    close: async (over) => {
      if (closed) return
      closed = true
      await writer.close().catch(fail)
      if (over && lock.isHeld()) await remove(place)
      await lock.release()
    },
  }
}

function inUse({ lock }: Place): (holder: string) => UsageError {
  return (holder) =>
    new UsageError(`the journal is in use by ${holder}`, {
      suggestions: ['wait until that run is over, or give this one a directory of its own', `the lock is ${lock}`],
    })
}

/** Results somebody else could have put there are not believed. */
async function refuseOthers({ dir, lock, given }: Place): Promise<void> {
  const [found, ours] = await Promise.all([stat(dir), stat(lock)])
  if (found.uid === ours.uid && (found.mode & 0o077) === 0) return
  throw new UsageError(`the journal in ${given} is not closed to everybody but you: it may have been made by others`, {
    suggestions: [`delete ${dir}, or give another directory`],
  })
}

/** Only what bears the name of a scratch directory. */
async function removeLeft({ scratch }: Place): Promise<void> {
  const left = await readFile(scratch, 'utf8').catch(() => '')
  if (!/^postflight-\w{6}$/.test(basename(left))) return
  await rm(left, { recursive: true, force: true }).catch(() => undefined)
}

async function tooOld({ ended, head }: Place, now: Date): Promise<string | undefined> {
  const times = await Promise.all(
    [ended, head].map((path) =>
      stat(path).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    ),
  )
  const last = Math.max(...times)
  if (now.getTime() - last <= LONGEST_MS) return undefined
  return `it was last written ${new Date(last).toISOString()}, more than a day ago, so everything is looked at again`
}

function refuseDifferent({ given, dir }: Place, before: Identity, now: Identity): void {
  const different = differences(before, now)
  if (different.length === 0) return
  const more = different.length > 5 ? [`and ${different.length - 5} more`] : []
  throw new UsageError(
    `the journal in ${given} belongs to another run: ${[...different.slice(0, 5), ...more].join(', ')}`,
    {
      suggestions: [
        `to start afresh, delete ${dir}`,
        'to go on with that run, give the same files, flags and variables',
      ],
    },
  )
}

/** Takes what is settled and drops the rest, the list first: what it does not name does not count. */
async function goOn(place: Place, head: Head, { checks, makes }: JournalOptions): Promise<Earlier> {
  const ended = await readEnded(place)
  // First, for a disk may be full of what never came to its end.
  for (const { id } of checks) if (!ended.has(id)) await rm(place.events(id), { force: true })
  const kept = stillSettled(new Set(ended.keys()), checks, makes)
  const lines = [...ended].filter(([id]) => kept.has(id))
  await writeWhole(place.ended, lines.map(([, { line }]) => `${JSON.stringify(line)}\n`).join(''))
  for (const { id } of checks) if (!kept.has(id)) await rm(place.events(id), { force: true })
  return {
    run: head.run,
    at: head.at,
    ends: new Map(lines.map(([id, { end }]) => [id, end])),
    events: async function* () {
      for (const [id] of lines) yield* eventsOf(place, id)
    },
  }
}

async function begin(place: Place, head: Head): Promise<void> {
  await rm(place.dir, { recursive: true, force: true })
  await mkdir(place.dir, { mode: 0o700 })
  await writeWhole(place.head, JSON.stringify(head))
}

/** The head first: without it the rest is no journal. */
async function remove(place: Place): Promise<void> {
  await rm(place.head, { force: true }).catch(() => undefined)
  await rm(place.dir, { recursive: true, force: true }).catch(() => undefined)
}

async function writeWhole(path: string, text: string): Promise<void> {
  const partial = `${path}.partial`
  await writeFile(partial, text, { mode: 0o600 })
  const file = await open(partial, 'r+')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
  await rename(partial, path)
}

function words({ given }: Place, { at, ends }: Earlier, { checks }: JournalOptions): string {
  const seen = ends.size === 1 ? 'had ended and was' : 'had ended and were'
  return `resumed from the journal in ${given}: begun ${at}, ${ends.size} of ${checks.length} checks ${seen} not looked at again`
}

async function inDirectory<T>(dir: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use()
  } catch (cause) {
    if (cause instanceof UsageError || !(cause instanceof Error) || !('code' in cause)) throw cause
    throw new UsageError(`--resume ${dir}: no journal can be kept there: ${cause.message}`, {
      cause,
      suggestions: ['give a directory that can be written and has room for the findings, or leave --resume out'],
    })
  }
}
