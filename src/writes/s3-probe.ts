/**
 * Writes one object below a stated prefix, `postflight-probe-<random>`, reads it back, deletes it and sees that it is
 * gone; with `multipart` a second one, in parts. Deletes nothing but the versions and markers it made itself. What it
 * could not take away again is told by name.
 */
import { randomBytes } from 'node:crypto'
import type { Asked, BucketSession, Send } from '../stores/s3/bucket.js'
import type { Trouble } from '../stores/s3/trouble.js'
import { type Allowed, assertAllowed, withRemoval } from './allowed.js'

export interface S3ProbeOptions {
  readonly prefix: string
  readonly multipart: boolean
  readonly acl?: string | undefined
  readonly checksum?: 'CRC32' | 'CRC32C' | 'SHA1' | 'SHA256' | undefined
}

export interface S3Probed {
  readonly subjects: {
    readonly writable: boolean | { readonly unobserved: string }
    readonly write_failed_step: string | { readonly unobserved: string }
  }
  readonly notes: readonly string[]
}

interface Written {
  readonly key: string
  readonly versionId: string | undefined
}

interface Failed {
  readonly step: string
  readonly trouble: Trouble
}

export async function probeByWriting(
  session: BucketSession,
  allowed: Allowed,
  options: S3ProbeOptions,
): Promise<S3Probed> {
  try {
    assertAllowed(allowed, 'writes', 'writing a probe object')
  } catch (error) {
    const unobserved = error instanceof Error ? error.message : String(error)
    return { subjects: { writable: { unobserved }, write_failed_step: { unobserved } }, notes: [] }
  }
  const notes: string[] = []
  const name = `${session.facts.prefix}${options.prefix}postflight-probe-${randomBytes(8).toString('hex')}`
  const failed = await withRemoval(allowed, `the probe object ${JSON.stringify(name)}`, async (left) => {
    try {
      return (
        (await probeOne(session, name, putWhole, options, notes)) ??
        (options.multipart ? await probeOne(session, `${name}-parts`, putInParts, options, notes) : undefined)
      )
    } finally {
      // All that is noted so far is what could not be removed, or not be seen to be gone.
      for (const note of notes) left(note)
    }
  })
  if (failed === undefined) return { subjects: { writable: true, write_failed_step: 'none' }, notes }
  const { step, trouble } = failed
  notes.push(`writing broke off at step ${step}: ${trouble.message}`)
  const { kind, status = 500 } = trouble
  const busy = status >= 500 || status === 408 || status === 429
  const proven = ['refused', 'unsupported', 'absent'].includes(kind) || !busy
  return { subjects: { writable: proven ? false : { unobserved: trouble.message }, write_failed_step: step }, notes }
}

type Put = (session: BucketSession, key: string, body: Buffer, options: S3ProbeOptions) => Promise<Asked<Written>>

/** Whatever happens between, what was written is deleted; also when the time is up. */
async function probeOne(
  session: BucketSession,
  key: string,
  put: Put,
  options: S3ProbeOptions,
  notes: string[],
): Promise<Failed | undefined> {
  const body = randomBytes(32)
  // Until it is refused it may have been written: an answer that did not come proves nothing.
  let written: Written | undefined = { key, versionId: undefined }
  let failed: Failed | undefined
  try {
    const asked = await put(session, key, body, options)
    if ('trouble' in asked) {
      if (asked.trouble.status !== undefined && asked.trouble.status < 500) written = undefined
      failed = { step: put === putWhole ? 'put' : 'multipart', trouble: asked.trouble }
    } else {
      written = asked.answer
      failed = await readBack(session, written, body)
    }
  } finally {
    // Runs when it was told to stop, too; what it finds then is nobody's.
    const left = written === undefined ? undefined : await remove(session, written, notes)
    failed ??= left
  }
  return failed
}

const putWhole: Put = ({ ask, facts }, key, body, { acl, checksum }) =>
  ask(async ({ sdk, client }, options) => {
    const extra = { ...canned(acl), ...(checksum === undefined ? {} : { ChecksumAlgorithm: checksum }), ...facts.payer }
    const input = { Bucket: facts.bucket, Key: key, Body: body, ContentType: 'application/octet-stream', ...extra }
    const output = await client.send(new sdk.PutObjectCommand(input), options)
    return { key, versionId: output.VersionId }
  })

