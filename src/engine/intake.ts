/** Takes in the findings of one attempt: marks the known ones, counts, and passes them on or keeps them back. */
import { isUnobserved } from '../judge/values.js'
import type { Check, Finding, Observation, SubjectSpec } from '../kinds/kind.js'
import { valueToJson } from '../lib/value.js'
import { type HeldFindings, holdFindings } from './held-findings.js'
import { createKnown } from './known-findings.js'

export interface Intake {
  readonly take: (findings: readonly Finding[]) => Promise<void>
  /** A bug of the kind in words: a subject that is not the number of findings it counts. */
  readonly wrong: (observation: Observation) => string | undefined
  /** Findings to subtract, by class; none where there are more than `known.max`. */
  readonly known: () => Readonly<Record<string, number>>
  /** Findings by class without those subtracted. */
  readonly counts: () => Readonly<Record<string, number>>
  readonly notes: () => readonly string[]
  /** Known keys that were not among the findings. */
  readonly unseenKnown: () => number
  /** Known keys that were. */
  readonly seenKnown: () => number
  /** Passes on what was kept back. Called once, for the attempt that counts. */
  readonly release: () => Promise<void>
  readonly discard: () => Promise<void>
}

export interface IntakeOptions {
  readonly check: Pick<Check, 'id' | 'kind' | 'known' | 'retry'>
  readonly subjects: readonly SubjectSpec[]
  readonly emit: (finding: Finding) => Promise<void> | undefined
  readonly now: Date
  /** Where kept findings may be written. */
  readonly path: string
}

export function createIntake({ check, subjects, emit, now, path }: IntakeOptions): Intake {
  const names = new Set(subjects.map((subject) => subject.name))
  const listed = createKnown(check.known, now)
  const all = new Map<string, number>()
  const known = new Map<string, number>()
  // Which attempt counts, or whether too much is known, is clear only at the end.
  const held: HeldFindings | undefined =
    check.retry !== undefined || check.known?.max !== undefined ? holdFindings(path) : undefined

  const total = () => [...known.values()].reduce((sum, count) => sum + count, 0)
  const tooMany = () => check.known?.max !== undefined && total() > check.known.max
  const send = async (findings: readonly Finding[]) => {
    for (const finding of findings) {
      const sent = emit(finding)
      if (sent !== undefined) await sent
    }
  }

  return {
    take: async (findings) => {
      const marked = findings.map((finding) => {
        if (!names.has(finding.finding)) throw new Error(`kind ${check.kind} has no subject "${finding.finding}"`)
        add(all, finding.finding)
        if (listed?.lists(finding) !== true) return finding
        add(known, finding.finding)
        return { ...finding, known: true as const }
      })
      await (held === undefined ? send(marked) : held.add(marked))
    },
    wrong: ({ subjects: observed }) => {
      for (const [name, count] of all) {
        const value = Object.hasOwn(observed, name) ? observed[name] : undefined
        if (value === undefined || isUnobserved(value) || valueToJson(value) === count) continue
        return `kind ${check.kind} says ${name} is ${String(value)} and yielded ${count} of them`
      }
      return undefined
    },
    known: () => (tooMany() ? {} : Object.fromEntries(known)),
    counts: () => {
      const less = tooMany() ? new Map<string, number>() : known
      const left = [...all].map(([name, count]) => [name, count - (less.get(name) ?? 0)] as const)
      return Object.fromEntries(left.filter(([, count]) => count > 0))
    },
    notes: () => {
      if (total() === 0) return []
      const max = check.known?.max
      if (tooMany()) return [`${total()} known findings are more than the ${max} allowed, so none is subtracted`]
      return [`${total()} known ${total() === 1 ? 'finding' : 'findings'} subtracted: ${check.known?.reason}`]
    },
    unseenKnown: () => listed?.unseen() ?? 0,
    seenKnown: () => listed?.seen() ?? 0,
    release: async () => {
      if (held === undefined) return
      const strip = tooMany()
      for await (const page of held.read()) await send(strip ? page.map(({ known: _, ...finding }) => finding) : page)
      await held.discard()
    },
    discard: async () => held?.discard(),
  }
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}
