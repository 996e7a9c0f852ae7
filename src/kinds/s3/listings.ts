/** What only a whole listing can tell; page by page, and only where an assertion asks for it. */
import { formatDuration } from '../../lib/units.js'
import type { BucketSession } from '../../stores/s3/bucket.js'
import { allObjects, type Dated, hiddenKeys, unfinishedUploads } from '../../stores/s3/pages.js'
import type { Finding, Observed, Sighting } from '../kind.js'
import type { Subjects } from './told.js'

type Walk = AsyncGenerator<Sighting, Subjects, void>

export async function* abandonedUploads(session: BucketSession, before: number): Walk {
  let count = 0
  for await (const page of unfinishedUploads(session)) {
    if ('trouble' in page) return { abandoned_uploads: { unobserved: page.trouble.message } }
    if (page.answer.some(({ at }) => at === undefined)) {
      return { abandoned_uploads: { unobserved: 'the store does not tell when an upload was begun' } }
    }
    const old = page.answer.filter(({ at = 0 }) => at < before)
    count += old.length
    yield { type: 'findings', findings: old.map((one) => finding(session, 'abandoned_uploads', 'begun', one)) }
  }
  return { abandoned_uploads: count }
}

export async function* deleteMarkers(session: BucketSession): Walk {
  let count = 0
  for await (const page of hiddenKeys(session)) {
    if ('trouble' in page) return { delete_markers: { unobserved: page.trouble.message } }
    count += page.answer.length
    yield { type: 'findings', findings: page.answer.map((one) => finding(session, 'delete_markers', 'deleted', one)) }
    yield { type: 'progress', done: count, unit: 'keys', stage: 'delete markers' }
  }
  return { delete_markers: count }
}

export async function* countObjects(session: BucketSession, now: number): Walk {
  let count = 0
  let newest: number | undefined
  for await (const page of allObjects(session)) {
    if ('trouble' in page) {
      const reason = { unobserved: page.trouble.message }
      return { objects: reason, newest_age: reason }
    }
    count += page.answer.length
    for (const { at } of page.answer) if (at !== undefined && (newest === undefined || at > newest)) newest = at
    yield { type: 'progress', done: count, unit: 'objects', stage: 'listing' }
  }
  return { objects: count, newest_age: ageOf(newest, now) }
}

/** Clocks of stores and of this machine may differ by that; further ahead it would look fresh for long. */
const SKEW_MS = 300_000

function ageOf(newest: number | undefined, now: number): Observed {
  if (newest === undefined) return { unobserved: 'there is no object' }
  const ahead = newest - now
  if (ahead > SKEW_MS) return { unobserved: `the newest is dated ${formatDuration(ahead)} in the future` }
  return Math.max(0, -ahead)
}

function finding({ facts }: BucketSession, name: string, what: string, { key, at }: Dated): Finding {
  const actual = at === undefined ? {} : { actual: { [what]: new Date(at).toISOString() } }
  return { finding: name, key: key.slice(facts.prefix.length), ...actual }
}
