/**
 * What every answer of S3 tells beside its content, and a bound on that content: an answer to something else than was
 * asked, or one without end, is an error and not an empty result.
 */
import { Readable, Transform, type TransformCallback } from 'node:stream'
import { StoreError } from '../store.js'
import type { S3 } from './client.js'

export interface Noticed {
  /** Where the bucket lies, as the store says. */
  readonly region?: string | undefined
  /** How far the clock of the store and ours are apart, beyond what a header of whole seconds can tell. */
  readonly skewMs?: number | undefined
  /** Where requests about the bucket itself went: scheme, host and path, without a slash at its end. */
  readonly base?: string | undefined
  /** An answer said that it comes from AWS. */
  readonly amazon?: boolean
}

const MOST_BYTES = 16 * 1024 * 1024
const HEAD_BYTES = 1024

/** Root elements, by command, as patterns. A store that does not know `?encryption` may answer with a list of objects. */
const ROOTS: Readonly<Record<string, string>> = {
  ListObjectsV2Command: 'ListBucketResult',
  ListObjectVersionsCommand: 'ListVersionsResult',
  ListMultipartUploadsCommand: 'ListMultipartUploadsResult',
  GetBucketLocationCommand: 'LocationConstraint',
  GetBucketVersioningCommand: 'VersioningConfiguration',
  GetBucketEncryptionCommand: 'ServerSideEncryptionConfiguration',
  // Ceph's gateway puts a word before it.
  GetPublicAccessBlockCommand: '(?:Block)?PublicAccessBlockConfiguration',
  GetBucketPolicyStatusCommand: 'PolicyStatus',
  GetBucketLifecycleConfigurationCommand: 'LifecycleConfiguration',
  GetBucketOwnershipControlsCommand: 'OwnershipControls',
  GetObjectLockConfigurationCommand: 'ObjectLockConfiguration',
  GetBucketReplicationCommand: 'ReplicationConfiguration',
  GetBucketNotificationConfigurationCommand: 'NotificationConfiguration',
}

interface Request {
  readonly protocol?: string
  readonly hostname?: string
  readonly port?: number
  readonly path?: string
}

interface Response {
  readonly statusCode: number
  readonly headers: Readonly<Record<string, string>>
  body: unknown
}

/** Returns what was noticed so far. */
export function noticeAnswers({ client }: S3, now: () => Date): () => Noticed {
  let noticed: Noticed = {}
  client.middlewareStack.add(
    (next, context) => async (args) => {
      const sent = now().getTime()
      const result = await next(args)
      const { commandName } = context as { readonly commandName?: string }
      const response = result.response as Response
      noticed = { ...noticed, ...seen(args.request as Request, commandName, response.headers, sent, now().getTime()) }
      const root = response.statusCode === 200 ? ROOTS[commandName ?? ''] : undefined
      if (response.body instanceof Readable) response.body = bounded(response.body, root)
      return result
    },
    { step: 'deserialize', name: 'noticeAnswers', priority: 'low' },
  )
  return () => noticed
}

function seen(
  request: Request,
  command: string | undefined,
  headers: Readonly<Record<string, string>>,
  sent: number,
  came: number,
): Noticed {
  const region = headers['x-amz-bucket-region']
  const date = Date.parse(headers['date'] ?? '')
  return {
    ...(region === undefined || !/^[\w-]{1,64}$/.test(region) ? {} : { region }),
    ...(Number.isNaN(date) ? {} : { skewMs: skew(date, sent, came) }),
    ...(command === 'ListObjectsV2Command' ? { base: baseOf(request) } : {}),
    ...(headers['server'] === 'AmazonS3' ? { amazon: true } : {}),
  }
}

/** The store's clock stood somewhere within the second of `date` at some time between `sent` and `came`. */
function skew(date: number, sent: number, came: number): number {
  if (date > came) return date - came
  return Math.max(0, sent - (date + 1000))
}

function baseOf({ protocol = 'https:', hostname = '', port, path = '/' }: Request): string {
  const host = port === undefined ? hostname : `${hostname}:${port}`
  return `${protocol}//${host}${path.replace(/\/$/, '')}`
}

function bounded(body: Readable, root: string | undefined): Readable {
  let size = 0
  let head = root === undefined ? undefined : ''
  const wrong = (): StoreError | undefined => {
    if (head === undefined || root === undefined) return undefined
    const fits = new RegExp(`<(?:\\w+:)?${root}[\\s/>]`).test(head)
    head = undefined
    return fits ? undefined : new StoreError('unavailable', 'the answer is not one to what was asked')
  }
  const limit = new Transform({
    transform: (chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback) => {
      size += chunk.length
      if (size > MOST_BYTES) return done(new StoreError('unavailable', 'the answer has no end'))
      if (head !== undefined) head += chunk.toString('latin1', 0, HEAD_BYTES)
      const error = head !== undefined && head.length >= HEAD_BYTES ? wrong() : undefined
      return error === undefined ? done(null, chunk) : done(error)
    },
    flush: (done: TransformCallback) => done(wrong()),
  })
  // Whichever ends first takes the other with it.
  body.once('error', (error) => limit.destroy(error))
  body.once('close', () => {
    if (!body.readableEnded) limit.destroy(new StoreError('unavailable', 'the answer was cut short'))
  })
  limit.once('close', () => body.destroy())
  return body.pipe(limit)
}
