/** What is left to say of a mount that does not answer: what the mount table, which never blocks, says of it. */
import { keyToText } from '../../lib/key.js'
import type { Mount } from '../../lib/mountinfo.js'
import type { Observation, Observed } from '../kind.js'
import { isServed, mountSubjects, type Placed, placed } from './mount.js'
import type { VolumeSpec } from './schema.js'
import { filled } from './subjects.js'

/** `why`: how long it was waited for. Links of the path are not known then. */
export function hung(spec: VolumeSpec, mounts: readonly Mount[], why: string): Observation {
  const where = placed(spec, mounts, { mountId: undefined, real: undefined, realPlace: undefined, absent: false })
  return where !== undefined && isServed(where.owner) ? silent(spec, where, why) : behindLink(spec, mounts, why)
}

function silent(spec: VolumeSpec, where: Placed, why: string): Observation {
  const { source, point } = where.owner
  const reason = `${told(where.owner)} does not answer: ${why}`
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
    method: METHOD,
  }
}

/** A disk of the machine always answers, so the path leads somewhere else: which mount that is cannot be told. */
function behindLink(spec: VolumeSpec, mounts: readonly Mount[], why: string): Observation {
  const suspects = mounts.filter(isServed).slice(0, 5).map(told)
  const others = suspects.length === 0 ? '' : `; the path may lead to ${suspects.join(' or ')}`
  const reason = `${spec.path} does not answer: ${why}${others}`
  return { subjects: filled(spec, {}, reason), gaps: [reason], method: METHOD }
}

const METHOD = 'mountinfo alone: the mount did not answer'

function told({ type, source, point }: Mount): string {
  return `${type} ${keyToText(source)}, mounted at ${keyToText(point)},`
}
