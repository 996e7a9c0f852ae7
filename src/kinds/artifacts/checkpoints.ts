/** Where a check keeps how far it got, for a run that goes on with this one. It can do without: trouble is only noted. */
import { mkdir, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CheckError } from '../../lib/errors.js'
import { type Key, keyToText } from '../../lib/key.js'
import { count, formatNumber } from '../../lib/text.js'
import type { Context } from '../kind.js'
import { type MatchLog, type MatchLogOptions, openMatchLog } from './match-log.js'
import { openVerifiedLog, type VerifiedLog } from './verified-log.js'

export interface Checkpoints {
  /** Something was left by a run that was interrupted. */
  readonly resumed: boolean
  readonly match: (options: Omit<MatchLogOptions, 'path' | 'onFailure' | 'now'>) => Promise<MatchLog>
  /** `place`: of a key in the order of the queue. */
  readonly verified: (store: string, place: (key: Key) => Key) => Promise<VerifiedLog>
  /** What is to be said of it. */
  readonly notes: () => readonly string[]
}

type Keep = <T extends { readonly close: () => Promise<void> }>(opened: T) => T

/** Undefined where the run keeps no journal. `stores`: their names, in the order of the check. */
export async function openCheckpoints(
  { checkpoints: dir, scratch, now }: Context,
  stores: readonly string[],
  keep: Keep,
): Promise<Checkpoints | undefined> {
  if (dir === undefined) return undefined
  const notes: string[] = []
  let failed = false
  const onFailure = (error: unknown) => {
    if (!failed) notes.push(`how far it got is not kept: ${error instanceof Error ? error.message : String(error)}`)
    failed = true
  }
  const left = await readdir(dir).catch(() => [])
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch(onFailure)
  const path = (store: string, what: string) => join(dir, `${stores.indexOf(store)}.${what}`)
  const verified: { readonly store: string; readonly log: VerifiedLog }[] = []
  return {
    resumed: left.length > 0,
    match: async (options) => {
      const { name, tally } = options.run
      const log = keep(await read(dir, () => openMatchLog({ ...options, path: path(name, 'match'), now, onFailure })))
      const { after, outdated } = log
      if (after !== undefined) {
        const seen = count(Math.max(tally.listed, tally.examined), 'key')
        const from = JSON.stringify(keyToText(after))
        notes.push(
          `went on in ${name} behind ${from}: ${seen} up to there had been looked at before; rows were read again`,
        )
      }
      if (outdated) notes.push(`looked through ${name} again from the beginning: its rows are not what they were`)
      return log
    },
    verified: async (store, place) => {
      const log = keep(await read(dir, () => openVerifiedLog(path(store, 'verified'), { scratch, place, onFailure })))
      verified.push({ store, log })
      return log
    },
    notes: () => [
      ...notes,
      ...verified
        .filter(({ log }) => log.taken() > 0)
        .map(({ store, log }) => `${formatNumber(log.taken())} contents of ${store} had been verified before`),
    ],
  }
}

async function read<T>(dir: string, open: () => Promise<T>): Promise<T> {
  try {
    return await open()
  } catch (cause) {
    if (cause instanceof CheckError || !(cause instanceof Error) || !('code' in cause)) throw cause
    throw new CheckError(`how far it had got before cannot be read: ${cause.message}`, {
      cause,
      hint: `delete ${dir} to look at everything again`,
    })
  }
}
