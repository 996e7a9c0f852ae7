/**
 * Why a request to S3 gave nothing, sorted by what it says about the bucket. Only codes and our own words are told, no
 * text of the server.
 */
import { CheckError } from '../../lib/errors.js'
import { DialError } from '../../vantage/vantage.js'
import { HandshakeError } from './agents.js'
import { CREDENTIALS, parts, REDIRECTS } from './errors.js'

export type TroubleKind =
  | 'name'
  | 'connect'
  | 'handshake'
  /** Nothing that S3 would say, or a fault of the server. */
  | 'response'
  | 'credentials'
  | 'clock'
  | 'region'
  /** There is no such bucket. */
  | 'bucket'
  /** Known, and not allowed. */
  | 'refused'
  /** There is no such object, or nothing is set. */
  | 'absent'
  | 'archived'
  /** The store does not know the operation. */
  | 'unsupported'

export interface Trouble {
  readonly kind: TroubleKind
  /** One sentence without its end. */
  readonly message: string
  /** Code of S3 or of node. */
  readonly code?: string | undefined
  readonly status?: number | undefined
  readonly hint?: string | undefined
  /** Where the bucket lies, of kind `region`. */
  readonly region?: string | undefined
  /** The object is hidden by a delete marker. */
  readonly deleteMarker?: boolean | undefined
}

const NAME_CODES = new Set(['ENOTFOUND', 'EAI_AGAIN', 'ENODATA'])
const UNSUPPORTED = new Set(['NotImplemented', 'MethodNotAllowed', 'XNotImplemented', 'UnsupportedOperation'])
const DENIED = new Set(['AccessDenied', 'AllAccessDisabled', 'AccountProblem', 'Forbidden', 'InvalidPayer'])
const NO_CREDENTIALS = new Set(['CredentialsProviderError', 'TokenProviderError'])

export function troubleOf(cause: unknown): Trouble {
  if (cause instanceof DialError) return { kind: cause.step, message: cause.message, code: cause.code }
  if (cause instanceof HandshakeError) return { kind: 'handshake', message: cause.message, code: cause.code }
  if (cause instanceof CheckError) return { kind: 'response', message: cause.message, hint: cause.hint }
  const { name, code, status, region } = parts(cause)
  const told = { code: code ?? name, status }
  const withCode = (message: string) => `${message} (${name})`
  if (NO_CREDENTIALS.has(name)) {
    const hint = 'give access_key and secret_key, a profile, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY'
    return { kind: 'credentials', message: 'no credentials were found', ...told, hint }
  }
  if (name === 'RequestTimeTooSkewed') {
    return { kind: 'clock', message: withCode('the clock of this machine is wrong'), ...told, hint: 'synchronise it' }
  }
  if (CREDENTIALS.has(name)) return { kind: 'credentials', message: withCode('the credentials are wrong'), ...told }
  if (REDIRECTS.has(name) || status === 301 || status === 307) {
    const place = region === undefined ? 'another region or endpoint' : `region ${region}`
    const hint = region === undefined ? 'set region and endpoint on the connection' : `set region: ${region}`
    return { kind: 'region', message: withCode(`the bucket lies in ${place}`), ...told, hint, region }
  }
  if (name === 'NoSuchBucket') return { kind: 'bucket', message: 'there is no such bucket', ...told }
  if (name === 'InvalidObjectState') {
    return { kind: 'archived', message: 'archived; it must be restored before it can be read', ...told }
  }
  if (UNSUPPORTED.has(name) || status === 501 || status === 405) {
    return { kind: 'unsupported', message: withCode('the store does not know this request'), ...told }
  }
  if (name.startsWith('KMS') || name.startsWith('Kms')) {
    return { kind: 'refused', message: withCode('the key it is encrypted with cannot be used'), ...told }
  }
  if (DENIED.has(name) || status === 401 || status === 403) {
    return { kind: 'refused', message: withCode('it was refused'), ...told }
  }
  if (status === 404) return { kind: 'absent', message: withCode('it is not there'), ...told, ...marker(cause) }
  if (NAME_CODES.has(code ?? '')) return { kind: 'name', message: `the name does not resolve (${code})`, ...told }
  if (status === undefined && code !== undefined) {
    return { kind: 'response', message: `the connection broke off before an answer (${code})`, ...told }
  }
  if (status !== undefined && status >= 400) {
    return { kind: 'response', message: `HTTP ${status} ${name}`, ...told }
  }
  return { kind: 'response', message: 'what answers is not S3, or its answer was cut short', ...told }
}

function marker(cause: unknown): Pick<Trouble, 'deleteMarker'> {
  const headers = (cause as { readonly $response?: { readonly headers?: Readonly<Record<string, unknown>> } }).$response
    ?.headers
  return headers?.['x-amz-delete-marker'] === 'true' ? { deleteMarker: true } : {}
}
