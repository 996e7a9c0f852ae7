import type { Emit, RunEvent } from './events.js'

export interface NamedReader {
  /** For people, where it fails: `junit:out.xml`. */
  readonly name: string
  readonly onEvent: (event: RunEvent) => void | Promise<void>
}

/**
 * Gives every event to every reader. One that throws is told of nothing further and named in `unwritten`; the others
 * and the run go on.
 */
export function fanOut(readers: readonly NamedReader[]): {
  readonly emit: Emit
  readonly unwritten: () => readonly string[]
} {
  const failed = new Map<NamedReader, string>()
  const fail = (reader: NamedReader) => (error: unknown) => {
    failed.set(reader, `${reader.name}: ${error instanceof Error ? error.message : String(error)}`)
  }
  const emit: Emit = (event) => {
    const waiting: Promise<void>[] = []
    for (const reader of readers) {
      if (failed.has(reader)) continue
      try {
        const read = reader.onEvent(event)
        if (read !== undefined) waiting.push(read.catch(fail(reader)))
      } catch (error) {
        fail(reader)(error)
      }
    }
    return waiting.length === 0 ? undefined : Promise.all(waiting).then(() => undefined)
  }
  return { emit, unwritten: () => [...failed.values()] }
}
