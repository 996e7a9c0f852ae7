/** Lines of many findings, read as few times as their places allow: those that lie near each other at once. */
import type { Stock } from './reading.js'

export interface Window {
  readonly bytes: Buffer
  /** Where it lies in the file. */
  readonly offset: number
  /** The lines of `numbers[from, to)` lie in it, in this order. */
  readonly from: number
  readonly to: number
}

/** Some thousand lines, which take a few milliseconds to look at. */
const WINDOW_BYTES = 128 * 1024
/** More than this between two lines is not read along. */
const GAP_BYTES = 16 * 1024
/** As little as this is read in less time than waiting for it takes. */
const FEW_BYTES = 8 * 1024

/** `numbers` ascend. What is given stands until the next is asked for. */
export async function* windowsOf(
  { places, source }: Pick<Stock, 'places' | 'source'>,
  numbers: Uint32Array,
): AsyncGenerator<Window, void, void> {
  let buffer = Buffer.allocUnsafe(WINDOW_BYTES)
  for (let from = 0, to = 0; from < numbers.length; from = to) {
    const offset = places.offsetOf(numbers[from] as number)
    let end = offset + places.lengthOf(numbers[from] as number)
    for (to = from + 1; to < numbers.length; to++) {
      const number = numbers[to] as number
      const next = places.offsetOf(number)
      const nextEnd = next + places.lengthOf(number)
      if (next - end > GAP_BYTES || nextEnd - offset > WINDOW_BYTES) break
      end = nextEnd
    }
    const length = end - offset
    if (length <= FEW_BYTES) yield { bytes: source.readSync(offset, length), offset, from, to }
    else {
      if (length > buffer.length) buffer = Buffer.allocUnsafe(length)
      const bytes = buffer.subarray(0, length)
      await source.read(bytes, offset)
      yield { bytes, offset, from, to }
    }
  }
}
