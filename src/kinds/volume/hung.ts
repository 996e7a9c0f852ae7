/** What is left to say of a mount that does not answer: what the mount table, which never blocks, says of it. */
import { keyToText } from '../../lib/key.js'
import type { Mount } from '../../lib/mountinfo.js'
import type { Observation, Observed } from '../kind.js'
import { mountSubjects, placed } from './mount.js'
import type { VolumeSpec } from './schema.js'
import { filled } from './subjects.js'

/** `why`: how long it was waited for. Links of the path are not known then. */
export function hung(spec: VolumeSpec, mounts: readonly Mount[], why: string): Observation {
  const where = placed(spec, mounts, { mountId: undefined, real: undefined, realPlace: undefined, absent: false })
  if (where === undefined) {
    const reason = `${spec.path} does not answer: ${why}`
    return { subjects: filled(spec, {}, reason), gaps: [reason] }
  }
  const { type, source, point } = where.owner
  const reason = `${type} ${keyToText(source)}, mounted at ${keyToText(point)}, does not answer: ${why}`
  const known: Readonly<Record<string, Observed>> = mountSubjects(where, undefined)
  return {
    subjects: filled(spec, known, reason),
    gaps: [reason],
    diagnoses: [
      {
        summary: `every program that touches ${keyToText(point)} waits for it, the application too`,
        suggestion: `see whether what serves ${keyToText(source)} runs, and mount it again`,
      },
    ],
    method: 'mountinfo alone: the mount did not answer',
  }
}
