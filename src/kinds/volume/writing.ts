/** Whether the volume can be written: told for certain from reading where that is possible, else proven by doing it. */
import { CheckError } from '../../lib/errors.js'
import { keyToText } from '../../lib/key.js'
import { TimeUp } from '../../probes/deadline.js'
import { type ToolError, toolError } from '../../probes/error-text.js'
import { type Access, type Facts, isToolError, type Look } from '../../probes/volume-look.js'
import { ProbeBroken, type ProbeResult, probeVolume } from '../../writes/volume-probe.js'
import type { Check, Context, Diagnosis, Observed } from '../kind.js'
import { all, reasonFor } from './directory.js'
import { isReadOnly, type Placed } from './mount.js'
import { refusal } from './refusal.js'
import type { VolumeSpec } from './schema.js'
import { PROBED } from './subjects.js'

export interface Writing {
  readonly subjects: Readonly<Record<string, Observed>>
  readonly diagnoses: readonly Diagnosis[]
  readonly notes: readonly string[]
  readonly gaps: readonly string[]
}

export interface WriteView {
  readonly look: Look
  readonly placed: Placed
  readonly access: Access
}

const EFFECTS = PROBED.filter((name) => name !== 'writable')

export async function writing(
  check: Check<VolumeSpec>,
  context: Context,
  view: WriteView,
  signal: AbortSignal,
): Promise<Writing> {
  const { spec } = check
  const { facts } = view.look
  if (isToolError(facts)) return unobserved(reasonFor(facts))
  const certain = certainly(spec, view)
  if (certain !== undefined) {
    const subjects = { ...all(EFFECTS, { unobserved: 'it cannot be written' }), writable: false }
    return { subjects, diagnoses: [certain], notes: [], gaps: [] }
  }
  if (!check.assertions.some(({ subject }) => PROBED.includes(subject))) {
    return unobserved('nothing expects it, so nothing was written')
  }
  if (!view.placed.mounted && !expectsNoMount(check)) {
    return unobserved('it is not mounted, so nothing was written: it would have proven another file system writable')
  }
  if (spec.probe === undefined && facts.type !== 'directory') {
    return unobserved('the path is no directory, so no file can be made in it; name one as `probe`')
  }
  if (!context.allowed.writes) return unobserved('proving it needs --allow-writes; nothing was written')
  return proven(spec, context, { ...view, facts }, signal)
}

function expectsNoMount({ assertions }: Check): boolean {
  return assertions.some(
    ({ subject, matcher }) =>
      subject === 'mounted' &&
      matcher.ops.some((op) => op.op === 'eq' && 'value' in op.operand && op.operand.value === false),
  )
}

function unobserved(reason: string): Writing {
  return { subjects: all(PROBED, { unobserved: reason }), diagnoses: [], notes: [], gaps: [] }
}

/** Reading proves only that it cannot be written; never that it can. */
function certainly(spec: VolumeSpec, { placed: { owner }, access, look }: WriteView): Diagnosis | undefined {
  if (isReadOnly(owner)) {
    const which = owner.options.includes('ro') ? 'this mount' : 'the file system'
    const why = owner.options.includes('ro')
      ? 'it was mounted or bound that way'
      : 'it was mounted that way, or the kernel turned it read-only after an error: see dmesg, run fsck'
    return { summary: `${which} at ${keyToText(owner.point)} is read-only; ${why}` }
  }
  if (access.write !== false || spec.probe !== undefined) return undefined
  return refusal('create', { code: 'EACCES', text: 'Permission denied' }, { look, access, path: spec.path })
}

async function proven(
  spec: VolumeSpec,
  { vantage, allowed, signal: stop }: Context,
  view: WriteView & { readonly facts: Facts },
  signal: AbortSignal,
): Promise<Writing> {
  const directory = spec.probe ?? spec.path
  try {
    const result = await probeVolume(vantage, { directory, user: spec.as, spellings: true, signal, stop, allowed })
    return outcome(result, spec, view)
  } catch (error) {
    if (!(error instanceof ProbeBroken)) throw error
    const left = error.left === undefined ? [] : [leftBehind(error.left)]
    if (error.cause instanceof TimeUp) {
      const reason = `the write probe did not end: ${error.cause.message}`
      return { ...unobserved(reason), gaps: [reason, ...left] }
    }
    if (signal.aborted || left.length === 0) throw error.cause
    throw new CheckError(left[0] ?? error.message, { cause: error.cause })
  }
}

function outcome(
  result: ProbeResult,
  spec: VolumeSpec,
  { look, access, facts }: WriteView & { readonly facts: Facts },
): Writing {
  const gaps = result.left === undefined ? [] : [leftBehind(result.left)]
  const effects = {
    new_owner: result.owner ?? { unobserved: 'the probe file could not be looked at' },
    new_group: result.group ?? { unobserved: 'the probe file could not be looked at' },
    new_mode: result.mode ?? { unobserved: 'the probe file could not be looked at' },
    normalizes: result.normalizes ?? { unobserved: 'no file with an é in its name could be made' },
    ...(look.caseSensitive === undefined && result.caseSensitive !== undefined
      ? { case_sensitive: result.caseSensitive }
      : {}),
  }
  if (result.failed === undefined) {
    const asRoot = access.uid === 0 && facts.owner !== 0 && spec.as === undefined
    const notes = asRoot
      ? [`written as root, who may write nearly everywhere; \`as\` says which user the application is`]
      : []
    return { subjects: { ...effects, writable: true }, diagnoses: [], notes, gaps }
  }
  const { step, said } = result.failed
  const why: ToolError = toolError(said)
  if (why.code === undefined) {
    const reason = `the write probe could not ${step} its file, and why is not known: ${why.text}`
    return { subjects: { ...effects, writable: { unobserved: reason } }, diagnoses: [], notes: [], gaps }
  }
  const path = spec.probe ?? spec.path
  return {
    subjects: { ...effects, writable: false },
    diagnoses: [refusal(step, why, { look, access, path })],
    notes: [],
    gaps,
  }
}

function leftBehind(path: string): string {
  return `the probe file ${path} could not be removed: remove it by hand`
}
