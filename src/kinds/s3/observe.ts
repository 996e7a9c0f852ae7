/** Looks at a bucket: the way in first, then side by side whatever else the check asks. */
import { throughDeadline } from '../../probes/deadline.js'
import type { BucketSession } from '../../stores/s3/bucket.js'
import type { SettingName } from '../../stores/s3/settings.js'
import { probeByWriting } from '../../writes/s3-probe.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { lookAnonymously } from './anonymous.js'
import { lookAtCors } from './cors.js'
import type { S3CheckSpec } from './kind.js'
import { abandonedUploads, countObjects, deleteMarkers } from './listings.js'
import { type Reached, reach } from './reach.js'
import { lookAtSettings } from './settings.js'
import { LISTING_SUBJECTS, SETTING_SUBJECTS, subjects as subjectsOf } from './subjects.js'
import { allUnobserved, type Part, type Subjects } from './told.js'

type Look = AsyncGenerator<Sighting, Observation, void>

export async function* observe(check: Check<S3CheckSpec>, context: Context): Look {
  const bucket = context.connections.bucket(check.spec.connection)
  const { signal: stop, vantage, now } = context
  return yield* throughDeadline(stop, check.timeoutMs, (signal) =>
    bucket.look({ signal, stop, vantage, now }, (session) => look(check, context, session)),
  )
}

async function* look(check: Check<S3CheckSpec>, context: Context, session: BucketSession): Look {
  const { spec } = check
  const asserted = new Set(check.assertions.map(({ subject }) => subject))
  const reached = await reach(session, spec, asserted.has('region') || asserted.has('region_matches'))
  if (reached.broken !== undefined) {
    const rest = subjectsOf(spec).filter(
      ({ name, unobserved }) => unobserved === undefined && !isOptional(name, asserted),
    )
    const none = allUnobserved(
      rest.map(({ name }) => name),
      reached.broken,
    )
    return { subjects: { ...none, ...reached.subjects }, diagnoses: reached.diagnoses }
  }
  const parts = await allEnded(aside(check, context, session, reached, asserted))
  const findings = parts.flatMap((part) => part.findings ?? [])
  if (findings.length > 0) yield { type: 'findings', findings }
  const listed = yield* listings(check, context, session, asserted)
  return {
    subjects: Object.assign({}, reached.subjects, ...parts.map(({ subjects }) => subjects), listed),
    diagnoses: reached.diagnoses,
    notes: parts.flatMap((part) => part.notes ?? []),
  }
}

/** Waits for all, also when one was told to stop: another may be taking away what it wrote. */
async function allEnded(looks: readonly Promise<Part>[]): Promise<readonly Part[]> {
  await Promise.allSettled(looks)
  return Promise.all(looks)
}

/** Not asserted, not looked at, and not told as lacking either. */
function isOptional(name: string, asserted: ReadonlySet<string>): boolean {
  return !asserted.has(name) && [...SETTING_SUBJECTS, ...LISTING_SUBJECTS].some((one) => one.name === name)
}

function aside(
  { spec }: Check<S3CheckSpec>,
  { allowed }: Context,
  session: BucketSession,
  { key }: Reached,
  asserted: ReadonlySet<string>,
): readonly Promise<Part>[] {
  const settings = SETTING_SUBJECTS.map(({ name }) => name).filter((name) => asserted.has(name))
  const base = spec.public_url ?? session.noticed().base ?? ''
  return [
    lookAtSettings(session, settings satisfies readonly SettingName[]),
    ...(spec.anonymous === undefined ? [] : [lookAnonymously(session, spec, base)]),
    ...(spec.cors === undefined ? [] : [lookAtCors(session, spec.cors, base, key)]),
    ...(spec.write === undefined ? [] : [probeByWriting(session, allowed, spec.write)]),
  ]
}

async function* listings(
  { spec }: Check<S3CheckSpec>,
  { now }: Context,
  session: BucketSession,
  asserted: ReadonlySet<string>,
): AsyncGenerator<Sighting, Subjects, void> {
  const time = now().getTime()
  const { abandoned_uploads } = asserted.has('abandoned_uploads')
    ? yield* abandonedUploads(session, time - spec.uploads_older_than)
    : {}
  const { delete_markers } = asserted.has('delete_markers') ? yield* deleteMarkers(session) : {}
  const all = asserted.has('objects') || asserted.has('newest_age') ? yield* countObjects(session, time) : {}
  return {
    ...(abandoned_uploads === undefined ? {} : { abandoned_uploads }),
    ...(delete_markers === undefined ? {} : { delete_markers }),
    ...all,
  }
}
