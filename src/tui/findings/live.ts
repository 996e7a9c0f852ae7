/** The findings of a run under way, in a file of its own that is gone with the process. */
import { open, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { UsageError } from '../../lib/errors.js'
import { count } from '../../lib/text.js'
import type { Book } from './book.js'
import { createPlaces } from './places.js'
import { readingOf } from './reading.js'
import { createShelves } from './shelves.js'
import { tailFile } from './tail-file.js'

export interface LiveOptions {
  /** A private directory that is there already; it holds nothing of the book but what is being sorted. */
  readonly scratch: string
}

/** Throws a UsageError where nothing can be written there. */
export async function openLiveBook({ scratch }: LiveOptions): Promise<Book> {
  const path = join(scratch, 'findings.ndjson')
  const file = await open(path, 'wx+', 0o600).catch((cause: Error) => {
    throw new UsageError(`findings cannot be kept in ${scratch}: ${cause.message}`, {
      cause,
      suggestions: ['set TMPDIR to a directory that can be written'],
    })
  })
  // Whatever ends the process, nothing of it stays.
  await rm(path)
  const places = createPlaces()
  const shelves = createShelves()
  const tail = tailFile(file)
  const lost = new Map<string, number>()
  const lostAside = new Map<string, number>()
  let reason = ''
  const forget = (check: string): void => {
    shelves.forget(check)
    lost.delete(check)
    // There may be room by now.
    tail.tryAgain()
  }
  return {
    ...readingOf({ places, shelves, source: tail, scratch }),
    add: (event) => {
      const { id } = event
      const place = tail.add(JSON.stringify(event))
      if (place === undefined) {
        reason = tail.trouble() ?? reason
        lost.set(id, (lost.get(id) ?? 0) + 1)
        return undefined
      }
      const shelf = shelves.of(id, event.finding.finding)
      shelves.put(shelf)
      places.add(place.offset, place.length, shelf)
      return tail.behind()
    },
    forget,
    setAside: (check) => {
      lostAside.set(check, lost.get(check) ?? 0)
      shelves.setAside(check)
      forget(check)
    },
    putBack: (check) => {
      shelves.putBack(check)
      lost.set(check, lostAside.get(check) ?? 0)
    },
    incomplete: () => {
      const total = [...lost.values()].reduce((sum, number) => sum + number, 0)
      return total === 0 ? undefined : `${count(total, 'finding')} could not be kept to be shown here: ${reason}`
    },
    close: async () => {
      await tail.settle()
      await file.close()
    },
  }
}
