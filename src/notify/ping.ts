/**
 * A dead-man's switch, by the convention of healthchecks.io: told when a run begins and how it ended, so that it notices
 * one that never did. `URL/start?rid=`, then the summary by POST to `URL/<exit code>?rid=`.
 */
import { setTimeout as pause } from 'node:timers/promises'
import { type Patience, withAttempts } from './attempts.js'
import { NotSent } from './channel.js'
import { ask } from './request.js'

export interface Ping {
  /** Says that a run has begun; never rejects, and nobody waits for it. */
  readonly start: () => void
  /** Says how it ended. Resolves to why it could not be said, or undefined. */
  readonly end: (code: number, body: string) => Promise<string | undefined>
}

export interface PingOptions {
  readonly url: string
  /** Pairs the beginning with the end. */
  readonly rid: string
  readonly version: string
  /** As they are when it is sent: after an interrupt there is less time, and no second interrupt that could be waited for. */
  readonly patience: () => Patience
  readonly signal: () => AbortSignal
}

/** Bytes that are kept of a summary where the other side does not say how many it keeps. */
const BODY = 10_000
const MOST = 100_000
/** How long the end waits for a beginning that is under way. */
const START_MS = 1000

export function createPing({ url: base, rid, version, patience, signal }: PingOptions): Ping {
  let limit = BODY
  const starting = new AbortController()
  let started: Promise<void> = Promise.resolve()

  const call = (path: string, body: string | undefined, until: AbortSignal): Promise<void> =>
    withAttempts(patience(), until, async (attempt) => {
      const headers = await ask(
        {
          url: pingUrl(base, path, rid),
          method: body === undefined ? 'GET' : 'POST',
          headers: { 'content-type': 'text/plain; charset=utf-8' },
          body,
        },
        { signal: attempt, version },
      )
      const told = headers['ping-body-limit']
      if (typeof told === 'string' && /^\d{1,9}$/.test(told)) limit = Math.min(Number(told), MOST)
    })

  return {
    start: () => {
      // Whether it is there is told at the end, when it matters.
      started = call('start', undefined, starting.signal).catch(() => undefined)
    },
    end: async (code, body) => {
      // A beginning that arrives after the end would look like one more run, and its answer says how much is kept.
      const { attemptMs } = patience()
      await Promise.race([started, pause(Math.min(START_MS, attemptMs), undefined, { ref: false })])
      starting.abort(new NotSent('the run was over', { passing: false }))
      await started
      const until = signal()
      try {
        await call(String(code), cutBytes(body, limit), until)
        return undefined
      } catch (error) {
        if (error instanceof NotSent) return error.message
        if (until.aborted) return 'interrupted'
        throw error
      }
    },
  }
}

/** The path may have a slash at its end, and there may be a query, as `?create=1`. */
export function pingUrl(base: string, path: string, rid: string): string {
  const url = new URL(base)
  url.pathname = `${url.pathname.replace(/\/+$/, '')}/${path}`
  url.searchParams.set('rid', rid)
  return url.href
}

/** At most so many bytes of UTF-8, no character cut. */
export function cutBytes(text: string, most: number): string {
  const bytes = Buffer.from(text, 'utf8')
  if (bytes.length <= most) return text
  let end = most
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end--
  return bytes.toString('utf8', 0, end)
}
