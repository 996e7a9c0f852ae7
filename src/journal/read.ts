/** Reads what an interrupted run left. What is torn or does not agree is as if it had never been written. */
import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readFile, stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import type { CheckEnd, RunEvent } from '../engine/events.js'
import type { Identity } from './identity.js'
import type { Place } from './place.js'
import type { EndedLine } from './write.js'

export interface Head {
  readonly v: 1
  readonly run: string
  readonly at: string
  readonly identity: Identity
}

/** Undefined where there is none: it is written whole, under another name, and renamed. */
export async function readHead(place: Place): Promise<Head | undefined> {
  try {
    const head = JSON.parse(await readFile(place.head, 'utf8')) as Head
    return head.v === 1 ? head : undefined
  } catch {
    return undefined
  }
}

export interface Ended {
  readonly line: EndedLine
  readonly end: CheckEnd
}

/** In the order they ended. */
export async function readEnded(place: Place): Promise<ReadonlyMap<string, Ended>> {
  const text = await readFile(place.ended, 'utf8').catch(() => '')
  const ended = new Map<string, Ended>()
  for (const one of text.split('\n')) {
    const line = parsed(one)
    if (line === undefined) continue
    ended.delete(line.id)
    const end = await endOf(place, line)
    if (end !== undefined) ended.set(line.id, { line, end })
  }
  return ended
}

function parsed(text: string): EndedLine | undefined {
  try {
    const line = JSON.parse(text) as Partial<EndedLine>
    const { id, bytes, sha256 } = line
    return id === undefined || bytes === undefined || sha256 === undefined ? undefined : { id, bytes, sha256 }
  } catch {
    return undefined
  }
}

async function endOf(place: Place, { id, bytes, sha256 }: EndedLine): Promise<CheckEnd | undefined> {
  const path = place.events(id)
  const size = (await stat(path).catch(() => undefined))?.size
  if (size !== bytes) return undefined
  const hash = createHash('sha256')
  let tail = Buffer.alloc(0)
  for await (const chunk of createReadStream(path) as AsyncIterable<Buffer>) {
    hash.update(chunk)
    const lines = Buffer.concat([tail, chunk])
    tail = lines.subarray(lines.lastIndexOf(0x0a, -2) + 1)
  }
  if (hash.digest('hex') !== sha256) return undefined
  const event = JSON.parse(tail.toString()) as RunEvent
  return event.type === 'check:end' && event.id === id ? event : undefined
}

export async function* eventsOf(place: Place, id: string): AsyncGenerator<RunEvent, void, void> {
  const input = createReadStream(place.events(id), 'utf8')
  try {
    for await (const line of createInterface({ input, crlfDelay: Number.POSITIVE_INFINITY })) {
      yield JSON.parse(line) as RunEvent
    }
  } finally {
    input.destroy()
  }
}
