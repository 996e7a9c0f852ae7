/** What the comparison leaves over, on disk, by class: nothing large is ever held in an array. */
import { detached, type Key } from '../../lib/key.js'
import { createSpool, type SortedSpool } from '../../lib/spool.js'
import type { Finding } from '../kind.js'

export const FINDING_CLASSES = [
  'missing',
  'size_mismatch',
  'checksum_mismatch',
  'renamed',
  'unverifiable',
  'forbidden',
  'unreadable',
  'archived',
  'unsafe_key',
  'no_key',
  'zero_bytes',
  'in_flight',
  'duplicate_refs',
  'orphaned',
] as const
export type FindingClass = (typeof FINDING_CLASSES)[number]

/** A finding without its place. */
export type Mark = Omit<Finding, 'key' | 'key_b64' | 'store' | 'finding'> & {
  readonly finding: FindingClass
  /** `2019-04`, for a diagnosis; never shown with the finding. */
  readonly month?: string
}

export interface Residue {
  readonly key: Key
  readonly mark: Mark
}

export interface Residues {
  /** Gives a promise only where something is written: await it before adding on. */
  readonly add: (key: Key, mark: Mark) => Promise<void> | undefined
  readonly count: (finding: FindingClass) => number
  /** Ends adding. */
  readonly finish: () => Promise<void>
  /** Ascending, one for each key: what is said twice about a key is said once, with both reasons. */
  readonly read: (finding: FindingClass) => AsyncGenerator<readonly Residue[], void, void>
  /** Puts what `pages` gives, ascending, in the place of a class. */
  readonly replace: (finding: FindingClass, pages: AsyncIterable<readonly Residue[]>) => Promise<void>
  readonly close: () => Promise<void>
}

const RUN_BYTES = 1024 * 1024

export function createResidues(dir: string): Residues {
  const open = new Map<FindingClass, ReturnType<typeof createSpool>>()
  const kept = new Map<FindingClass, SortedSpool>()
  const counts = new Map<FindingClass, number>()
  const spool = () => createSpool({ dir, runBytes: RUN_BYTES })
  return {
    add: (key, mark) => {
      let target = open.get(mark.finding)
      if (target === undefined) {
        target = spool()
        open.set(mark.finding, target)
      }
      counts.set(mark.finding, (counts.get(mark.finding) ?? 0) + 1)
      return target.add(key, encodeMark(mark))
    },
    count: (finding) => counts.get(finding) ?? 0,
    finish: async () => {
      for (const [finding, target] of open) {
        kept.set(finding, await target.finish())
        open.delete(finding)
      }
    },
    read: (finding) => distinct(kept.get(finding)),
    replace: async (finding, pages) => {
      const target = spool()
      let count = 0
      try {
        for await (const page of pages) {
          for (const { key, mark } of page) {
            count++
            await target.add(key, encodeMark(mark))
          }
        }
        const old = kept.get(finding)
        kept.set(finding, await target.finish())
        counts.set(finding, count)
        await old?.close()
      } catch (error) {
        await target.close()
        throw error
      }
    },
    close: async () => {
      for (const target of [...open.values(), ...kept.values()]) await target.close()
    },
  }
}

async function* distinct(spool: SortedSpool | undefined): AsyncGenerator<readonly Residue[], void, void> {
  if (spool === undefined) return
  let held: Residue | undefined
  for await (const page of spool.read()) {
    const done: Residue[] = []
    for (const record of page) {
      // Some are kept until they have been looked at again, and must not keep the blocks they lay in.
      const next = { key: detached(record.key), mark: decodeMark(record.rest) }
      if (held !== undefined && held.key === next.key) {
        held = { key: held.key, mark: joinMarks(held.mark, next.mark) }
        continue
      }
      if (held !== undefined) done.push(held)
      held = next
    }
    if (done.length > 0) yield done
  }
  if (held !== undefined) yield [held]
}

function joinMarks(first: Mark, second: Mark): Mark {
  const reasons = [...new Set([first.reason, second.reason].filter((reason) => reason !== undefined))]
  return { ...second, ...first, ...(reasons.length === 0 ? {} : { reason: reasons.join('; ') }) }
}

/** JSON with one byte in each character, as the spool wants it. */
export function encodeMark(mark: Mark): string {
  return JSON.stringify(mark).replace(/[^\0-\u00ff]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}

export function decodeMark(rest: string): Mark {
  return JSON.parse(rest) as Mark
}
