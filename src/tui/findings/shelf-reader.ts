/** The shelf of a finding from the bytes of its line, which mostly begins as the one before it. */
import { emptyHead, isWhole, readHead, startsWith } from './head.js'
import type { Shelves } from './shelves.js'

export interface ShelfReader {
  /** Undefined where the line has to be parsed. */
  readonly shelfOf: (bytes: Buffer, from: number, to: number) => number | undefined
  /** To be called where shelves are cleared. */
  readonly reset: () => void
}

export function createShelfReader(shelves: Shelves): ShelfReader {
  const head = emptyHead()
  /** The line up to the class, and the classes that came behind it, each with the quote at its end. */
  let beginning: Buffer | undefined
  let classes: { readonly bytes: Buffer; readonly shelf: number }[] = []
  return {
    shelfOf: (bytes, from, to) => {
      if (!isWhole(bytes, from, to)) return undefined
      const behind = beginning !== undefined && startsWith(bytes, from, to, beginning) ? from + beginning.length : -1
      const known = behind < 0 ? undefined : classes.find((one) => startsWith(bytes, behind, to, one.bytes))
      if (known !== undefined) return known.shelf
      if (!readHead(bytes, from, to, head)) return undefined
      const { idFrom, idTo, classFrom, classTo } = head
      const shelf = shelves.of(bytes.toString('utf8', idFrom, idTo), bytes.toString('utf8', classFrom, classTo))
      if (behind < 0 || classes.length >= MOST_CLASSES) classes = []
      beginning = Buffer.from(bytes.subarray(from, classFrom))
      classes.push({ bytes: Buffer.from(bytes.subarray(classFrom, classTo + 1)), shelf })
      return shelf
    },
    reset: () => {
      beginning = undefined
      classes = []
    },
  }
}

const MOST_CLASSES = 16
