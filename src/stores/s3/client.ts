/** The AWS client of one connection, and the SDK itself, loaded when the first request is made. */
import type { S3Client } from '@aws-sdk/client-s3'
import type { S3Spec } from '../../connections/schema.js'
import { UsageError } from '../../lib/errors.js'
import type { Agents } from './agents.js'
import { agentsWithin } from './connect-within.js'
import { Sha256 } from './sha256.js'

export type Sdk = typeof import('@aws-sdk/client-s3')

export interface S3 {
  readonly sdk: Sdk
  readonly client: S3Client
}

export type Environment = Readonly<Record<string, string | undefined>>

const ATTEMPTS = 5
const CONNECT_MS = 10_000
const ANSWER_MS = 60_000

export interface ConnectOptions {
  /** Connections made elsewhere, or otherwise; whoever gives them sees to it that no request goes on for ever. */
  readonly agents?: Pick<Agents, 'http' | 'https'> | undefined
  readonly attempts?: number | undefined
}

export async function connectS3(
  name: string,
  spec: S3Spec,
  env: Environment,
  { agents, attempts = ATTEMPTS }: ConnectOptions = {},
): Promise<S3> {
  // Read by the SDK when it is loaded: its advice on Node versions is for developers, not for a report.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
  const sdk = await import('@aws-sdk/client-s3')
  const own = agents ?? agentsWithin(CONNECT_MS, spec.limit)
  const client = new sdk.S3Client({
    region: spec.region,
    ...(spec.endpoint === undefined ? {} : { endpoint: spec.endpoint }),
    forcePathStyle: spec.path_style,
    // Only AWS has the sessions of directory buckets.
    disableS3ExpressSessionAuth: !isAws(spec.endpoint),
    ...credentials(name, spec, env),
    maxAttempts: attempts,
    sha256: Sha256,
    // Servers other than AWS refuse the checksum headers that are sent and asked for by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      httpAgent: own.http,
      httpsAgent: own.https,
      ...(agents === undefined
        ? { requestTimeout: ANSWER_MS, throwOnRequestTimeout: true, socketTimeout: ANSWER_MS }
        : { socketTimeout: 0 }),
    },
  })
  return { sdk, client }
}

/** An answer tells the time in whole seconds, and comes a while after it was written. */
const CLOCK_SLACK_MS = 5000

/**
 * How far the clock of the store is ahead of this machine's, in milliseconds; 0 where they agree but for some seconds. The
 * SDK notices it and signs by the store's, a little differently with every answer; here it stays what it was, so that the
 * time of an object is the same whenever it is asked for.
 */
export function createClock({ client }: S3): () => number {
  let ahead = 0
  return () => {
    const { systemClockOffset } = client.config
    if (Math.abs(systemClockOffset - ahead) > CLOCK_SLACK_MS) ahead = systemClockOffset
    return ahead
  }
}

/** AWS itself knows more than other servers take. */
export function isAws(endpoint: string | undefined): boolean {
  return endpoint === undefined || /\.amazonaws\.com(\.cn)?$/.test(new URL(endpoint).hostname)
}

/** Those of the connection, then the environment (which a file may have added to), then what the SDK finds by itself. */
function credentials(name: string, spec: S3Spec, env: Environment) {
  if ((spec.access_key === undefined) !== (spec.secret_key === undefined)) {
    throw new UsageError(`connection "${name}": access_key and secret_key belong together`)
  }
  if (spec.access_key !== undefined && spec.secret_key !== undefined) {
    return { credentials: keys(spec.access_key, spec.secret_key, spec.session_token) }
  }
  if (spec.profile !== undefined) return { profile: spec.profile }
  const { AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token, AWS_PROFILE: profile } = env
  if (id !== undefined && secret !== undefined) return { credentials: keys(id, secret, token) }
  return profile === undefined ? {} : { profile }
}

function keys(accessKeyId: string, secretAccessKey: string, sessionToken: string | undefined) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) }
}
