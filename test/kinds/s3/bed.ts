// A fixture server with a bucket `media`, and what a check of kind s3 sees of it.
import type { S3Options } from '../../../fixtures/servers/s3.js'
import { connectionSchema, type S3Spec } from '../../../src/connections/schema.js'
import { s3 as kind } from '../../../src/kinds/s3/kind.js'
import { type BucketSource, openBucket } from '../../../src/stores/s3/bucket.js'
import { s3 } from '../../support/s3.js'
import { type RunOptions, runKind } from '../run.js'

export interface SeeOptions extends Omit<RunOptions, 'bucket'> {
  /** Fields of the check. */
  readonly spec?: Readonly<Record<string, unknown>>
  /** Of the connection. */
  readonly connection?: Readonly<Record<string, unknown>>
  readonly asserted?: readonly string[]
  readonly timeoutMs?: number
  readonly env?: Readonly<Record<string, string>>
}

/** Subjects by name, `? reason` for what was not measured, and findings as `class key: reason`. */
export interface Seen {
  readonly subjects: Readonly<Record<string, unknown>>
  readonly told: readonly string[]
  readonly diagnoses: readonly string[]
  readonly notes: readonly string[]
}

export function bucketOf(connection: Readonly<Record<string, unknown>>, env: Readonly<Record<string, string>> = {}) {
  const spec = { type: 's3', bucket: 'media', path_style: true, ...connection }
  return openBucket('media', connectionSchema.parse(spec) as S3Spec, env)
}

export async function seeBucket(bucket: BucketSource, options: SeeOptions): Promise<Seen> {
  const { spec = {}, asserted = [], timeoutMs = 5000, now = () => new Date(), ...rest } = options
  const assertions = asserted.map((subject) => ({ subject })) as never
  const ran = await runKind(
    kind,
    { connection: 'media', ...spec },
    {
      ...rest,
      now,
      bucket,
      check: { timeoutMs, assertions, ...rest.check },
    },
  )
  const { subjects, diagnoses = [], notes = [] } = ran.observation
  return {
    subjects: Object.fromEntries(Object.entries(subjects).map(([name, value]) => [name, shown(value)])),
    told: ran.findings.map(
      ({ finding, key, reason }) => `${finding} ${key}${reason === undefined ? '' : `: ${reason}`}`,
    ),
    diagnoses: diagnoses.map(({ summary, suggestion }) => [summary, suggestion].filter(Boolean).join(' | ')),
    notes,
  }
}

function shown(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'unobserved' in value ? `? ${value.unobserved}` : value
}

export async function openBed(options: S3Options = {}) {
  const { server, client, stop } = await s3({ minPartSize: 1, ...options })
  server.bucket('media')
  const own = { endpoint: server.endpoint, access_key: server.accessKey, secret_key: server.secretKey }
  return {
    server,
    client,
    stop,
    see: ({ connection = {}, env, ...options }: SeeOptions = {}) =>
      seeBucket(bucketOf({ ...own, region: server.region, ...connection }, env), options),
  }
}
export type Bed = Awaited<ReturnType<typeof openBed>>

/** XML of the settings tests put on a bucket. */
export const XML = {
  cors: (origin: string, { methods = ['PUT'], headers = ['*'], expose = ['ETag'] } = {}): string =>
    element('CORSConfiguration', [
      element('CORSRule', [
        element('AllowedOrigin', [origin]),
        ...methods.map((method) => element('AllowedMethod', [method])),
        ...headers.map((name) => element('AllowedHeader', [name])),
        ...expose.map((name) => element('ExposeHeader', [name])),
      ]),
    ]),
  encryption: (algorithm: string): string =>
    element('ServerSideEncryptionConfiguration', [
      element('Rule', [element('ApplyServerSideEncryptionByDefault', [element('SSEAlgorithm', [algorithm])])]),
    ]),
  ownership: (rule: string): string =>
    element('OwnershipControls', [element('Rule', [element('ObjectOwnership', [rule])])]),
  blocked: (all: boolean): string =>
    element('PublicAccessBlockConfiguration', [
      ...['BlockPublicAcls', 'IgnorePublicAcls', 'RestrictPublicBuckets'].map((name) => element(name, ['true'])),
      element('BlockPublicPolicy', [String(all)]),
    ]),
  expiry: (prefix: string, status = 'Enabled'): string =>
    element('LifecycleConfiguration', [
      element('Rule', [
        element('ID', ['tidy']),
        element('Status', [status]),
        element('Filter', [element('Prefix', [prefix])]),
        element('Expiration', [element('Days', ['30'])]),
      ]),
    ]),
  replication: (): string =>
    element('ReplicationConfiguration', [
      element('Role', ['arn:aws:iam::1:role/x']),
      element('Rule', [
        element('Status', ['Enabled']),
        element('Destination', [element('Bucket', ['arn:aws:s3:::b'])]),
      ]),
    ]),
  notification: (): string =>
    element('NotificationConfiguration', [
      element('QueueConfiguration', [element('Queue', ['arn:aws:sqs:::q']), element('Event', ['s3:ObjectCreated:*'])]),
    ]),
  lock: (mode: string): string =>
    element('ObjectLockConfiguration', [
      element('ObjectLockEnabled', ['Enabled']),
      element('Rule', [element('DefaultRetention', [element('Mode', [mode]), element('Days', ['1'])])]),
    ]),
}

function element(name: string, content: readonly string[]): string {
  return `<${name}>${content.join('')}</${name}>`
}

/** A policy that lets anybody do `actions` with what `resource` names. */
export function openTo(resource: string, ...actions: readonly string[]): string {
  const statement = { Effect: 'Allow', Principal: '*', Action: actions, Resource: resource }
  return JSON.stringify({ Version: '2012-10-17', Statement: [statement] })
}
