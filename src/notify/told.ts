/**
 * What each route was last told, beside the records of the history: not of the last run, for that run may have told
 * nobody. One small file for the runs of one name.
 */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { pendingFile } from '../engine/pending-file.js'
import type { Litter } from '../lib/litter.js'
import { escapeJson } from '../lib/text-escape.js'
import type { ToldState } from './change.js'

/** By name of the route. */
export type Told = Readonly<Record<string, ToldState>>

export interface ToldRecord {
  /** Undefined where there is none yet. `damaged` is taken for none. */
  readonly read: () => Promise<Told | 'damaged' | undefined>
  /** Changes what stands there now, so that what another run has noted meanwhile stays. Rejects where it cannot be written. */
  readonly note: (change: (told: Told) => Told) => Promise<void>
}

const form = z.looseObject({
  v: z.literal(1),
  routes: z.record(
    z.string(),
    z.record(z.string(), z.looseObject({ outcome: z.string(), counts: z.record(z.string(), z.number()) })),
  ),
})

export function openTold(dir: string, name: string | undefined, litter?: Litter): ToldRecord {
  const digest = createHash('sha256')
    .update(name ?? '')
    .digest('hex')
  const path = join(dir, `told-${digest.slice(0, 16)}.json`)
  const read = async (): Promise<Told | 'damaged' | undefined> => {
    try {
      return form.parse(JSON.parse(await readFile(path, 'utf8'))).routes
    } catch (error) {
      return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'damaged'
    }
  }
  return {
    read,
    note: async (change) => {
      const told = await read()
      const routes = change(told === undefined || told === 'damaged' ? {} : told)
      const file = pendingFile(path, litter)
      await file.write(Buffer.from(`${escapeJson(JSON.stringify({ v: 1, name, routes }))}\n`))
      await file.commit()
    },
  }
}
