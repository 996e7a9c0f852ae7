/**
 * A bucket as checks of kind s3 look at it: request by request, each with its answer or the trouble it met, over
 * connections made at a vantage. Nothing here writes.
 */
import { setMaxListeners } from 'node:events'
import type { S3Spec } from '../../connections/schema.js'
import { type Vantage, VantageError } from '../../vantage/vantage.js'
import { orAborted } from '../abort.js'
import { type Agents, agentsAt } from './agents.js'
import { connectS3, type Environment, isAws, type S3 } from './client.js'
import { type Noticed, noticeAnswers } from './notice.js'
import { type Trouble, troubleOf } from './trouble.js'

export interface BucketFacts {
  /** Safe to print. */
  readonly label: string
  readonly bucket: string
  /** What all keys begin with; keys of a check are relative to it. */
  readonly prefix: string
  readonly region: string
  readonly aws: boolean
  /** To be sent along with requests. */
  readonly payer: { readonly RequestPayer?: 'requester' }
}

export type Asked<T> = { readonly answer: T } | { readonly trouble: Trouble }

export type Send<T> = (s3: S3, options: { readonly abortSignal: AbortSignal }) => Promise<T>

export interface BucketSession {
  readonly facts: BucketFacts
  /** Whether there are credentials to sign with; nothing is sent to the bucket. */
  readonly credentials: () => Promise<Trouble | undefined>
  /**
   * One request, with the retries of the SDK. Rejects with the reason of `stop` where it was aborted, and with a
   * VantageError where the place it looks from was not reached.
   */
  readonly ask: <T>(send: Send<T>) => Promise<Asked<T>>
  /** The same, for what must be tried when the time is up, too: a second at most, or somewhat more once it was told to stop. Never rejects. */
  readonly askLate: <T>(send: Send<T>) => Promise<Asked<T>>
  /** What of no request but those of the SDK: the same ends, the same troubles. */
  readonly within: <T>(work: (signal: AbortSignal) => Promise<T>) => Promise<Asked<T>>
  readonly noticed: () => Noticed
  /** For what is not signed: see unsigned.ts. */
  readonly agents: Agents
}

export interface LookOptions {
  /** Ends the look: what was not answered by then is trouble. */
  readonly signal: AbortSignal
  /** Ends it without a result. */
  readonly stop: AbortSignal
  readonly vantage: Pick<Vantage, 'dial'>
  readonly now: () => Date
}

export interface BucketSource {
  readonly facts: BucketFacts
  /** The session, and every connection it made, ends with `use`. */
  readonly look: <T, R>(
    options: LookOptions,
    use: (session: BucketSession) => AsyncGenerator<T, R, void>,
  ) => AsyncGenerator<T, R, void>
}

/** With retries of its own a check needs few of the SDK. */
const ATTEMPTS = 3
const LATE_MS = 900
/** Told to stop, the check is over, and the run waits for what has to be removed. */
const STOPPED_MS = 2500

export function openBucket(name: string, spec: S3Spec, env: Environment): BucketSource {
  const host = spec.endpoint === undefined ? '' : ` at ${new URL(spec.endpoint).host}`
  const facts: BucketFacts = {
    label: `${name} (s3://${spec.bucket}/${spec.prefix}${host})`,
    bucket: spec.bucket,
    prefix: spec.prefix,
    region: spec.region,
    aws: isAws(spec.endpoint),
    payer: spec.requester_pays ? { RequestPayer: 'requester' } : {},
  }
  return {
    facts,
    look: async function* (options, use) {
      options.stop.throwIfAborted()
      const ending = new AbortController()
      // As many listeners as there are requests under way.
      setMaxListeners(0, options.signal, ending.signal)
      const agents = agentsAt(options.vantage, ending.signal, spec.limit)
      const s3 = await connectS3(name, spec, env, { agents, attempts: ATTEMPTS })
      try {
        return yield* use(sessionOf(facts, s3, agents, options))
      } finally {
        ending.abort()
        agents.close()
        s3.client.destroy()
      }
    },
  }
}

function sessionOf(facts: BucketFacts, s3: S3, agents: Agents, { signal, stop, now }: LookOptions): BucketSession {
  const noticed = noticeAnswers(s3, now)
  const late = (): Asked<never> => {
    const message = signal.reason instanceof Error ? signal.reason.message : 'no answer in time'
    return { trouble: { kind: agents.step(), message } }
  }
  const within: BucketSession['within'] = async (work) => {
    stop.throwIfAborted()
    if (signal.aborted) return late()
    try {
      return { answer: await orAborted(work(signal), signal) }
    } catch (cause) {
      stop.throwIfAborted()
      // The place looked from was not reached: that says nothing of the bucket.
      if (cause instanceof VantageError) throw cause
      return signal.aborted ? late() : { trouble: troubleOf(cause) }
    }
  }
  return {
    facts,
    within,
    ask: (send) => within((abortSignal) => send(s3, { abortSignal })),
    askLate: async (send) => {
      const limit = AbortSignal.timeout(stop.aborted ? STOPPED_MS : LATE_MS)
      try {
        return { answer: await orAborted(send(s3, { abortSignal: limit }), limit) }
      } catch (cause) {
        return { trouble: troubleOf(cause) }
      }
    },
    noticed,
    agents,
    credentials: async () => {
      const asked = await within(() => s3.client.config.credentials())
      // Whoever gives credentials may refuse, too: that is no word of the bucket.
      return 'trouble' in asked ? { ...asked.trouble, kind: 'credentials' } : undefined
    },
  }
}
