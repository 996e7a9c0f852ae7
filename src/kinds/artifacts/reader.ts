/** Reads contents to hash them: many at once where the store hashes them itself, else one by one. */
import type { ContentDigests, DigestRequest, Store, StoreError } from '../../stores/store.js'
import { hashEntry } from './hash-entry.js'
import { createLanes } from './lanes.js'

/** Contents read through `open` at once. */
const READS = 8

export interface Wanted extends DigestRequest {
  /** Bytes, as far as they are known beforehand. */
  readonly size: number | undefined
}

/** An error is about this content alone. Undefined: `stop` ended it. */
export type Read = ContentDigests | StoreError | undefined

export interface ReaderOptions<T extends Wanted> {
  readonly store: Store
  /** Ends what is under way with an error. */
  readonly signal: AbortSignal
  /** Ends what is under way and all that follows, as not read. Aborted with `signal`, too. */
  readonly stop: AbortSignal
  /** In no order. What it gives is waited for. */
  readonly take: (wanted: T, read: Read) => Promise<void> | undefined
}

export interface Reader<T extends Wanted> {
  /** Gives a promise only where enough is under way: await it before adding on. */
  readonly add: (wanted: T) => Promise<void> | undefined
  /** Waits for all of it. */
  readonly finish: () => Promise<void>
}

export function createReader<T extends Wanted>({ store, signal, stop, take }: ReaderOptions<T>): Reader<T> {
  const { digester } = store
  const batches = createLanes(digester?.parallel ?? 1)
  const reads = createLanes(READS)
  let batch: T[] = []
  let bytes = 0

  const unlessStopped = async <R>(work: () => Promise<R>): Promise<R | undefined> => {
    if (stop.aborted && !signal.aborted) return undefined
    try {
      return await work()
    } catch (error) {
      if (stop.aborted && !signal.aborted) return undefined
      throw error
    }
  }
  const readOne = (wanted: T): Promise<void> =>
    reads.start(async () => {
      const taken = take(wanted, await unlessStopped(() => hashEntry(store, wanted, stop)))
      if (taken !== undefined) await taken
    })
  const send = (digest: NonNullable<typeof digester>['digest']): Promise<void> => {
    const sent = batch
    batch = []
    bytes = 0
    return batches.start(async () => {
      const answers = await unlessStopped(() => digest(sent, { signal: stop }))
      for (const [index, wanted] of sent.entries()) {
        const read = answers?.[index]
        const taken = answers !== undefined && read === undefined ? readOne(wanted) : take(wanted, read)
        if (taken !== undefined) await taken
      }
    })
  }
  return {
    add: (wanted) => {
      if (digester === undefined) return readOne(wanted)
      batch.push(wanted)
      bytes += wanted.size ?? 0
      return batch.length >= digester.keys || bytes >= digester.bytes ? send(digester.digest) : undefined
    },
    finish: async () => {
      try {
        if (batch.length > 0 && digester !== undefined) await send(digester.digest)
      } finally {
        await batches.finish().finally(reads.finish)
      }
    },
  }
}
