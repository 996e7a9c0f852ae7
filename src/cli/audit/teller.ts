/** Hands the events of one run on: findings to the book, everything else to those who listen. Keeps what ended how. */
import type { CheckEnd, Emit, RunEvent, RunStart } from '../../engine/events.js'
import { isSettled } from '../../journal/kept.js'
import type { Book } from '../../tui/findings/book.js'

export interface Teller {
  readonly emit: Emit
  readonly told: () => {
    readonly start: RunStart
    readonly ends: readonly CheckEnd[]
    /** Checks that had come to something before the run was stopped. */
    readonly over: ReadonlySet<string>
  }
}

export interface TellerOptions {
  readonly book: Pick<Book, 'add' | 'forget' | 'setAside'>
  /** Told of every event but findings, which are in the book by then. */
  readonly onEvent: (event: RunEvent) => void
  /** Checks whose findings are in the book from a run before, and stand. */
  readonly kept: ReadonlySet<string>
  readonly isStopped: () => boolean
  /** One more reader, told first. */
  readonly journal?: { readonly onEvent: (event: RunEvent) => Promise<void> | undefined } | undefined
}

export function createTeller({ book, onEvent, kept, isStopped, journal }: TellerOptions): Teller {
  let start: RunStart | undefined
  const ends = new Map<string, CheckEnd>()
  const started = new Set<string>()
  const over = new Set<string>()

  const emit = (event: RunEvent): Promise<void> | undefined => {
    const noted = journal?.onEvent(event)
    if (event.type === 'check:finding') return both(noted, book.add(event))
    if (event.type === 'run:start') start = event
    if (event.type === 'check:start') {
      // Each attempt observes afresh; what the run before found is set aside, for this one may be stopped.
      if (started.has(event.id)) book.forget(event.id)
      else book.setAside(event.id)
      started.add(event.id)
    }
    if (event.type === 'check:end') {
      // One that never began, as it was blocked, or stopped before, has none of the findings of the run before.
      if (!kept.has(event.id) && !started.has(event.id)) book.setAside(event.id)
      ends.set(event.id, event)
      if (!isStopped() || kept.has(event.id) || isSettled(event)) over.add(event.id)
    }
    onEvent(event)
    return noted
  }
  return {
    emit,
    told: () => {
      if (start === undefined) throw new Error('a run has ended that never began')
      return { start, ends: [...ends.values()], over }
    },
  }
}

function both(one: Promise<void> | undefined, other: Promise<void> | undefined): Promise<void> | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Promise.all([one, other]).then(() => undefined)
}
