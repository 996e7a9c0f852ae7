/** The way in, step by step: credentials, the bucket, a listing, an object. What it breaks off at is told. */
import type { BucketSession } from '../../stores/s3/bucket.js'
import { firstObjects } from '../../stores/s3/objects.js'
import { regionOf } from '../../stores/s3/settings.js'
import type { Trouble, TroubleKind } from '../../stores/s3/trouble.js'
import type { Diagnosis, Observed } from '../kind.js'
import type { S3CheckSpec } from './kind.js'
import { type LookedAtObject, lookAtObject, OBJECT_SUBJECTS, pickObject } from './object.js'
import { allUnobserved, type Subjects, unobserved } from './told.js'

export interface Failed {
  readonly step: string
  readonly trouble: Trouble
}

export interface Reached {
  readonly subjects: Subjects
  /** Why nothing more can be asked. */
  readonly broken?: string | undefined
  readonly diagnoses: readonly Diagnosis[]
  /** Whole key of the object that was looked at. */
  readonly key?: string | undefined
}

/** With these there is no bucket to ask anything of. */
const BREAKING: readonly TroubleKind[] = [
  'name',
  'connect',
  'handshake',
  'response',
  'credentials',
  'clock',
  'region',
  'bucket',
]

export async function reach(session: BucketSession, spec: S3CheckSpec, askRegion: boolean): Promise<Reached> {
  const none = await session.credentials()
  if (none !== undefined) return broken(session, none, false)
  const listing = await firstObjects(session, 20)
  const listed = 'answer' in listing ? listing.answer : asBucket(listing.trouble)
  const failed = 'kind' in listed ? listed : undefined
  if (failed !== undefined && BREAKING.includes(failed.kind)) {
    return broken(session, failed, failed.kind === 'credentials' ? false : undefined)
  }
  const object = await objectOf(session, spec, listed)
  const answered = failed === undefined || object.answered
  const step = failed !== undefined && !answered ? { step: 'list', trouble: failed } : undefined
  const first = object.failed ?? step
  return {
    subjects: {
      reachable: answered,
      failed_step: first?.step ?? 'none',
      credentials: credentialsOf(session, answered),
      ...(await regionSubjects(session, askRegion)),
      clock_skew: skewOf(session),
      listable: failed === undefined ? true : failed.kind === 'refused' ? false : unobserved(failed),
      ...object.subjects,
    },
    diagnoses: first === undefined ? [] : [diagnosis(session, first)],
    key: object.key,
  }
}

async function objectOf(
  session: BucketSession,
  spec: S3CheckSpec,
  listing: Trouble | Parameters<typeof pickObject>[0],
): Promise<LookedAtObject> {
  const nothing = (reason: string): LookedAtObject => ({
    subjects: allUnobserved(OBJECT_SUBJECTS, reason),
    answered: false,
  })
  const { prefix } = session.facts
  if (!spec.read) return nothing('`read: false`: no object is looked at')
  if (spec.object !== undefined) return lookAtObject(session, prefix + spec.object, 'kind' in listing)
  if ('kind' in listing) return nothing(`no object is named, and the bucket cannot be listed: ${listing.message}`)
  const picked = pickObject(listing)
  if (picked !== undefined) return lookAtObject(session, picked, false)
  return nothing(`there is no object ${prefix === '' ? 'in the bucket' : `below ${prefix}`} that could be read`)
}

/** A listing that is not there is a bucket that is not there, whatever the store calls it. */
function asBucket(trouble: Trouble): Trouble {
  return trouble.kind === 'absent' ? { ...trouble, kind: 'bucket' } : trouble
}

function broken(session: BucketSession, trouble: Trouble, credentials: false | undefined): Reached {
  const why = notReached(trouble)
  const reason = { unobserved: why }
  const { region } = trouble
  return {
    subjects: {
      reachable: false,
      failed_step: trouble.kind,
      credentials: credentials ?? reason,
      region: region ?? reason,
      region_matches: region === undefined ? reason : region === session.facts.region,
      clock_skew: skewOf(session),
      listable: reason,
      ...allUnobserved(OBJECT_SUBJECTS, why),
    },
    broken: why,
    diagnoses: [diagnosis(session, { step: trouble.kind, trouble })],
  }
}

/** The whole story is told once, as the cause. */
function notReached({ kind }: Trouble): string {
  return `the bucket was not reached: step ${kind} failed`
}

function diagnosis({ facts }: BucketSession, { step, trouble }: Failed): Diagnosis {
  const summary = `${facts.label}: step ${step} failed: ${trouble.message}`
  return trouble.hint === undefined ? { summary } : { summary, suggestion: trouble.hint }
}

/** AWS looks at the signature before it looks at rights; others may refuse a key they do not know in the same words. */
function credentialsOf({ facts }: BucketSession, answered: boolean): Observed {
  if (answered || facts.aws) return true
  return { unobserved: 'everything was refused: these credentials lack the rights, or the store does not know them' }
}

function skewOf({ noticed }: BucketSession): Observed {
  return noticed().skewMs ?? { unobserved: 'no answer told the time' }
}

async function regionSubjects(session: BucketSession, ask: boolean): Promise<Subjects> {
  const { region } = session.noticed()
  if (region === undefined && !ask) return allUnobserved(['region', 'region_matches'], 'no answer told it by itself')
  const asked = await regionOf(session)
  if ('trouble' in asked) return allUnobserved(['region', 'region_matches'], asked.trouble.message)
  return { region: asked.answer, region_matches: asked.answer === session.facts.region }
}
