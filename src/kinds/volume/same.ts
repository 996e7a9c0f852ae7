/** Whether another vantage sees the very same directory: by its inode on one kernel, by the sentinel otherwise. */
import { CheckError } from '../../lib/errors.js'
import { keyToText } from '../../lib/key.js'
import { isAbsence } from '../../probes/error-text.js'
import { isToolError, type Look, lookAt, type Options } from '../../probes/volume-look.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Context, Diagnosis, Observed } from '../kind.js'
import { contents } from './contents.js'
import { isServed, type Placed, placed } from './mount.js'
import type { VolumeSpec } from './schema.js'

export interface Same {
  readonly value: Observed
  readonly diagnoses: readonly Diagnosis[]
  readonly notes: readonly string[]
}

export interface Here {
  readonly look: Look
  readonly placed: Placed
  /** Whether the sentinel here is the expected one. */
  readonly sentinel: Observed | undefined
}

export async function sameThere(
  spec: VolumeSpec,
  context: Context,
  here: Here,
  options: Options,
): Promise<Same | undefined> {
  if (spec.same_as === undefined) return undefined
  const { from, path = spec.path } = spec.same_as
  try {
    const vantage = context.vantageAt(from)
    const there = { ...spec, path, mount_point: undefined, paths: undefined }
    const look = await lookAt(vantage, { path, place: path, sentinel: spec.sentinel?.file, paths: [] }, options)
    return await compared({ spec: there, vantage, look }, here, options)
  } catch (error) {
    if (!(error instanceof CheckError)) throw error
    return {
      value: { unobserved: `the other place could not be looked at: ${error.message}` },
      diagnoses: [],
      notes: [],
    }
  }
}

interface There {
  readonly spec: VolumeSpec
  readonly vantage: Vantage
  readonly look: Look
}

async function compared({ spec, vantage, look }: There, here: Here, options: Options): Promise<Same> {
  const mine = here.look.facts
  const { facts } = look
  if (isToolError(mine)) return { value: { unobserved: mine.text }, diagnoses: [], notes: [] }
  if (isToolError(facts)) {
    if (!isAbsence(facts)) return { value: { unobserved: `${vantage.label}: ${facts.text}` }, diagnoses: [], notes: [] }
    return different(`${vantage.label} has nothing at ${spec.path}`)
  }
  const where = placed(spec, look.mounts, { ...look, absent: false })
  const oneKernel = look.kernel !== undefined && look.kernel === here.look.kernel
  if (oneKernel && facts.identity === mine.identity) return { value: true, diagnoses: [], notes: [] }
  if (oneKernel && !maySplit(here.placed, where)) {
    return different(
      `${vantage.label} sees another directory at ${spec.path}: ${told(where)}, here it is ${told(here.placed)}`,
    )
  }
  if (spec.sentinel === undefined || here.sentinel === undefined) {
    const why = oneKernel ? 'the two mounts have no inode numbers in common' : 'the two places run on different kernels'
    return { value: { unobserved: `${why}, so only a \`sentinel\` can tell` }, diagnoses: [], notes: [] }
  }
  const { subjects, wrong } = await contents(spec, look, vantage, options)
  const theirs = subjects['sentinel'] ?? null
  if (theirs === true && here.sentinel === true) {
    return { value: true, diagnoses: [], notes: ['same: told by the sentinel, which a copy of the volume has too'] }
  }
  if (typeof theirs === 'object' || typeof here.sentinel === 'object') {
    return { value: { unobserved: 'the sentinel could not be read in both places' }, diagnoses: [], notes: [] }
  }
  return different(`${vantage.label}: ${wrong ?? 'its sentinel is the expected one, and that here is not'}`)
}

/** Two mounts of one server can be two file systems to the kernel. */
function maySplit(here: Placed, there: Placed | undefined): boolean {
  return isServed(here.owner) && there?.owner.type === here.owner.type
}

function different(summary: string): Same {
  return { value: false, diagnoses: [{ summary }], notes: [] }
}

function told(where: Placed | undefined): string {
  if (where === undefined) return 'on no mount that is known'
  const { type, root, source, point } = where.owner
  return `${keyToText(root)} of ${type} ${keyToText(source)}, mounted at ${keyToText(point)}`
}
