/** The one directory a run may write to besides its reports. */
import { mkdtemp, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../lib/errors.js'
import type { Litter } from '../lib/litter.js'

export interface Scratch {
  readonly path: string
  readonly remove: () => Promise<void>
}

/** Readable by its owner alone (mkdtemp makes it so). Throws a UsageError where none can be made. */
export async function openScratch(root: string, litter: Litter): Promise<Scratch> {
  const path = await mkdtemp(join(root, 'postflight-')).catch((cause: unknown) => {
    throw new UsageError(`cannot make a scratch directory below ${root}`, {
      cause,
      suggestions: ['set TMPDIR to a directory that can be written'],
    })
  })
  const forget = litter.add(path)
  return {
    path,
    remove: async () => {
      await rm(path, { recursive: true, force: true }).catch(() => undefined)
      forget()
    },
  }
}
