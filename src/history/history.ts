/**
 * Runs that were kept, one file each in one directory, named so that they sort by time. Files are only added whole and taken
 * away, so any number of runs at once may have the same history.
 */
import { mkdir, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { pendingFile } from '../engine/pending-file.js'
import { RUN_ID } from '../engine/run-id.js'
import { UsageError } from '../lib/errors.js'
import type { Litter } from '../lib/litter.js'
import { escapeJson } from '../lib/text-escape.js'
import { type RunRecord, readRecord } from './run-record.js'

/** Runs that are kept; beyond them the oldest go. At one an hour six weeks, at one a day almost three years. */
export const KEPT_RUNS = 1000

export interface History {
  /** As the user named it. */
  readonly given: string
  /** Runs of any name, the newest first; otherwise as `runs`. */
  readonly all: () => AsyncGenerator<RunRecord, void, void>
  /** Runs of this name, the newest first. What cannot be read is passed over, and told of. */
  readonly runs: (name: string | undefined) => AsyncGenerator<RunRecord, void, void>
  /** Files of the history that could not be read so far. */
  readonly damaged: () => readonly string[]
  /** Puts a run in the place of an earlier record of it, then takes away what is too old. Rejects where it cannot be written. */
  readonly keep: (record: RunRecord) => Promise<void>
}

/** Throws a UsageError where the directory is not there and cannot be made. */
export async function openHistory(dir: string, given: string, litter?: Litter): Promise<History> {
  await mkdir(dir, { recursive: true, mode: 0o700 }).catch((cause: Error) => {
    throw new UsageError(`--history ${given} cannot be made a directory: ${cause.message}`, { cause })
  })
  const damaged = new Set<string>()
  const all: History['all'] = async function* () {
    for (const file of (await recordsIn(dir, given)).reverse()) {
      const record = await recordIn(join(dir, file))
      if (record === 'gone') continue
      if (record === undefined) damaged.add(file)
      else yield record
    }
  }
  return {
    given,
    all,
    runs: async function* (name) {
      for await (const record of all()) if (record.name === name) yield record
    },
    damaged: () => [...damaged],
    keep: async (record) => {
      const file = pendingFile(join(dir, `${record.run}.json`), litter)
      await file.write(Buffer.from(`${escapeJson(JSON.stringify(record))}\n`))
      await file.commit()
      // The run is kept by now; what cannot be taken away is no reason to say otherwise.
      for (const old of (await recordsIn(dir, given)).slice(0, -KEPT_RUNS)) await remove(join(dir, old))
      await removeLeftOver(dir)
    },
  }
}

const RECORD = new RegExp(String.raw`^${RUN_ID}\.json$`)

async function recordsIn(dir: string, given: string): Promise<string[]> {
  const files = await readdir(dir).catch((cause: Error) => {
    throw new UsageError(`--history ${given} cannot be read: ${cause.message}`, { cause })
  })
  return files.filter((file) => RECORD.test(file)).sort()
}

/** What a run that was killed was writing. One that still writes does so for less than a day. */
const LEFT_OVER = new RegExp(String.raw`^\.${RUN_ID}\.json\.[0-9a-f]+\.partial$`)
const DAY = 24 * 60 * 60_000

async function removeLeftOver(dir: string): Promise<void> {
  for (const file of (await readdir(dir).catch(() => [])).filter((name) => LEFT_OVER.test(name))) {
    const written = await stat(join(dir, file)).catch(() => undefined)
    if (written !== undefined && Date.now() - written.mtimeMs > DAY) await remove(join(dir, file))
  }
}

function remove(path: string): Promise<void> {
  return rm(path, { force: true }).catch(() => undefined)
}

/** Undefined for one that is damaged; another run may just have taken it away. */
async function recordIn(path: string): Promise<RunRecord | 'gone' | undefined> {
  try {
    return readRecord(await readFile(path, 'utf8'))
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'ENOENT' ? 'gone' : undefined
  }
}
