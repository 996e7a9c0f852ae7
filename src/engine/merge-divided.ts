/**
 * A check of which every part had a part: the kind adds up, and the judge judges the sums. Where a part is missing, only
 * what no part can change is judged, and the gap is stated.
 */
import { join } from 'node:path'
import { judgePart } from '../judge/part.js'
import { type JudgeInput, judge } from '../judge/verdict.js'
import type { Combine, Finding, Observation } from '../kinds/kind.js'
import { CheckError } from '../lib/errors.js'
import { checkEnd, type Ending } from './check-end.js'
import type { CheckEnd, CheckPart, PlannedCheck } from './events.js'
import { holdFindings } from './held-findings.js'
import { assertionsOf } from './judging.js'
import type { PartRun } from './part-run.js'
import { partText } from './shard.js'

export interface DividedOptions {
  readonly planned: PlannedCheck
  /** Those that told something of it. */
  readonly parts: readonly Told[]
  /** What is not known of the others, in words. */
  readonly lacking: readonly string[]
  readonly combine: Combine
  readonly emit: (finding: Finding) => Promise<void>
  readonly scratch: string
  readonly signal: AbortSignal
  readonly warn: (warning: string) => void
  /** When the last part ended. */
  readonly now: Date
}

export interface Told {
  readonly run: PartRun
  readonly end: CheckEnd
  readonly part: CheckPart
}

export async function mergeDivided(options: DividedOptions): Promise<CheckEnd> {
  try {
    return await putTogether(options)
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    return notTogether(error, options)
  }
}

async function putTogether(options: DividedOptions): Promise<CheckEnd> {
  const { planned, parts, lacking, emit, scratch } = options
  const [first] = parts
  if (first === undefined) throw new CheckError(lacking.join('; '))
  const { judging, open } = first.part
  const held = holdFindings(join(scratch, `found-${Buffer.from(planned.id).toString('hex')}`))
  const all = new Map<string, number>()
  const known = new Map<string, number>()
  try {
    const observation = await combined(options, async (findings) => {
      for (const finding of findings) {
        add(all, finding.finding)
        if (finding.known === true) add(known, finding.finding)
      }
      await held.add(findings)
    })
    // Nothing is told before all parts are known to fit.
    const knownTotal = sum(known)
    const tooMany = judging.known?.max !== undefined && knownTotal > judging.known.max
    for await (const page of held.read()) {
      for (const { known: mark, ...finding } of page) {
        await emit(mark === undefined || tooMany ? finding : { ...finding, known: mark })
      }
    }
    const input: JudgeInput = {
      check: { assertions: assertionsOf(judging) },
      observation:
        lacking.length === 0 ? observation : { ...observation, gaps: [...lacking, ...(observation.gaps ?? [])] },
      subjects: judging.subjects,
      known: tooMany ? {} : Object.fromEntries(known),
      baseline: judging.baseline,
      previous: judging.previous,
    }
    const verdict = lacking.length === 0 ? judge(input) : judgePart(input, open)
    tellUnseen(options)
    const notes = [...verdict.notes, ...knownNotes(knownTotal, tooMany, judging.known)]
    const counts = [...all].map(([name, count]) => [name, count - (tooMany ? 0 : (known.get(name) ?? 0))] as const)
    return ended(options, {
      ending: { ...verdict, notes },
      counts: Object.fromEntries(counts.filter(([, count]) => count > 0)),
      known: tooMany ? 0 : knownTotal,
    })
  } finally {
    await held.discard()
  }
}

async function combined(
  { parts, combine, scratch, signal }: DividedOptions,
  take: (findings: readonly Finding[]) => Promise<void>,
): Promise<Observation> {
  const recorded = parts.map(({ run, end, part: { number, of, ledger } }) => ({
    number,
    of,
    ledger,
    findings: () => run.findings(end.id),
  }))
  const combining = combine(recorded, { scratch, signal })
  for (;;) {
    const next = await combining.next()
    if (next.done === true) return next.value
    if (next.value.type === 'findings') await take(next.value.findings)
  }
}

/** They do not fit: what one of them has proven alone still stands, and nothing more can be said. */
async function notTogether(error: CheckError, options: DividedOptions): Promise<CheckEnd> {
  const { parts, lacking, emit } = options
  const proven = parts.find(({ end }) =>
    end.assertions.some((one) => one.level === 'expect' && !one.ok && one.unevaluated === undefined),
  )
  const gaps = [...new Set([error.message, ...lacking])]
  const names = parts[0]?.part.judging.subjects.map(({ name }) => name) ?? []
  const none = {
    subjects: {},
    unobserved: Object.fromEntries(names.map((name) => [name, error.message])),
    assertions: [],
    diagnoses: [],
    notes: [],
    gaps,
    hint: error.hint,
  }
  if (proven === undefined) {
    return ended(options, { ending: { ...none, outcome: 'error', message: error.message }, counts: {}, known: 0 })
  }
  for await (const page of proven.run.findings(proven.end.id)) for (const finding of page) await emit(finding)
  const { assertions, subjects, unobserved, counts, known } = proven.end
  const notes = [`what is told here is that of ${partText(proven.part)} alone`]
  return ended(options, {
    ending: { ...none, outcome: 'fail', subjects, unobserved, assertions, notes },
    counts,
    known,
  })
}

function ended(
  { planned, parts, now }: DividedOptions,
  { ending, counts, known }: { readonly ending: Ending; readonly counts: CheckEnd['counts']; readonly known: number },
): CheckEnd {
  const longest = Math.max(0, ...parts.map(({ end }) => end.duration_ms))
  const end = checkEnd({
    check: { id: planned.id, from: 'local' },
    subjects: parts[0]?.part.judging.subjects ?? [],
    ending,
    counts,
    known,
    // Those of the part that needed most of them: several parts are no second attempt.
    attempts: parts.reduce<CheckEnd['attempts']>(
      (most, { end: one }) => (one.attempts.length > most.length ? one.attempts : most),
      [],
    ),
    since: new Date(now.getTime() - longest),
    now,
    waivers: parts[0]?.part.judging.waivers ?? [],
  })
  return { ...end, vantage: planned.vantage }
}

function knownNotes(total: number, tooMany: boolean, known: CheckPart['judging']['known']): readonly string[] {
  if (total === 0) return []
  if (tooMany) return [`${total} known findings are more than the ${known?.max} allowed, so none is subtracted`]
  return [`${total} known ${total === 1 ? 'finding' : 'findings'} subtracted: ${known?.reason}`]
}

function tellUnseen({ planned, parts, lacking, warn }: DividedOptions): void {
  const listed = parts[0]?.part.judging.known?.keys ?? 0
  const unseen = listed - parts.reduce((seen, { part }) => seen + part.known_keys, 0)
  if (lacking.length === 0 && unseen > 0) warn(`${unseen} known keys of "${planned.id}" were not found any more`)
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1)
}

function sum(counts: ReadonlyMap<string, number>): number {
  return [...counts.values()].reduce((total, count) => total + count, 0)
}
