/** Looks once, within a timeout, and comes back whatever the observer does. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Check, Context, Finding, Observation, Sighting } from '../kinds/kind.js'
import { CheckError, type CheckPlace } from '../lib/errors.js'
import { type StopError, stopOfAttempt } from './stop.js'
import type { WritesUnderWay } from './writes-under-way.js'

export interface Trouble {
  readonly message: string
  readonly hint?: string | undefined
  readonly at?: CheckPlace | undefined
  /** Set where it is nobody's fault but ours: what was thrown. */
  readonly bug?: unknown
  /** Set where it was told to stop. */
  readonly stopped?: StopError | undefined
}

export type Looked = { readonly observation: Observation } | { readonly trouble: Trouble }

export interface AttemptOptions {
  readonly check: Check
  readonly observe: (check: never, context: Context) => AsyncGenerator<Sighting, Observation, void>
  readonly context: Omit<Context, 'signal' | 'scratch'>
  readonly onFindings: (findings: readonly Finding[]) => Promise<void>
  readonly onProgress: (progress: Extract<Sighting, { readonly type: 'progress' }>) => void
  /** That of the run. */
  readonly signal: AbortSignal
  readonly scratchRoot: string
  readonly graceMs: number
  readonly writes: WritesUnderWay
}

/**
 * An observer that ignores its signal is left behind after `graceMs`: what it still yields is not taken, and what it
 * returns after it was told to stop is not believed.
 */
export async function lookOnce(options: AttemptOptions): Promise<Looked> {
  const stop = stopOfAttempt(options.signal, options.check.timeoutMs, options.check.uses)
  let scratch: string | undefined
  const around = options.writes.of(options.check.id, () => stop.reason() !== undefined)
  const allowed = { ...options.context.allowed, around }
  try {
    scratch = await mkdtemp(join(options.scratchRoot, 'check-'))
    const observation = await orLeave(stop.signal, options.graceMs, () =>
      pump(options, { ...options.context, allowed, signal: stop.signal, scratch: scratch ?? '' }),
    )
    const late = stop.reason()
    return late === undefined ? { observation } : { trouble: toldToStop(late) }
  } catch (error) {
    return { trouble: troubleOf(error, stop.reason()) }
  } finally {
    stop.dispose()
    // What an abandoned observer still writes is not worth failing for.
    if (scratch !== undefined) await rm(scratch, { recursive: true, force: true }).catch(() => undefined)
  }
}

async function pump(options: AttemptOptions, context: Context): Promise<Observation> {
  const generator = options.observe(options.check as never, context)
  let done = false
  try {
    for (;;) {
      const step = await generator.next()
      if (step.done === true) {
        done = true
        return step.value
      }
      context.signal.throwIfAborted()
      if (step.value.type === 'findings') await options.onFindings(step.value.findings)
      else options.onProgress(step.value)
    }
  } finally {
    // Of a generator that threw this does nothing; one left half-way closes what it opened.
    if (!done) await generator.return(undefined as never)
  }
}

/** Waits for `use`, but after an abort only so long; from then on its end is nobody's concern. */
export async function orLeave<T>(signal: AbortSignal, graceMs: number, use: () => Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  let abort = () => {}
  const leave = new Promise<never>((_, reject) => {
    abort = () => {
      timer = setTimeout(() => reject(signal.reason), graceMs)
    }
    if (signal.aborted) abort()
    else signal.addEventListener('abort', abort, { once: true })
  })
  try {
    return await Promise.race([use(), leave])
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', abort)
  }
}

/** Whatever breaks after it was told to stop broke because of that. */
export function troubleOf(error: unknown, stopped: StopError | undefined): Trouble {
  if (stopped !== undefined) return toldToStop(stopped)
  if (error instanceof CheckError) return { message: error.message, hint: error.hint, at: error.at }
  const what = error instanceof Error ? error.message : String(error)
  return { message: `unexpected error: ${what}`, hint: 'this is a bug in postflight; please report it', bug: error }
}

export function toldToStop(stopped: StopError): Trouble {
  return { message: stopped.message, hint: stopped.hint, stopped }
}
