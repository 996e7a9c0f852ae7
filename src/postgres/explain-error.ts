/** Errors of server and network in words that say who must do what. Row values are masked; see mask.ts. */

import { CheckError, type CheckPlace } from '../lib/errors.js'
import { NETWORK_WORDS } from '../lib/network-words.js'
import { maskMessage, oneLine, type ServerError } from './mask.js'
import { PostgresError } from './source.js'

export interface ErrorContext {
  /** Safe to print: the connection's name and place. */
  readonly label: string
  readonly user?: string | undefined
  readonly database?: string | undefined
  /** `--show-data`: nothing is masked, detail is kept. */
  readonly showData?: boolean | undefined
  /** Place of the n-th character of the statement in the check file. */
  readonly locate?: ((position: number) => CheckPlace | undefined) | undefined
  /** Said where a password was refused or lacking. */
  readonly passwordNote?: string | undefined
}

interface Explained {
  readonly message: string
  readonly hint?: string | undefined
}

/** A CheckError passes through; anything that is neither of the server nor of the network is a bug and passes too. */
export function explainError(error: unknown, context: ErrorContext): unknown {
  if (!(error instanceof Error) || error instanceof CheckError) return error
  const { code, message, hint, at } = isServerError(error) ? ofServer(error, context) : ofNetwork(error, context)
  return code === undefined ? error : new PostgresError(message, { code, hint, at, cause: error })
}

function isServerError(error: Error): error is Error & ServerError {
  return 'severity' in error && 'code' in error && typeof error.code === 'string' && error.code.length === 5
}

function ofServer(error: ServerError, context: ErrorContext) {
  const said = context.showData === true ? details(error) : maskMessage(error)
  const explained = serverText(error, said, context)
  const at = error.position === undefined ? undefined : context.locate?.(Number(error.position))
  return { code: error.code, message: explained.message, hint: explained.hint, at }
}

function details(error: ServerError): string {
  return oneLine([error.message, error.detail, error.where].filter((part) => part !== undefined).join('; '))
}

function serverText(
  error: ServerError,
  said: string,
  { label, user, database, passwordNote }: ErrorContext,
): Explained {
  const hint = error.position !== undefined && error.hint !== undefined ? oneLine(error.hint) : undefined
  switch (error.code) {
    case '28P01':
      return {
        message: `${label}: the password of "${user}" was refused`,
        hint: passwordNote ?? 'check user and password',
      }
    case '28000':
      return {
        message: `${label}: the server does not let "${user}" in: ${said}`,
        hint: 'see pg_hba.conf on the server',
      }
    case '3D000':
      return { message: `${label}: there is no database "${database}"` }
    case '53300':
    case '53400':
      return {
        message: `${label}: too many connections: ${said}`,
        hint: 'lower `limit` of the connection, or free sessions',
      }
    case '57P03':
      return { message: `${label}: the server takes no connections: ${said}` }
    case '57P01':
    case '57P02':
      return { message: `${label}: the server ended the session: ${said}` }
    case '42501':
      return error.routine === 'check_enable_rls'
        ? {
            message: `row-level security would hide rows from this role: ${said}`,
            hint: `give "${user}" BYPASSRLS, or connect as a role that no policy restricts`,
          }
        : { message: said, hint: `GRANT SELECT on it (and USAGE on its schema) to "${user}"` }
    case '25006':
      return { message: `it tried to write; postflight only reads: ${said}` }
    case '25P02':
      return { message: 'an earlier statement of this session failed' }
    case '42P01':
      return { message: said, hint: hint ?? 'check the name and the search_path' }
    case '55P03':
      return {
        message: 'waited too long for a lock',
        hint: 'another session holds it; raise lock_timeout or try again later',
      }
    case '57014':
      return /timeout/.test(said) || error.routine === 'ProcessInterrupts'
        ? { message: cancelled(said) }
        : { message: said }
    case '57P05':
    case '25P03':
    case '25P04':
      return { message: `the server ended the transaction: ${said}` }
    case '40001':
      return {
        message: `the server gave the query up: ${said}`,
        hint: 'on a standby, raise max_standby_streaming_delay',
      }
    default:
      return { message: said, hint }
  }
}

function cancelled(said: string): string {
  return /statement timeout/.test(said) ? 'the server ended it at its statement timeout' : `cancelled: ${said}`
}

function ofNetwork(error: Error, { label, user, passwordNote }: ErrorContext) {
  const first = error instanceof AggregateError ? (error.errors[0] as Error) : error
  const code = 'code' in first && typeof first.code === 'string' ? first.code : undefined
  const known = code === undefined ? undefined : NETWORK_WORDS[code]
  const at = undefined
  if (known !== undefined) return { code, at, message: `cannot reach ${label}: ${known}`, hint: undefined }
  if (/does not support SSL/.test(first.message)) {
    const hint = 'the server has no TLS; use sslmode=prefer or disable only if the network is trusted'
    return { code: 'NO_TLS', at, message: `${label}: the server does not offer TLS`, hint }
  }
  if (
    code !== undefined &&
    /^(ERR_TLS|ERR_SSL|ERR_OSSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO|ERR_X509)/.test(code)
  ) {
    return { code, at, message: `${label}: TLS failed: ${oneLine(first.message)}`, hint: tlsHint(code) }
  }
  if (/password must be a string|SASL/.test(first.message)) {
    const message = `${label}: the server asks for a password of "${user}"`
    return {
      code: 'NO_PASSWORD',
      at,
      message,
      hint: passwordNote ?? 'give one in the url, password, PGPASSWORD or ~/.pgpass',
    }
  }
  if (/Connection terminated|not queryable|timeout expired/.test(first.message)) {
    return { code: code ?? 'CONNECTION_LOST', at, message: `${label}: the connection was lost`, hint: undefined }
  }
  return { code: undefined, at, message: first.message, hint: undefined }
}

function tlsHint(code: string): string {
  return code === 'ERR_TLS_CERT_ALTNAME_INVALID'
    ? 'the certificate is for another name: connect by that name, or use sslmode=verify-ca'
    : 'set sslrootcert to the certificate that signed the server’s'
}

/** What a wait or a statement ends in once its signal has aborted. */
export function stopped(signal: AbortSignal): PostgresError {
  const reason: unknown = signal.reason
  const why = reason instanceof Error ? reason.message : 'on request'
  return new PostgresError(`stopped: ${why}`, { code: '57014', cause: reason })
}
