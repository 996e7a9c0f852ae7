/**
 * Reads the events of a run and writes those of every check that came to something, so that they can be told again.
 * A check counts from the moment its line is in `ended`, which is written when its events are on disk.
 */
import { createHash, type Hash } from 'node:crypto'
import { type FileHandle, open, rm } from 'node:fs/promises'
import type { RunEvent } from '../engine/events.js'
import { escapeJson } from '../lib/text-escape.js'
import { isSettled } from './kept.js'
import type { Place } from './place.js'

export interface EndedLine {
  readonly id: string
  /** Of its events: what does not agree is not told again. */
  readonly bytes: number
  readonly sha256: string
}

export interface JournalWriter {
  readonly onEvent: (event: RunEvent) => Promise<void> | undefined
  readonly close: () => Promise<void>
}

interface Open {
  readonly file: FileHandle
  readonly hash: Hash
  lines: string[]
  waiting: number
  bytes: number
}

const BUFFER = 64 * 1024

/** `told`: checks whose events are in the journal already. Rejects with what the disk says. */
export function createJournalWriter(place: Place, told: ReadonlySet<string>): JournalWriter {
  const opened = new Map<string, Open>()

  const flush = async (one: Open): Promise<void> => {
    const bytes = Buffer.from(one.lines.join(''))
    one.lines = []
    one.waiting = 0
    one.bytes += bytes.length
    one.hash.update(bytes)
    await one.file.writeFile(bytes)
  }
  const start = async (id: string): Promise<Open> => {
    const known = opened.get(id)
    if (known !== undefined) return known
    const file = await open(place.events(id), 'w', 0o600)
    const one = { file, hash: createHash('sha256'), lines: [], waiting: 0, bytes: 0 }
    opened.set(id, one)
    return one
  }
  const add = (one: Open, event: RunEvent): Promise<void> | undefined => {
    const line = `${escapeJson(JSON.stringify(event))}\n`
    one.lines.push(line)
    one.waiting += line.length
    return one.waiting >= BUFFER ? flush(one) : undefined
  }
  const finish = async (id: string, event: RunEvent & { readonly type: 'check:end' }): Promise<void> => {
    if (!isSettled(event)) {
      await opened.get(id)?.file.close()
      opened.delete(id)
      return rm(place.events(id), { force: true })
    }
    const one = await start(id)
    opened.delete(id)
    try {
      await add(one, event)
      await flush(one)
      await one.file.datasync()
    } finally {
      await one.file.close()
    }
    const line: EndedLine = { id, bytes: one.bytes, sha256: one.hash.digest('hex') }
    const ended = await open(place.ended, 'a', 0o600)
    try {
      await ended.writeFile(`${JSON.stringify(line)}\n`)
      await ended.datasync()
    } finally {
      await ended.close()
    }
    await rm(place.checkpoints(id), { recursive: true, force: true })
  }

  return {
    onEvent: (event) => {
      if (event.type === 'run:start' || event.type === 'run:end' || event.type === 'check:progress') return undefined
      if (told.has(event.id)) return undefined
      if (event.type === 'check:end') return finish(event.id, event)
      const one = opened.get(event.id)
      if (one !== undefined) return add(one, event)
      return start(event.id).then((begun) => add(begun, event))
    },
    close: async () => {
      for (const { file } of opened.values()) await file.close()
      opened.clear()
    },
  }
}
