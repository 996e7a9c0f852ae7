/** Tells every route what is news to it, all at once. Never throws for what a receiver does; a bug is left as it is. */
import type { Litter } from '../lib/litter.js'
import { type Patience, withAttempts } from './attempts.js'
import { type Change, changeFor, own } from './change.js'
import { NotSent } from './channel.js'
import type { SeenRun } from './gather.js'
import { channelOf } from './index.js'
import { type NoticeOptions, noticeFor } from './notice.js'
import { concerns, type Route } from './route.js'
import { openTold, type ToldRecord } from './told.js'

export interface TellOptions extends NoticeOptions {
  /** All checks of the check files. */
  readonly checks: readonly { readonly id: string; readonly severity: Route['severity']; readonly owner: string }[]
  /** Directory of the history; undefined: none is kept. */
  readonly history: string | undefined
  readonly litter?: Litter | undefined
  readonly version: string
  readonly patience: Patience
  readonly signal: AbortSignal
}

export interface NotTold {
  readonly route: Route
  /** Name of the channel and where it goes. */
  readonly place: string
  readonly why: string
}

export interface Telling {
  /** Names of routes that were told something. */
  readonly told: readonly string[]
  readonly failed: readonly NotTold[]
  /** What went wrong beside that, in words. */
  readonly warnings: readonly string[]
}

export async function tell(routes: readonly Route[], seen: SeenRun, options: TellOptions): Promise<Telling> {
  const { history, litter } = options
  const record = history === undefined ? undefined : openTold(history, seen.start.name, litter)
  const before = await record?.read()
  const told = before === 'damaged' ? undefined : before
  const results = await Promise.all(
    routes.map(async (route) => {
      const channel = channelOf(route.type)
      if (channel === undefined) throw new Error(`there is no channel "${route.type}"`)
      const concerned = new Set(options.checks.filter((check) => concerns(route, check)).map(({ id }) => id))
      const change = changeFor(route, seen, { told: own(told, route.name), concerned, closes: channel.closes === true })
      const place = `${route.type}, ${channel.place(route.spec as never)}`
      return { route, change, place, why: change.send ? await sendTo(route, seen, change, options) : undefined }
    }),
  )
  const reached = results.filter(({ why }) => why === undefined)
  const noted = await note(record, reached)
  return {
    told: reached.filter(({ change }) => change.send).map(({ route }) => route.name),
    failed: results.flatMap(({ route, place, why }) => (why === undefined ? [] : [{ route, place, why }])),
    warnings: [
      ...(before === 'damaged' ? ['what routes were told before cannot be read: they were told all again'] : []),
      ...noted,
    ],
  }
}

/** Why it could not be sent; undefined where it was. */
async function sendTo(route: Route, seen: SeenRun, change: Change, options: TellOptions): Promise<string | undefined> {
  const { version, patience, signal } = options
  const notice = noticeFor(route, seen, change, options)
  try {
    await withAttempts(patience, signal, async (attempt) =>
      channelOf(route.type)?.send(route.spec as never, notice, { signal: attempt, version, route: route.name }),
    )
    return undefined
  } catch (error) {
    if (error instanceof NotSent) return error.message
    if (signal.aborted) return 'interrupted'
    throw error
  }
}

async function note(
  record: ToldRecord | undefined,
  reached: readonly { readonly route: Route; readonly change: Change }[],
): Promise<readonly string[]> {
  if (record === undefined || reached.length === 0) return []
  try {
    await record.note((now) => ({
      ...now,
      ...Object.fromEntries(reached.map(({ route, change }) => [route.name, change.settle(own(now, route.name))])),
    }))
    return []
  } catch (error) {
    return [`what routes were told cannot be kept in the history, so they are told again: ${(error as Error).message}`]
  }
}
