/** A desk and a book in memory, for tests of the audit's views. */
import type { CheckFinding, RunEvent } from '../../src/engine/events.js'
import type { Finding } from '../../src/kinds/kind.js'
import { keyFromJson } from '../../src/lib/key.js'
import { presentPlainly } from '../../src/reporters/present.js'
import type { Desk, Runner } from '../../src/tui/desk.js'
import type { Book, Group, Query } from '../../src/tui/findings/book.js'

export interface MemoryBook extends Book {
  readonly reads: () => number
}

export function memoryBook(events: readonly CheckFinding[] = []): MemoryBook {
  const all: { id: string; finding: Finding }[] = []
  const gone = new Set<number>()
  const aside = new Map<string, ReadonlySet<number>>()
  let reads = 0
  const keyOf = ({ key, key_b64 }: Finding): string =>
    key === undefined ? '' : keyFromJson({ key, ...(key_b64 === undefined ? {} : { key_b64 }) })
  const fits = (query: Query) => (number: number) => {
    const { id, finding } = all[number]!
    const text = query.text ?? ''
    const holds = JSON.stringify(finding).toLowerCase().includes(text.replace(/^!/, '').toLowerCase())
    return (
      !gone.has(number) &&
      id === query.check &&
      (query.finding === undefined || finding.finding === query.finding) &&
      keyOf(finding).startsWith(query.prefix ?? '') &&
      (text === '' || holds !== text.startsWith('!'))
    )
  }
  const found = (query: Query): number[] => {
    const numbers = all.map((_, number) => number).filter(fits(query))
    const by = (value: (finding: Finding) => string | number) =>
      numbers.toSorted((a, b) => (value(all[a]!.finding) < value(all[b]!.finding) ? -1 : 1))
    if (query.sort === 'key') return by(keyOf)
    return query.sort === 'class' ? by(({ finding }) => finding) : numbers
  }
  const add = (event: CheckFinding): undefined => void all.push({ id: event.id, finding: event.finding })
  for (const event of events) add(event)
  return {
    reads: () => reads,
    add,
    forget: (check) => {
      for (const [number, { id }] of all.entries()) if (id === check) gone.add(number)
    },
    setAside: (check) => {
      aside.set(check, new Set(all.flatMap((one, number) => (one.id === check && !gone.has(number) ? number : []))))
      for (const number of aside.get(check) ?? []) gone.add(number)
    },
    putBack: (check) => {
      for (const [number, { id }] of all.entries()) if (id === check) gone.add(number)
      for (const number of aside.get(check) ?? []) gone.delete(number)
    },
    counts: (check) => {
      const counts: Record<string, number> = {}
      for (const number of found({ check, sort: 'found' })) {
        const { finding } = all[number]!.finding
        counts[finding] = (counts[finding] ?? 0) + 1
      }
      return counts
    },
    at: (number) => {
      reads++
      return all[number]!.finding
    },
    find: async (query) => Uint32Array.from(found(query)),
    group: async (query) => {
      const groups = new Map<string, Group>()
      const above = query.prefix ?? ''
      for (const number of found(query)) {
        const { finding } = all[number]!
        const key = keyOf(finding)
        const slash = key.indexOf('/', above.length)
        const prefix = slash === -1 ? key : key.slice(0, slash + 1)
        const group = groups.get(prefix) ?? { prefix, isDirectory: slash !== -1, count: 0, classes: {} }
        const classes = { ...group.classes, [finding.finding]: (group.classes[finding.finding] ?? 0) + 1 }
        groups.set(prefix, { ...group, count: group.count + 1, classes })
      }
      return [...groups.values()].toSorted((a, b) => b.count - a.count)
    },
    incomplete: () => undefined,
    close: async () => {},
  }
}

export interface MemoryDesk extends Desk {
  readonly book: MemoryBook
  readonly tell: (event: RunEvent) => void
  readonly copies: string[]
  readonly edits: string[]
  readonly exports: Parameters<Desk['export']>[0][]
}

export function memoryDesk(
  events: readonly RunEvent[],
  { runner, live = false }: { readonly runner?: Runner; readonly live?: boolean } = {},
): MemoryDesk {
  const listeners = new Set<(event: RunEvent) => void>()
  const book = memoryBook(events.filter((event) => event.type === 'check:finding'))
  const copies: string[] = []
  const edits: string[] = []
  const exports: Parameters<Desk['export']>[0][] = []
  return {
    told: live ? [] : events.filter((event) => event.type !== 'check:finding' && event.type !== 'check:progress'),
    listen: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    tell: (event) => {
      if (event.type === 'check:finding') void book.add(event)
      else for (const listener of listeners) listener(event)
    },
    book,
    present: (_, finding) => presentPlainly(finding),
    runner,
    ...(runner === undefined ? { recording: 'run.ndjson' } : {}),
    now: () => Date.parse('2026-11-23T15:01:00.000Z'),
    copies,
    edits,
    exports,
    copy: (text) => {
      copies.push(text)
      return 'copied'
    },
    edit: async ({ file, line }) => void edits.push(`${file}:${line}`),
    export: async (request) => {
      exports.push(request)
      return `wrote ${request.numbers.length} findings to ${request.path}`
    },
  }
}
