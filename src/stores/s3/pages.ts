/** Listings that can be long, page by page. After trouble no page follows. */
import { keyToText } from '../../lib/key.js'
import { StoreError } from '../store.js'
import type { Asked, BucketSession } from './bucket.js'
import { decodeListed } from './keys.js'
import { naming } from './settings.js'

export interface Dated {
  /** Whole key. */
  readonly key: string
  /** Milliseconds since 1970. */
  readonly at: number | undefined
}

interface Page<Marker> {
  readonly items: readonly Dated[]
  readonly next: Marker | undefined
}

type Pages = AsyncGenerator<Asked<readonly Dated[]>, void, void>

/** Uploads that were begun and neither completed nor aborted. */
export function unfinishedUploads(session: BucketSession): Pages {
  const { ask, facts } = session
  return pages('s3:ListBucketMultipartUploads', (marker: { KeyMarker?: string; UploadIdMarker?: string } | undefined) =>
    ask(async ({ sdk, client }, options) => {
      const input = { ...common(session), ...facts.payer, ...marker }
      const output = await client.send(new sdk.ListMultipartUploadsCommand(input), options)
      const decode = decoder(output.EncodingType)
      const items = (output.Uploads ?? []).map(({ Key = '', Initiated }) => ({
        key: decode(Key),
        at: Initiated?.getTime(),
      }))
      const { IsTruncated, NextKeyMarker, NextUploadIdMarker } = output
      return {
        items,
        next: nextOf(
          IsTruncated,
          NextKeyMarker === undefined
            ? undefined
            : { KeyMarker: decode(NextKeyMarker), UploadIdMarker: NextUploadIdMarker ?? '' },
        ),
      }
    }),
  )
}

/** Keys whose newest version is a delete marker. */
export function hiddenKeys(session: BucketSession): Pages {
  const { ask, facts } = session
  return pages('s3:ListBucketVersions', (marker: { KeyMarker?: string; VersionIdMarker?: string } | undefined) =>
    ask(async ({ sdk, client }, options) => {
      const input = { ...common(session), ...facts.payer, ...marker }
      const output = await client.send(new sdk.ListObjectVersionsCommand(input), options)
      const decode = decoder(output.EncodingType)
      const items = (output.DeleteMarkers ?? [])
        .filter(({ IsLatest }) => IsLatest === true)
        .map(({ Key = '', LastModified }) => ({ key: decode(Key), at: LastModified?.getTime() }))
      const { IsTruncated, NextKeyMarker, NextVersionIdMarker } = output
      return {
        items,
        next: nextOf(
          IsTruncated,
          NextKeyMarker === undefined
            ? undefined
            : { KeyMarker: decode(NextKeyMarker), VersionIdMarker: NextVersionIdMarker ?? '' },
        ),
      }
    }),
  )
}

/** All objects, and when each was last written. */
export function allObjects(session: BucketSession): Pages {
  const { ask, facts } = session
  return pages('s3:ListBucket', (marker: { ContinuationToken?: string } | undefined) =>
    ask(async ({ sdk, client }, options) => {
      const input = { ...common(session), ...facts.payer, ...marker }
      const output = await client.send(new sdk.ListObjectsV2Command(input), options)
      const decode = decoder(output.EncodingType)
      const items = (output.Contents ?? []).map(({ Key = '', LastModified }) => ({
        key: decode(Key),
        at: LastModified?.getTime(),
      }))
      const { IsTruncated, NextContinuationToken: token } = output
      return { items, next: nextOf(IsTruncated, token === undefined ? undefined : { ContinuationToken: token }) }
    }),
  )
}

function common({ facts }: BucketSession) {
  const prefix = facts.prefix === '' ? {} : { Prefix: facts.prefix }
  return { Bucket: facts.bucket, EncodingType: 'url' as const, ...prefix }
}

function decoder(encoding: string | undefined): (key: string) => string {
  return encoding === 'url' ? (key) => keyToText(decodeListed(key)) : (key) => key
}

function nextOf<Marker>(truncated: boolean | undefined, marker: Marker | undefined): Marker | undefined {
  if (truncated === undefined) throw new StoreError('unavailable', 'the answer is not a listing of S3')
  if (!truncated) return undefined
  if (marker === undefined)
    throw new StoreError('unavailable', 'the listing is incomplete: there is more, but not how to get it')
  return marker
}

async function* pages<Marker>(
  right: string,
  page: (marker: Marker | undefined) => Promise<Asked<Page<Marker>>>,
): Pages {
  let marker: Marker | undefined
  do {
    const asked = await page(marker)
    if ('trouble' in asked) {
      yield { trouble: naming(right, asked.trouble) }
      return
    }
    const { items, next } = asked.answer
    if (next !== undefined && JSON.stringify(next) === JSON.stringify(marker)) {
      yield { trouble: { kind: 'response', message: 'the listing is incomplete: the same page comes again and again' } }
      return
    }
    marker = next
    yield { answer: items }
  } while (marker !== undefined)
}
