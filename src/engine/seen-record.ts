/** What a check is told of the record that is held against, or taken. */
import type { CheckRecordSeen } from '../kinds/kind.js'
import type { RunOptions } from './run-options.js'

export const NO_BASELINE = 'no baseline was given (--baseline FILE, or --no-baseline)'

export function seenRecord(
  id: string,
  { baseline, kept, recording, redactor }: Pick<RunOptions, 'baseline' | 'kept' | 'recording' | 'redactor'>,
): CheckRecordSeen {
  if (recording !== undefined) return { take: true, part: recording.partOf(id), holdsSecret: redactor.holds }
  if (baseline === 'dropped') return { dropped: '--no-baseline' }
  if (baseline === undefined) return { missing: NO_BASELINE }
  const own = kept?.get(id)
  return own === undefined ? { missing: `the baseline holds nothing of the check "${id}"` } : own
}
