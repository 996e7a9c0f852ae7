import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { isAbsence } from '../../probes/error-text.js'
import { accessTo, entriesIn, isToolError, type Look, lookAt, mountsAt } from '../../probes/volume-look.js'
import type { Check, Context, Finding, Observation, Observed, Sighting } from '../kind.js'
import { contents } from './contents.js'
import { diagnose } from './diagnose.js'
import { directorySubjects, reasonFor, roomSubjects } from './directory.js'
import { engineSubjects, unnamedIn } from './engine.js'
import { hung } from './hung.js'
import { engineMount, mountSubjects, placed } from './mount.js'
import { sameThere } from './same.js'
import { expectedPaths, type VolumeSpec } from './schema.js'
import { filled } from './subjects.js'
import { walked } from './tree.js'
import { writing } from './writing.js'

interface Seen {
  readonly observation: Observation
  readonly findings: readonly Finding[]
}

/** How long counting may take where nothing expects the number. */
const COUNTING_MS = 5000

export async function* observe(
  check: Check<VolumeSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  const { observation, findings } = await withDeadline(context.signal, check.timeoutMs, (signal) =>
    see(check, context, signal),
  )
  if (findings.length > 0) yield { type: 'findings', findings }
  return observation
}

/** The mount table first: it can be read while a mount hangs, and then says which. */
async function see(check: Check<VolumeSpec>, context: Context, signal: AbortSignal): Promise<Seen> {
  const { spec } = check
  const before = await mountsAt(context.vantage, { signal })
  try {
    const place = spec.mount_point ?? spec.path
    const paths = expectedPaths(spec).map(({ path }) => path)
    const request = { path: spec.path, place, sentinel: spec.sentinel?.file, paths }
    return await within(check, context, await lookAt(context.vantage, request, { signal }), signal)
  } catch (error) {
    if (!(error instanceof TimeUp)) throw error
    return { observation: hung(spec, before, error.message), findings: [] }
  }
}

async function within(check: Check<VolumeSpec>, context: Context, look: Look, signal: AbortSignal): Promise<Seen> {
  const { spec } = check
  const { vantage } = context
  const { facts } = look
  const where = placed(spec, look.mounts, { ...look, absent: isToolError(facts) && isAbsence(facts) })
  if (where === undefined) return { observation: nowhere(spec), findings: [] }
  const outside = await vantage.outside({ signal })
  const mount = mountSubjects(where, engineMount(outside, spec.path))
  const held = await contents(spec, look, vantage, { signal })
  const access = await accessTo(vantage, spec.path, { signal, user: spec.as })
  const written = await writing(check, context, { look, placed: where, access }, signal)
  const here = { look, placed: where, sentinel: held.subjects['sentinel'] }
  const same = await sameThere(spec, context, here, { signal })
  const entries = await entriesOf(check, context, look, signal)
  const tree = isToolError(facts) ? { subjects: {}, findings: [] } : await walked(spec, vantage, { signal })
  const named = check.assertions.map(({ subject }) => subject).filter((name) => name.startsWith('engine:'))
  const observed: Readonly<Record<string, Observed>> = {
    ...mount,
    ...roomSubjects(look.space, where.owner.type),
    ...directorySubjects(facts, look),
    entries,
    readable: isToolError(facts)
      ? { unobserved: reasonFor(facts) }
      : access.read && (access.search || facts.type === 'file'),
    ...written.subjects,
    ...held.subjects,
    ...tree.subjects,
    ...(same === undefined ? {} : { same: same.value }),
    ...engineSubjects(named, outside, spec.path, vantage.label),
  }
  const bare = check.assertions.some(({ subject, matcher }) => subject === 'mounted' && matcher.text === 'false')
  const causes = { spec, look, placed: where, anonymous: mount.anonymous, bare, outside, ...held }
  const unnamed = outside === undefined ? [] : unnamedIn(outside)
  return {
    findings: [...held.findings, ...tree.findings],
    observation: {
      subjects: filled(spec, observed, 'it was not looked at'),
      gaps: [...unreadable(spec, look), ...held.gaps, ...written.gaps],
      diagnoses: [...diagnose(causes), ...written.diagnoses, ...(same?.diagnoses ?? [])],
      notes: [
        ...written.notes,
        ...(same?.notes ?? []),
        ...(unnamed.length === 0 ? [] : [`volumes of the container without a name: ${unnamed.join(', ')}`]),
      ],
      method: `mountinfo and stat, ${await vantage.method({ signal })}`,
    },
  }
}

async function entriesOf(
  check: Check<VolumeSpec>,
  { vantage }: Context,
  { facts, empty }: Look,
  signal: AbortSignal,
): Promise<Observed> {
  if (isToolError(facts)) return { unobserved: reasonFor(facts) }
  if (facts.type !== 'directory') return { unobserved: 'it is no directory' }
  if (empty === undefined) return { unobserved: 'the directory cannot be listed' }
  const expected = check.assertions.some(({ subject }) => subject === 'entries')
  const limited = expected ? signal : AbortSignal.any([signal, AbortSignal.timeout(COUNTING_MS)])
  try {
    const found = await entriesIn(vantage, check.spec.path, { signal: limited })
    return isToolError(found) ? { unobserved: found.text } : found
  } catch (error) {
    if (!limited.aborted || (signal.aborted && !(signal.reason instanceof TimeUp))) throw error
    return { unobserved: 'there are so many that counting did not end' }
  }
}

/** A path that is not there is seen; one that does not let itself be looked at is not. */
function unreadable({ path }: VolumeSpec, { facts }: Look): readonly string[] {
  return isToolError(facts) && !isAbsence(facts) ? [`${path} cannot be looked at: ${facts.text}`] : []
}

function nowhere(spec: VolumeSpec): Observation {
  const reason = 'the mount table does not tell which mount the path lies on'
  return { subjects: filled(spec, {}, reason), gaps: [reason] }
}
