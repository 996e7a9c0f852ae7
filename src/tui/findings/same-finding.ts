/** The finding of an earlier run among those of the run that came after it: of the same class, store and key. */
import type { Finding } from '../../kinds/kind.js'
import type { Book, FindingNumber } from './book.js'
import { keyOf } from './finding-of.js'

/** Undefined: there is none any more, or it has no key to be known by. */
export async function sameFinding(
  book: Pick<Book, 'at' | 'find'>,
  check: string,
  number: FindingNumber,
  signal: AbortSignal,
): Promise<FindingNumber | undefined> {
  const { finding, store } = book.at(number)
  const key = keyOf(book.at(number))
  if (key === undefined) return undefined
  const isSame = (other: Finding): boolean => other.store === store && keyOf(other) === key
  const candidates = await book.find({ check, finding, prefix: key, sort: 'found' }, { signal })
  return candidates.find((candidate) => isSame(book.at(candidate)))
}
