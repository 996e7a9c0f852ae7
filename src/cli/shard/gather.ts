/** Reads the recorded parts of a run and says which of them count. Findings stay on disk. */
import { join } from 'node:path'
import type { CheckEnd, RunEnd, RunStart } from '../../engine/events.js'
import { type HeldFindings, holdFindings } from '../../engine/held-findings.js'
import type { PartRun } from '../../engine/part-run.js'
import { partText } from '../../engine/shard.js'
import { UsageError } from '../../lib/errors.js'
import { replay } from '../replay.js'

export interface Gathered {
  /** Ascending. */
  readonly parts: readonly PartRun[]
  /** Why a part does not count as a whole one, by its number. */
  readonly troubles: ReadonlyMap<number, string>
}

export interface GatherOptions {
  readonly scratch: string
  readonly signal: AbortSignal
}

interface Recording extends PartRun {
  readonly path: string
}

export async function gatherParts(paths: readonly string[], options: GatherOptions): Promise<Gathered> {
  const recordings: Recording[] = []
  for (const [index, path] of paths.entries()) recordings.push(await read(path, index, options))
  const [first] = recordings
  if (first === undefined) throw new UsageError('no recorded parts were named')
  for (const other of recordings) requireSame(first, other)
  const { of } = first.shard
  const parts: PartRun[] = []
  const troubles = new Map<number, string>()
  for (let number = 1; number <= of; number++) {
    const found = recordings.filter(({ shard }) => shard.number === number)
    const trouble = troubleOf(partText({ number, of }), found)
    if (trouble !== undefined) troubles.set(number, trouble)
    const [one] = found
    // Which of two counts, nobody can tell; of what broke off, what it had come to does.
    if (found.length === 1 && one !== undefined) parts.push(one)
  }
  if (parts.length > 0) return { parts, troubles }
  throw new UsageError([...troubles.values()].join('; '), { suggestions: ['name every part once'] })
}

function troubleOf(what: string, found: readonly Recording[]): string | undefined {
  const [one, other] = found
  if (one === undefined) return `${what} is missing`
  if (other !== undefined) return `${what} was given twice: ${found.map(({ path }) => path).join(' and ')}`
  if (one.end === undefined) return `${what} broke off: ${one.path} does not tell how it ended`
  if (one.end.interrupted !== undefined) return `${what} was interrupted (${one.end.interrupted})`
  return undefined
}

async function read(path: string, index: number, { scratch, signal }: GatherOptions): Promise<Recording> {
  let start: RunStart | undefined
  let end: RunEnd | undefined
  const ends = new Map<string, CheckEnd>()
  const found = new Map<string, HeldFindings>()
  // Where it is cut off it has no end, which is told.
  for await (const event of replay(path, { signal, onCutOff: () => {} })) {
    if (event.type === 'run:start') start = event
    else if (event.type === 'run:end') end = event
    else if (event.type === 'check:end') ends.set(event.id, event)
    // Each attempt observes afresh.
    else if (event.type === 'check:start') await found.get(event.id)?.discard()
    else if (event.type === 'check:finding') {
      const held = found.get(event.id) ?? holdFindings(join(scratch, `part-${index}-${found.size}`))
      found.set(event.id, held)
      await held.add([event.finding])
    }
  }
  if (start?.shard === undefined) {
    throw new UsageError(`${path} is no part of a run, and parts are put together by themselves`, {
      suggestions: ['name the parts of one run, or whole runs alone'],
    })
  }
  const findings: PartRun['findings'] = async function* (check) {
    const held = found.get(check)
    if (held !== undefined) yield* held.read()
  }
  return { path, start, shard: start.shard, ends, end, findings }
}

/** Throws a UsageError that names both and what they differ in. */
function requireSame(first: Recording, other: Recording): void {
  const [a, b] = [first, other]
  const differs =
    a.start.versions.postflight !== b.start.versions.postflight
      ? `by versions ${a.start.versions.postflight} and ${b.start.versions.postflight}`
      : a.shard.of !== b.shard.of
        ? `of ${a.shard.of} and of ${b.shard.of} parts`
        : String(a.start.selection) !== String(b.start.selection)
          ? `with ${selectionText(a.start)} and ${selectionText(b.start)}`
          : a.shard.definition !== b.shard.definition
            ? 'from different check files, variables or gates'
            : undefined
  if (differs === undefined) return
  throw new UsageError(`${a.path} and ${b.path} are not parts of one run: recorded ${differs}`, {
    suggestions: ['name the parts of one run'],
  })
}

function selectionText({ selection }: RunStart): string {
  return selection.length === 0 ? 'no selection' : selection.join(' ')
}

/** Whether one of the recordings is that of a part. Reads the first event of each alone. */
export async function anyPart(paths: readonly string[], signal: AbortSignal): Promise<boolean> {
  for (const path of paths) {
    const events = replay(path, { signal, onCutOff: () => {} })
    const first = await events.next()
    await events.return()
    if (first.done !== true && first.value.type === 'run:start' && first.value.shard !== undefined) return true
  }
  return false
}