const putInParts: Put = async (session, key, body, { acl }) => {
  const { ask, askLate, facts } = session
  const common = { Bucket: facts.bucket, Key: key, ...facts.payer }
  let UploadId: string | undefined
  const put = (async () =>
    ask(async ({ sdk, client }, options) => {
      const begun = await client.send(new sdk.CreateMultipartUploadCommand({ ...common, ...canned(acl) }), options)
      UploadId = begun.UploadId
      const part = { ...common, UploadId, PartNumber: 1 }
      const { ETag } = await client.send(new sdk.UploadPartCommand({ ...part, Body: body }), options)
      const MultipartUpload = { Parts: [{ PartNumber: 1, ETag }] }
      const done = new sdk.CompleteMultipartUploadCommand({ ...common, UploadId, MultipartUpload })
      return { key, versionId: (await client.send(done, options)).VersionId }
    }))()
  let complete = false
  try {
    const asked = await put
    complete = 'answer' in asked
    return asked
  } finally {
    const id = UploadId
    if (!complete && id !== undefined) {
      await askLate(({ sdk, client }, options) =>
        client.send(new sdk.AbortMultipartUploadCommand({ ...common, UploadId: id }), options),
      )
    }
  }
}

function canned(acl: string | undefined) {
  return acl === undefined ? {} : { ACL: acl as 'public-read' }
}

async function readBack(session: BucketSession, { key }: Written, body: Buffer): Promise<Failed | undefined> {
  const { ask, facts } = session
  const input = { Bucket: facts.bucket, Key: key, ...facts.payer }
  const head = await ask(({ sdk, client }, options) => client.send(new sdk.HeadObjectCommand(input), options))
  if ('trouble' in head) return { step: 'head', trouble: head.trouble }
  const got = await ask(async ({ sdk, client }, options) => {
    const { Body } = await client.send(new sdk.GetObjectCommand(input), options)
    return Body?.transformToByteArray()
  })
  if ('trouble' in got) return { step: 'get', trouble: got.trouble }
  if (head.answer.ContentLength === body.length && body.equals(got.answer ?? Buffer.alloc(0))) return undefined
  return { step: 'get', trouble: { kind: 'response', status: 200, message: 'what was read is not what was written' } }
}

async function remove(session: BucketSession, written: Written, notes: string[]): Promise<Failed | undefined> {
  const { askLate, facts } = session
  const { key, versionId } = written
  const erase = (version: string | undefined) =>
    askLate(({ sdk, client }, options) => {
      const VersionId = version === undefined ? {} : { VersionId: version }
      return client.send(new sdk.DeleteObjectCommand({ Bucket: facts.bucket, Key: key, ...VersionId }), options)
    })
  const left = (what: string) => notes.push(`${what} stays in bucket ${facts.bucket}: delete it by hand`)
  const erased = await erase(versionId)
  if ('trouble' in erased) {
    if (versionId === undefined || erased.trouble.kind !== 'refused') {
      left(`the probe object ${JSON.stringify(key)}`)
      return { step: 'delete', trouble: erased.trouble }
    }
    // An application deletes without naming a version, so it can do that at least.
    const hidden = await erase(undefined)
    const what = 'trouble' in hidden ? 'the probe object' : `version ${versionId} of the probe object`
    left(`${what} ${JSON.stringify(key)} (the right s3:DeleteObjectVersion is missing)`)
    return 'trouble' in hidden ? { step: 'delete', trouble: hidden.trouble } : undefined
  }
  // It was hidden only: no answer told which version it was. The key is ours alone, so all of them are.
  if (versionId === undefined && erased.answer.DeleteMarker === true) {
    const versions = await versionsOf(session, key)
    const each = versions === undefined ? [undefined] : await Promise.all(versions.map(erase))
    if (each.some((one) => one === undefined || 'trouble' in one)) left(`a version of ${JSON.stringify(key)}`)
  }
  return verifyGone(session, key, left, notes)
}

/** Undefined where they cannot be listed. */
async function versionsOf({ askLate, facts }: BucketSession, key: string): Promise<readonly string[] | undefined> {
  const listed = await askLate(({ sdk, client }, options) =>
    client.send(new sdk.ListObjectVersionsCommand({ Bucket: facts.bucket, Prefix: key }), options),
  )
  if ('trouble' in listed) return undefined
  return [...(listed.answer.Versions ?? []), ...(listed.answer.DeleteMarkers ?? [])]
    .filter(({ Key }) => Key === key)
    .map(({ VersionId = 'null' }) => VersionId)
}

async function verifyGone(
  { askLate, facts }: BucketSession,
  key: string,
  left: (what: string) => void,
  notes: string[],
): Promise<Failed | undefined> {
  const head: Send<unknown> = ({ sdk, client }, options) =>
    client.send(new sdk.HeadObjectCommand({ Bucket: facts.bucket, Key: key }), options)
  const seen = await askLate(head)
  if ('trouble' in seen && seen.trouble.kind === 'absent') return undefined
  if ('trouble' in seen && seen.trouble.kind === 'refused') {
    notes.push(`${JSON.stringify(key)} was deleted; without s3:ListBucket it cannot be seen that it is gone`)
    return undefined
  }
  left(`as far as can be told, the probe object ${JSON.stringify(key)}`)
  const message = 'it was deleted, and is still there'
  return { step: 'verify', trouble: 'trouble' in seen ? seen.trouble : { kind: 'response', status: 200, message } }
}
