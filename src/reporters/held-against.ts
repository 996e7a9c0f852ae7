/** The record that a run was held against, in words. Pure. */
import type { RunStart } from '../engine/events.js'
import { listWords } from '../lib/text.js'

type HeldAgainst = NonNullable<RunStart['baseline']>

const SIGNED = { no: '', 'not checked': ', its signature not checked', checked: ', its signature checked' } as const

/** `before.snapshot, taken 2026-11-23 15:00:00 UTC of shop, its signature checked` */
export function recordWords({ file, taken_at, signed, databases = [] }: HeldAgainst): string {
  const of = databases.length === 0 ? '' : ` of ${listWords(databases)}`
  return `${file}, taken ${taken_at.replace('T', ' ').replace(/\.\d+Z$/, ' UTC')}${of}${SIGNED[signed]}`
}

export function heldAgainstWords(baseline: HeldAgainst): string {
  return `held against ${recordWords(baseline)}`
}

/** With the digest it can be told from any other by. */
export function heldAgainstWhole(baseline: HeldAgainst): string {
  return `${heldAgainstWords(baseline)}, sha256 ${baseline.sha256}`
}
