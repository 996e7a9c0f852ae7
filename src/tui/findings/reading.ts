/** What is asked of the findings, wherever their file comes from. */
import type { Finding } from '../../kinds/kind.js'
import type { Book, FindingNumber } from './book.js'
import { find } from './find.js'
import { findingOf, unreadable } from './finding-of.js'
import { group } from './group.js'
import type { Places } from './places.js'
import type { Shelves } from './shelves.js'
import type { Source } from './source.js'

export interface Stock {
  readonly places: Places
  readonly shelves: Shelves
  readonly source: Source
  /** A private directory that is there already, for what is sorted beyond memory. */
  readonly scratch: string
}

export function readingOf(stock: Stock): Pick<Book, 'counts' | 'at' | 'find' | 'group'> {
  return {
    counts: stock.shelves.counts,
    at: (number) => findingAt(stock, number),
    find: (query, looking) => find(stock, query, looking),
    group: (query, looking) => group(stock, query, looking),
  }
}

/** Never throws: a view has nowhere to put an error. */
function findingAt({ places, source }: Stock, number: FindingNumber): Finding {
  if (!(number >= 0 && number < places.count())) return unreadable(`there is no finding ${number}`)
  try {
    const finding = findingOf(source.readSync(places.offsetOf(number), places.lengthOf(number)).toString())
    return 'wrong' in finding ? unreadable(finding.wrong) : finding
  } catch (error) {
    return unreadable(`its line cannot be read: ${(error as Error).message}`)
  }
}
