/**
 * What there is to say of a check, as plain text in the order it is read in. Every format lays it out and escapes it in
 * its own way; none leaves out who acts, how bad it is, what to do, where it is written and from where it was looked at.
 */
import type { AssertionResult, CheckEnd, Outcome } from '../engine/events.js'
import { fileName, isScripted, recoverName } from '../engine/list-names.js'
import { count, formatNumber } from '../lib/text.js'
import { formatDuration } from '../lib/units.js'
import type { CheckReport } from './collect.js'
import { placeText } from './excerpt.js'
import { pickFindings } from './pick-findings.js'
import type { Present } from './presenters.js'
import { notSeen, seenSubjects, seenValue, typeIn } from './seen.js'
import { whyText } from './why.js'

/** A label and what stands behind it. Texts may hold line breaks and anything else: not escaped. */
export interface Words {
  readonly label: string
  readonly texts: readonly string[]
}

export interface WordsContext {
  readonly present: Present
  /** Where `--findings` wrote. */
  readonly findingsDir?: string | undefined
}

const UNFINISHED = 'the run broke off before this check was over'

/** A check without an end could not be told. */
export function outcomeOf({ end }: Pick<CheckReport, 'end'>): Outcome {
  return end?.outcome ?? 'error'
}

/** Why, in one line; empty where nothing has to be said. */
export function reasonOf({ end }: Pick<CheckReport, 'end'>): string {
  if (end === undefined) return UNFINISHED
  const why = whyText(end)
  return why === '' && end.outcome === 'skip' ? 'no reason given' : why
}

/** What there is to say beside the outcome and its reason; of one that passed, no more than was seen and its remarks. */
export function checkWords(check: CheckReport, { present, findingsDir }: WordsContext): readonly Words[] {
  const { planned, end } = check
  const fix: Words[] = [
    { label: 'fix', texts: [planned.remediation] },
    { label: 'runbook', texts: optional(planned.runbook) },
  ]
  if (end === undefined) return fix.filter(({ texts }) => texts.length > 0)
  const broken = end.assertions.filter(({ ok }) => !ok)
  const named = new Set(broken.map(({ subject }) => subject))
  const seen = seenSubjects(end, named)
  const words: readonly Words[] = [
    { label: 'at', texts: end.at_place === undefined ? [] : [placeText(end.at_place, true)] },
    { label: 'hint', texts: optional(end.hint) },
    { label: 'expected', texts: broken.map((assertion) => assertionText(assertion, end)) },
    { label: 'seen', texts: seen.length === 0 ? [] : [seen.join(', ')] },
    { label: 'unseen', texts: notSeen(end, named) },
    ...end.diagnoses.flatMap(({ summary, suggestion }) => [
      { label: 'cause', texts: [summary] },
      { label: 'paste', texts: optional(suggestion) },
    ]),
    { label: 'findings', texts: findingTexts(check, present, findingsDir) },
    { label: 'put back', texts: putBack(check, findingsDir) },
    { label: 'gap', texts: end.gaps },
    { label: 'note', texts: end.notes },
    { label: 'waived', texts: end.waiver === undefined ? [] : [waiverText(end.waiver)] },
    ...(end.outcome === 'pass' ? [] : fix),
  ]
  return words.filter(({ texts }) => texts.length > 0)
}

/** Who acts, how bad it is, where it is written, from where it was looked at, how often, how long. */
export function circumstances(check: CheckReport): string[] {
  const { planned } = check
  return [`owner ${planned.owner}`, `severity ${planned.severity}`, `kind ${planned.kind}`, ...placeAndTime(check)]
}

export function placeAndTime({ planned, end }: CheckReport): string[] {
  const attempts = end?.attempts.length ?? 0
  const vantage = end?.vantage ?? planned.vantage
  return [
    placeText(planned.place),
    ...(planned.migration === undefined ? [] : [`migration ${planned.migration}`]),
    vantage === 'local' ? 'local' : `seen from ${vantage}`,
    // Of what is not local, how it was reached is worth a word; `local` twice is none.
    ...(end?.method === undefined || end.method === 'local' ? [] : [end.method]),
    ...(attempts > 1 ? [`${attempts} attempts`] : []),
    ...(end === undefined || end.duration_ms === 0 ? [] : [formatDuration(end.duration_ms)]),
  ]
}

export function waiverText(waiver: NonNullable<CheckEnd['waiver']>): string {
  const by = waiver.approved_by === undefined ? '' : ` by ${waiver.approved_by}`
  return `accepted${by}${waiver.expires === undefined ? ', without an end' : ` until ${waiver.expires}`}`
}

/** What to run for it, where the lists are written; otherwise how they are had. */
export function putBack({ planned, end }: CheckReport, findingsDir: string | undefined): string[] {
  return (end?.recovery ?? []).map((way) => {
    const { source, target, several } = way
    const which = several === true ? `${source} into ${target}` : source
    if (findingsDir === undefined) return `from ${which}: --findings DIR writes the list and what to run`
    const path = `${findingsDir}/${fileName(planned.id)}.${recoverName(way)}`
    return `from ${which}: ${isScripted(way) ? `sh ${path}.sh` : `${path}.txt`}`
  })
}

/** What was seen where something was expected, or why nothing was. */
export function seenText({ subject, actual, unevaluated, withheld }: AssertionResult, end: CheckEnd): string {
  if (unevaluated !== undefined) {
    const reason = Object.hasOwn(end.unobserved, subject) ? end.unobserved[subject] : undefined
    // A note says it once for all that hangs on it.
    return reason !== undefined && end.notes.includes(reason)
      ? 'not measured'
      : `not measured: ${reason ?? unevaluated}`
  }
  return withheld === undefined ? seenValue(actual, typeIn(end, subject)) : `not shown: ${withheld}`
}

function assertionText(assertion: AssertionResult, end: CheckEnd): string {
  const byDefault = assertion.origin === 'default' ? ' (default)' : ''
  const measured = assertion.unevaluated === undefined && assertion.withheld === undefined
  const seen = `${measured ? 'seen ' : ''}${seenText(assertion, end)}`
  return `${assertion.subject} ${assertion.expected}${byDefault}, ${seen}`
}

/** Where all of them are, for those that are not shown. */
export function restText(id: string, findingsDir: string | undefined): string {
  return findingsDir === undefined ? 'all of them with --findings DIR' : `${findingsDir}/${fileName(id)}.ndjson`
}

function findingTexts({ planned, end, findings }: CheckReport, present: Present, dir: string | undefined): string[] {
  const total = Object.values(end?.counts ?? {}).reduce((sum, number) => sum + number, 0)
  if (total === 0 && findings.length === 0) return []
  const classes = Object.entries(end?.counts ?? {})
    .filter(([, number]) => number > 0)
    .map(([name, number]) => `${formatNumber(number)} ${name}`)
  const shown = pickFindings(findings)
  const told = shown.map((finding) => {
    const { headline, detail } = present(planned.kind, finding)
    return `- ${[headline, ...detail.slice(0, 3)].join('; ')}`
  })
  const rest = total - shown.length
  return [
    classes.length === 0 ? count(total, 'finding') : classes.join(', '),
    // Rows that may not be shown all read the same; once is enough.
    ...new Set(told),
    ...(rest > 0 ? [`... and ${formatNumber(rest)} more: ${restText(planned.id, dir)}`] : []),
  ]
}

function optional(text: string | undefined): string[] {
  return text === undefined ? [] : [text]
}
