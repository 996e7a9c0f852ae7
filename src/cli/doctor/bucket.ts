/** A bucket: whether it can be listed and read from. Whether it could be written to cannot be seen without writing. */
import { CheckError } from '../../lib/errors.js'
import type { Asked as Answer, BucketSession, BucketSource } from '../../stores/s3/bucket.js'
import { firstObjects, headOf, type ListedObject } from '../../stores/s3/objects.js'
import type { Trouble } from '../../stores/s3/trouble.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { LookOptions, Need } from './needs.js'
import type { Right, Seen } from './result.js'
import { roundTrips } from './round-trips.js'

const TRIPS = 3

/** Errors: CheckError where there is no bucket to ask anything of. */
export async function lookAtBucket(
  source: BucketSource,
  vantage: Vantage,
  endpoint: string | undefined,
  needs: readonly Need[],
  { signal }: LookOptions,
): Promise<Seen> {
  let seen: Seen | undefined
  const look = source.look({ signal, stop: signal, vantage, now: () => new Date() }, async function* (session) {
    seen = await ask(session, endpoint, needs)
    yield undefined
  })
  for await (const _ of look);
  if (seen === undefined) throw new Error('the look ended without a result')
  return seen
}

async function ask(session: BucketSession, endpoint: string | undefined, needs: readonly Need[]): Promise<Seen> {
  const none = await session.credentials()
  if (none !== undefined) throw asError(session, none)
  let listed: Answer<readonly ListedObject[]> | undefined
  const trips = await roundTrips(TRIPS, async () => {
    listed = await firstObjects(session, 1)
    const { trouble } = { trouble: undefined, ...listed }
    if (trouble !== undefined && trouble.kind !== 'refused') throw asError(session, trouble)
    return undefined
  })
  const [object] = listed !== undefined && 'answer' in listed ? listed.answer : []
  const head = object === undefined ? undefined : await headOf(session, object.key)
  const { amazon, skewMs } = session.noticed()
  const canList = listed !== undefined && 'answer' in listed
  const canRead = head === undefined || !('trouble' in head) || head.trouble.kind !== 'refused'
  return {
    latencyMs: trips.latencyMs,
    skewMs,
    server: amazon === true ? 'Amazon S3' : 'S3 protocol',
    tls: endpoint === undefined || endpoint.startsWith('https:'),
    tooFew: [
      ...(canList ? [] : [lacking('s3:ListBucket: listing is refused', needs, 'entries')]),
      ...(canRead ? [] : [lacking('s3:GetObject: HEAD of an object is refused', needs, 'content')]),
    ],
    tooMany: [],
    untold: [],
    notes: [
      'whether it may write cannot be seen without writing',
      ...(object === undefined && canList ? ['it is empty below its prefix, so reading was not tried'] : []),
    ],
  }
}

function lacking(what: string, needs: readonly Need[], type: 'entries' | 'content'): Right {
  const of = needs.filter(
    ({ reading }) => reading?.type === type || (type === 'content' && reading?.type === 'entries'),
  )
  return { what, checks: [...new Set(of.map(({ check }) => check.id))] }
}

function asError({ facts }: BucketSession, { message, hint }: Trouble): CheckError {
  return new CheckError(`${facts.label}: ${message}`, { hint })
}
