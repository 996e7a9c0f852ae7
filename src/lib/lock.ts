/**
 * Keeps two runs off one thing. The file names its owner; one of this machine is asked whether it still runs, one of
 * another (the pod before this one, on the same volume) is known by its pulse: it touches the file every two seconds.
 */
import { constants, copyFile, type FileHandle, open, readFile, rename, rm, utimes } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { UsageError } from './errors.js'
import { isRunning, type Owner, thisProcess } from './owner.js'

export interface Lock {
  /** Whether it still is this run's: another may have taken it for dead. */
  readonly isHeld: () => boolean
  readonly release: () => Promise<void>
}

export interface LockOptions {
  readonly path: string
  /** Random, of this run. */
  readonly token: string
  readonly now: () => Date
  /** Told once where it has to wait for a pulse. */
  readonly onWait: (holder: string) => void
  /** What is thrown where another run holds it. */
  readonly inUse: (holder: string) => UsageError
  readonly pulseMs?: number
  readonly patienceMs?: number
}

interface Held extends Owner {
  readonly token: string
}

/** Of what is written into it. */
const BEGINNING = '{"pid":'
const PULSE_MS = 2000
const PATIENCE_MS = 10_000

/** Throws a UsageError where another run holds it, or the file is something else; errors of the file system as they are. */
export async function acquireLock(options: LockOptions): Promise<Lock> {
  const { path, token, now } = options
  const mine: Held = { ...(await thisProcess(now())), token }
  for (;;) {
    const made = await open(path, 'wx', 0o600).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
    if (made !== undefined) return hold(made, mine, options)
    const found = await look(path)
    if (found === 'gone') continue
    const { holder } = found
    if (await isAlive(holder, mine, options)) throw options.inUse(words(holder))
    await takeAway(options, holder)
  }
}

/** No holder: whoever made it has not written yet, or never will. What this did not write is not taken away. */
async function look(path: string): Promise<{ readonly holder: Held | undefined } | 'gone'> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return 'gone'
    throw error
  }
  if (text !== '' && !text.startsWith(BEGINNING))
    throw new UsageError(`${path} is there already, and is no lock of postflight`, {
      suggestions: ['name a file that is not there yet: it is made, and removed again'],
    })
  return { holder: parsed(text) }
}

async function hold(made: FileHandle, mine: Held, { path, token, pulseMs = PULSE_MS }: LockOptions): Promise<Lock> {
  try {
    await made.writeFile(JSON.stringify(mine))
  } catch (error) {
    await rm(path, { force: true })
    throw error
  } finally {
    await made.close()
  }
  let held = true
  const pulse = setInterval(() => {
    void beat().catch(() => undefined)
  }, pulseMs)
  pulse.unref()
  const beat = async () => {
    if ((await read(path))?.token !== token) held = false
    else await utimes(path, new Date(), new Date())
  }
  return {
    isHeld: () => held,
    release: async () => {
      clearInterval(pulse)
      if ((await read(path))?.token === token) await rm(path, { force: true })
    },
  }
}

async function isAlive(holder: Held | undefined, mine: Held, options: LockOptions): Promise<boolean> {
  const running = holder === undefined ? undefined : await isRunning(holder, mine)
  return running ?? hasPulse(holder, options)
}

/** Clocks do not come into it: whether the file changes while it is watched. */
async function hasPulse(holder: Held | undefined, options: LockOptions): Promise<boolean> {
  const { path, patienceMs = PATIENCE_MS } = options
  options.onWait(words(holder))
  const before = await changed(path)
  for (let waited = 0; waited < patienceMs; waited += 250) {
    await wait(250)
    const now = await changed(path)
    if (now === undefined) return false
    if (now !== before) return true
  }
  return false
}

/** Opened for it: a network file system answers `stat` of a name from memory. */
async function changed(path: string): Promise<number | undefined> {
  const file = await open(path, 'r').catch(() => undefined)
  try {
    return (await file?.stat())?.mtimeMs
  } finally {
    await file?.close()
  }
}

/** Of several that found the same owner gone, one renames its file; who finds another's in it puts that back. */
async function takeAway({ path, token, inUse }: LockOptions, gone: Held | undefined): Promise<void> {
  const aside = `${path}.${token}`
  try {
    await rename(path, aside)
  } catch {
    return
  }
  const taken = await read(aside)
  if (taken !== undefined && taken.token !== gone?.token) {
    await copyFile(aside, path, constants.COPYFILE_EXCL).catch(() => undefined)
    await rm(aside, { force: true })
    throw inUse(words(taken))
  }
  await rm(aside, { force: true })
}

async function read(path: string): Promise<Held | undefined> {
  return parsed(await readFile(path, 'utf8').catch(() => ''))
}

function parsed(text: string): Held | undefined {
  try {
    return JSON.parse(text) as Held
  } catch {
    return undefined
  }
}

function words(holder: Held | undefined): string {
  return holder === undefined ? 'another run' : `process ${holder.pid} on ${holder.host}, since ${holder.since}`
}
