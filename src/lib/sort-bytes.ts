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

/** So few are put in order sooner than they are handed to the kernel: most directories of a deep tree hold no more. */
const FEW = 4

/** Memory to sort in, of this thread; between two calls there is nothing in it. */
let kernel: Kernel | undefined
/** Of few strings, their numbers; written anew by each call. */
const order = new Uint32Array(FEW)

/** In ascending byte order, in memory of their own, or of the pool. */
export function sortedBytes(strings: ByteStrings, pool?: BytesPool): SortedBytes {
  const { bytes, starts, ends, count } = strings
  if (count <= FEW) return fewSorted(strings, pool)
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
  const taken = takenFrom(pool, sorted.length, sortedStarts.length)
  taken.bytes.set(sorted)
  taken.starts.set(sortedStarts)
  return taken
}

function fewSorted({ bytes, starts, ends, count }: ByteStrings, pool: BytesPool | undefined): SortedBytes {
  let length = 0
  for (let n = 0; n < count; n++) {
    let at = n
    for (; at > 0 && isBefore(bytes, starts, ends, n, order[at - 1] as number); at--)
      order[at] = order[at - 1] as number
    order[at] = n
    length += (ends[n] as number) - (starts[n] as number)
  }
  const taken = takenFrom(pool, length, count + 1)
  taken.starts[0] = 0
  let end = 0
  for (let at = 0; at < count; at++) {
    const n = order[at] as number
    for (let from = starts[n] as number; from < (ends[n] as number); from++) taken.bytes[end++] = bytes[from] as number
    taken.starts[at + 1] = end
  }
  return taken
}

/** String `a` before string `b`. */
function isBefore(bytes: Uint8Array, starts: Uint32Array, ends: Uint32Array, a: number, b: number): boolean {
  const lengthA = (ends[a] as number) - (starts[a] as number)
  const lengthB = (ends[b] as number) - (starts[b] as number)
  for (let at = 0; at < lengthA && at < lengthB; at++) {
    const difference = (bytes[(starts[a] as number) + at] as number) - (bytes[(starts[b] as number) + at] as number)
    if (difference !== 0) return difference < 0
  }
  return lengthA < lengthB
}

function takenFrom(pool: BytesPool | undefined, bytes: number, starts: number): SortedBytes {
  return pool?.take(bytes, starts) ?? { bytes: new Uint8Array(bytes), starts: new Uint32Array(starts) }
}
