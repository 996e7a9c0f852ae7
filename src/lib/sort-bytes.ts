/** Sorts byte strings that lie beside each other in memory, without ever making strings of them. */
import type { BytesPool } from './bytes-pool.js'
import { aligned, createKernel, FIRST, type Kernel, reserve, SLACK } from './kernel/kernel.js'

/** String `n` is `bytes[starts[n], ends[n])`. They lie in the order of their numbers. */
export interface ByteStrings {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
  readonly ends: Uint32Array
  readonly count: number
}

/** String `n` is `bytes[starts[n], starts[n + 1])`. */
export interface SortedBytes {
  readonly bytes: Uint8Array
  readonly starts: Uint32Array
}

/** Memory to sort in, of this thread; between two calls there is nothing in it. */
let kernel: Kernel | undefined

/** In ascending byte order, in memory of their own, or of the pool. */
export function sortedBytes({ bytes, starts, ends, count }: ByteStrings, pool?: BytesPool): SortedBytes {
  if (count === 0) return noneIn(pool)
  kernel ??= createKernel()
  const [from, to] = [starts[0] as number, ends[count - 1] as number]
  const startsAt = aligned(FIRST + to - from)
  const endsAt = aligned(startsAt + 4 * count)
  const orderAt = aligned(endsAt + 4 * count)
  const roomAt = aligned(orderAt + 4 * count)
  const sortedAt = aligned(roomAt + 8 * count)
  const sortedStartsAt = aligned(sortedAt + to - from + SLACK)
  reserve(kernel, sortedStartsAt + 4 * (count + 1))
  const { buffer } = kernel.memory
  const memory = new Uint8Array(buffer)
  const numbers = new Uint32Array(buffer)
  memory.set(bytes.subarray(from, to), FIRST)
  numbers.set(starts.subarray(0, count), startsAt / 4)
  numbers.set(ends.subarray(0, count), endsAt / 4)
  kernel.sortKeys(FIRST - from, startsAt, endsAt, count, orderAt, roomAt)
  kernel.gatherKeys(count, sortedAt, sortedStartsAt)
  const sortedStarts = numbers.subarray(sortedStartsAt / 4, sortedStartsAt / 4 + count + 1)
  const sorted = memory.subarray(sortedAt, sortedAt + (sortedStarts[count] as number))
  if (pool === undefined) return { bytes: sorted.slice(), starts: sortedStarts.slice() }
  const taken = pool.take(sorted.length, sortedStarts.length)
  taken.bytes.set(sorted)
  taken.starts.set(sortedStarts)
  return taken
}

function noneIn(pool: BytesPool | undefined): SortedBytes {
  const none = pool?.take(0, 1) ?? { bytes: new Uint8Array(), starts: new Uint32Array(1) }
  none.starts[0] = 0
  return none
}
