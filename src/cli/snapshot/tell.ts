/** What is said of a record that was taken. Pure. */
import type { CheckEnd } from '../../engine/events.js'
import { count, formatNumber, wrapText } from '../../lib/text.js'
import { escapeJson } from '../../lib/text-escape.js'
import { detectColor, detectUnicode, detectWidth, type Env } from '../../lib/text-terminal.js'
import { formatSize } from '../../lib/units.js'
import { paragraph } from '../../reporters/paragraph.js'
import { createStyle, joinLines, type Style } from '../../reporters/style.js'
import type { Snapshot } from '../../snapshot/snapshot.js'
import type { OutStream } from '../outputs.js'

export interface Recording {
  /** As the user named it. */
  readonly output: string
  readonly snapshot: Snapshot
  readonly unobserved: readonly UnobservedSubject[]
  readonly signed: boolean
  /** Of the file; undefined where it could not be written. */
  readonly bytes?: number
  readonly sha256?: string
  /** Why it could not be written. */
  readonly unwritten?: string
}

export interface UnobservedSubject {
  readonly check: string
  readonly subject: string
  readonly reason: string
}

/** Those a check is set not to measure are none. */
export function unobservedIn(ends: readonly CheckEnd[]): readonly UnobservedSubject[] {
  return ends.flatMap(({ id, unobserved, unasked = [] }) =>
    Object.entries(unobserved)
      .filter(([subject]) => !unasked.includes(subject))
      .map(([subject, reason]) => ({ check: id, subject, reason })),
  )
}

export interface LookOptions {
  readonly env: Env
  readonly color: boolean
  readonly stdout: OutStream
  readonly quiet: boolean
}

/** Longer lists are for `--json`. */
const MOST = 10

export function linesOf(recording: Recording, { env, color, stdout, quiet }: LookOptions): string {
  const { output, snapshot, unobserved, unwritten, sha256 } = recording
  const style = createStyle({
    width: Math.min(120, detectWidth(env, stdout)),
    color: detectColor(env, stdout, color),
    unicode: detectUnicode(env, process.platform),
  })
  const lost = unwritten !== undefined
  const title = lost
    ? `the record could not be written to ${output}: ${unwritten}`
    : `recorded in ${output}, as of ${snapshot.taken_at}`
  const mark = lost ? 'error' : unobserved.length > 0 ? 'warn' : 'pass'
  const head = wrapText(`${style.mark(mark)} ${style.text(title)}`, style.width).map((line) =>
    style.paint.bold(style.paint[mark](line)),
  )
  if (quiet && mark === 'pass') return ''
  const next = `after the move: postflight verify --baseline ${output}`
  return joinLines([
    ...head,
    ...paragraph(style, 'holds', [style.text(holds(recording))]),
    ...(sha256 === undefined ? [] : paragraph(style, 'sha256', [sha256])),
    ...already(snapshot, style),
    ...unobservedLines(unobserved, style),
    ...(lost ? [] : paragraph(style, 'next', [style.text(next)], { wrap: false })),
  ])
}

function holds({ snapshot, bytes, signed }: Recording): string {
  const checks = Object.values(snapshot.checks)
  const subjects = checks.reduce((sum, check) => sum + Object.keys(check.subjects).length, 0)
  const size = bytes === undefined ? '' : ` in ${formatSize(bytes)}`
  return `${count(subjects, 'subject')} of ${count(checks.length, 'check')}${size}, ${signed ? 'signed' : 'not signed'}`
}

/** What was wrong before is not the fault of the move. */
function already({ checks }: Snapshot, style: Style): readonly string[] {
  const failing = Object.entries(checks)
    .filter(([, { outcome }]) => outcome === 'fail')
    .map(([id]) => id)
  if (failing.length === 0) return []
  const shown = failing.slice(0, MOST).join(', ')
  const more = failing.length > MOST ? ` and ${formatNumber(failing.length - MOST)} more` : ''
  return paragraph(style, 'already', [style.text(`failing before the move: ${shown}${more}`)])
}

function unobservedLines(unobserved: readonly UnobservedSubject[], style: Style): readonly string[] {
  if (unobserved.length === 0) return []
  const lines = [...byReason(unobserved)].map(
    ([reason, [check, ...subjects]]) => `${check}: ${subjects.join(', ')}: ${reason.slice((check ?? '').length + 1)}`,
  )
  const more = lines.length > MOST ? [`and ${formatNumber(lines.length - MOST)} more`] : []
  const told = [...lines.slice(0, MOST), ...more].map((line) => style.text(line))
  return paragraph(style, 'unseen', [`${count(unobserved.length, 'subject')} not observed (exit 3)`, ...told])
}

/** Check and reason, to the check and those of its subjects. */
function byReason(unobserved: readonly UnobservedSubject[]): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>()
  for (const { check, subject, reason } of unobserved) {
    const key = `${check}\0${reason}`
    const list = found.get(key) ?? [check]
    list.push(subject)
    found.set(key, list)
  }
  return found
}

export function jsonOf({ output, snapshot, unobserved, unwritten, bytes, sha256, signed }: Recording): string {
  const { taken_at, run, name, databases, checks } = snapshot
  const document = {
    v: 1,
    snapshot: { file: output, bytes, sha256, signed, taken_at, run, name, databases },
    checks: Object.fromEntries(
      Object.entries(checks).map(([id, { outcome, subjects }]) => [id, { outcome, subjects }]),
    ),
    unobserved,
    ...(unwritten === undefined ? {} : { unwritten }),
  }
  return `${escapeJson(JSON.stringify(document, undefined, 2))}\n`
}
