/**
 * Which contents were verified, kept for a run that goes on with this one: reading them is the expensive part, so none is
 * read twice. Only what was settled counts, right or wrong; what could not be told is looked at again.
 */
import { mergeJoin } from '../../compare/merge-join.js'
import { readLog } from '../../lib/append-log.js'
import type { Key } from '../../lib/key.js'
import type { Rec } from '../../lib/records.js'
import { createSpool, type SortedSpool } from '../../lib/spool.js'
import { openQuietLog } from './quiet-log.js'
import type { Mark } from './residue.js'
import { hashItem } from './row-hash.js'
import type { ToVerify } from './verify-plan.js'

export interface Settled {
  /** Undefined: its content is right. */
  readonly mark: Mark | undefined
  /** Bytes of the budget it took. */
  readonly bytes: number
}

export interface VerifiedLog {
  /** Of the budget, before the interruption. */
  readonly spent: number
  /** Gives back, in pages, what is still to be verified; `take` gets the rest. Items ascend by their places. */
  readonly remaining: (
    pages: AsyncIterable<readonly ToVerify[]>,
    take: (item: ToVerify, settled: Settled) => Promise<void> | undefined,
  ) => AsyncGenerator<readonly ToVerify[], void, void>
  /** How many `take` got. */
  readonly taken: () => number
  readonly record: (item: ToVerify, settled: Settled) => Promise<void> | undefined
  readonly close: () => Promise<void>
}

/** How long what was verified may wait to be written. */
const PAUSE_MS = 1000

export interface VerifiedLogOptions {
  readonly scratch: string
  /** Of a key in the order in which contents are verified. */
  readonly place: (key: Key) => Key
  readonly onFailure: (error: unknown) => void
}

export async function openVerifiedLog(
  path: string,
  { scratch, place, onFailure }: VerifiedLogOptions,
): Promise<VerifiedLog> {
  const spool = createSpool({ dir: scratch })
  let before: SortedSpool
  let spent = 0
  let end = 0
  let taken = 0
  try {
    for await (const block of readLog(path)) {
      for (const { key, rest } of block.records) {
        spent += decode(rest).bytes
        await spool.add(place(key), rest)
      }
      end = block.end
    }
    before = await spool.finish()
  } catch (error) {
    await spool.close()
    throw error
  }
  const log = await openQuietLog(path, end, onFailure)
  let pause: NodeJS.Timeout | undefined
  const flushed = () => {
    pause = undefined
    void log.flush()
  }
  return {
    spent,
    remaining: async function* (pages, take) {
      const labels = { left: 'the queue of contents', right: 'the journal of contents' }
      for await (const { left, both } of mergeJoin(placed(pages, place), grouped(before.read()), labels)) {
        const again = left.map(({ item }) => item)
        for (const [{ item }, { rests }] of both) {
          const hash = hashItem(item)
          const settled = rests.map(decode).find((one) => one.hash === hash)
          if (settled === undefined) again.push(item)
          else {
            taken++
            await take(item, settled)
          }
        }
        if (again.length > 0) yield again
      }
    },
    taken: () => taken,
    record: (item, { mark, bytes }) => {
      if (mark !== undefined && mark.finding !== 'checksum_mismatch') return undefined
      pause ??= setTimeout(flushed, PAUSE_MS).unref()
      // All of a mark of this class is ASCII: digests and words of ours.
      return log.add(item.key, `${hashItem(item)}\t${bytes}\t${mark === undefined ? '' : JSON.stringify(mark)}`)
    },
    close: async () => {
      clearTimeout(pause)
      await log.close()
      await before.close()
    },
  }
}

function decode(rest: string): Settled & { readonly hash: string } {
  const [hash = '', bytes = '0', mark = ''] = rest.split('\t')
  return { hash, bytes: Number(bytes), mark: mark === '' ? undefined : (JSON.parse(mark) as Mark) }
}

async function* placed(pages: AsyncIterable<readonly ToVerify[]>, place: (key: Key) => Key) {
  for await (const page of pages) yield page.map((item) => ({ key: place(item.key), item }))
}

/** A key may have been verified more than once, for rows that changed. */
async function* grouped(
  pages: AsyncIterable<readonly Rec[]>,
): AsyncGenerator<readonly { readonly key: Key; readonly rests: readonly string[] }[], void, void> {
  let open: { readonly key: Key; readonly rests: string[] } | undefined
  for await (const page of pages) {
    const done: NonNullable<typeof open>[] = []
    for (const { key, rest } of page) {
      if (open?.key === key) {
        open.rests.push(rest)
        continue
      }
      if (open !== undefined) done.push(open)
      open = { key, rests: [rest] }
    }
    if (done.length > 0) yield done
  }
  if (open !== undefined) yield [open]
}
