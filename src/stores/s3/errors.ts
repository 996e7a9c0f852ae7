/** What S3's errors mean for a store, and which right is missing. Only names and codes are told, no text of the server. */
import { CheckError, type CheckErrorOptions, UsageError } from '../../lib/errors.js'
import { StoreError, type StoreErrorCode } from '../store.js'

export type Operation = 'list' | 'stat' | 'open' | 'history'

export const CREDENTIALS = new Set([
  'InvalidAccessKeyId',
  'SignatureDoesNotMatch',
  'InvalidToken',
  'ExpiredToken',
  'TokenRefreshRequired',
  'InvalidClientTokenId',
])
export const EXPIRED = new Set(['ExpiredToken', 'TokenRefreshRequired'])
export const REDIRECTS = new Set(['PermanentRedirect', 'TemporaryRedirect', 'AuthorizationHeaderMalformed'])

const RIGHTS: Readonly<Record<Operation, string>> = {
  list: 'the right s3:ListBucket is missing',
  stat: 'the right s3:GetObject is missing, or the object is: without s3:ListBucket a missing one is refused, too',
  history: 'the right s3:ListBucketVersions is missing',
  open: 'the right s3:GetObject is missing (or kms:Decrypt, where the object is encrypted)',
}

export interface Parts {
  readonly name: string
  readonly code: string | undefined
  readonly status: number | undefined
  readonly region: string | undefined
}

export function httpStatus(cause: unknown): number | undefined {
  return parts(cause).status
}

/** `where` names the bucket, and the key if it is about one. Errors that are ours pass as they are, and so do bugs. */
export function s3Error(where: string, operation: Operation, cause: unknown): unknown {
  if (cause instanceof CheckError || cause instanceof UsageError || isBug(cause)) return cause
  const { name, code, status, region } = parts(cause)
  const fail = (kind: StoreErrorCode, what: string, options: CheckErrorOptions = {}) =>
    new StoreError(kind, `${where}: ${what}`, { cause, ...options })

  if (name === 'NoSuchBucket') return fail('absent', 'there is no such bucket')
  if (name === 'NoSuchKey' || (status === 404 && operation !== 'list')) return fail('absent', 'there is no such object')
  if (EXPIRED.has(name)) return fail('unavailable', `the credentials have expired (${name})`)
  if (CREDENTIALS.has(name)) return fail('forbidden', `wrong credentials (${name})`)
  if (name === 'CredentialsProviderError' || name === 'TokenProviderError') {
    return fail('forbidden', 'no credentials', {
      hint: 'give access_key and secret_key, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY',
    })
  }
  if (name === 'RequestTimeTooSkewed')
    return fail('forbidden', 'the clock of this machine is wrong (RequestTimeTooSkewed)')
  if (REDIRECTS.has(name) || status === 301 || status === 307) {
    return fail('unavailable', `the bucket lies in another region${region === undefined ? '' : `: ${region}`}`, {
      hint: region === undefined ? 'set region (and endpoint) on the connection' : `set region: ${region}`,
    })
  }
  if (name === 'InvalidObjectState') return fail('unreadable', 'archived; it must be restored before it can be read')
  if (name === 'AccessDenied' || name === 'AllAccessDisabled' || status === 401 || status === 403) {
    return fail('forbidden', RIGHTS[operation])
  }
  if (status === 400 && operation === 'stat') {
    return fail('unreadable', 'refused with HTTP 400', {
      hint: 'either the object is encrypted with a key of the customer (SSE-C), or the credentials have expired',
    })
  }
  if (status === 200) return fail('unavailable', 'the answer was cut short or is not one of S3', { hint: AGAIN })
  return fail('unavailable', code ?? (status === undefined ? name : `HTTP ${status} ${name}`), { hint: AGAIN })
}

/** Why a request was in vain, of one that the store was too busy for or did not answer at all. */
export function inVain(cause: unknown): string | undefined {
  const { name, code, status } = parts(cause)
  if (cause instanceof CheckError || isBug(cause) || NO_ANSWER_NEEDED.has(name)) return undefined
  if (status === undefined) return code ?? name
  return status === 429 || status >= 500 ? `HTTP ${status} ${name}` : undefined
}

/** What fails before anything is sent. */
const NO_ANSWER_NEEDED = new Set(['CredentialsProviderError', 'TokenProviderError'])

const AGAIN = 'see that the endpoint is right and can be reached, then look again'

function isBug(cause: unknown): boolean {
  const ours = cause instanceof TypeError || cause instanceof RangeError || cause instanceof ReferenceError
  return ours && !('code' in cause) && !('$metadata' in cause)
}

export function parts(cause: unknown): Parts {
  const error = (typeof cause === 'object' && cause !== null ? cause : {}) as {
    readonly name?: unknown
    readonly code?: unknown
    readonly $metadata?: { readonly httpStatusCode?: unknown }
    readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> }
    readonly Region?: unknown
  }
  const status = error.$metadata?.httpStatusCode
  const region = error.$response?.headers?.['x-amz-bucket-region'] ?? error.Region
  return {
    name: plain(error.name) ?? 'unknown error',
    code: plain(error.code),
    status: typeof status === 'number' ? status : undefined,
    region: plain(region),
  }
}

/** Codes and names are words; anything else a server may have put there is not repeated. */
function plain(value: unknown): string | undefined {
  return typeof value === 'string' && /^[\w.-]{1,64}$/.test(value) ? value : undefined
}
