/**
 * Merging two listings is only right if both ascend. Nothing is taken on trust: a store or a database that sorts
 * another way (as several S3 servers and every linguistic collation do) ends in one clear error, never in a flood of
 * false findings. Pages of rows repeat keys on purpose, pages of a store never do.
 */
import { CheckError } from '../lib/errors.js'
import { type Key, keyToText } from '../lib/key.js'

export interface OrderOptions {
  /** Where the keys come from, safe to print. */
  readonly label: string
  /** Whether a key may come again right after itself. */
  readonly repeats: boolean
}

/**
 * A check to be given page after page; it remembers the last key. Throws a CheckError that names both keys where one
 * is out of order, or comes twice and may not.
 */
export function createOrderCheck(options: OrderOptions): (page: readonly { readonly key: Key }[]) => void {
  let last: Key | undefined
  return (page) => {
    let previous = last
    for (const { key } of page) {
      if (previous !== undefined && key <= previous && !(options.repeats && key === previous)) {
        throw orderError(options.label, previous, key)
      }
      previous = key
    }
    last = previous
  }
}

/** Of a key that does not sort behind the one before it. */
export function orderError(label: string, before: Key, after: Key): CheckError {
  return before === after ? twice(label, after) : outOfOrder(label, before, after)
}

function outOfOrder(label: string, before: Key, after: Key): CheckError {
  return new CheckError(`${label} does not list in byte order: ${quote(before)} comes before ${quote(after)}`, {
    hint: 'merged as it is, it would give false findings, so nothing was compared',
  })
}

function twice(label: string, key: Key): CheckError {
  return new CheckError(`${label} lists ${quote(key)} twice`, {
    hint: 'a listing must hold each key once; the store may have changed while it was read, so look again',
  })
}

function quote(key: Key): string {
  return JSON.stringify(keyToText(key))
}
