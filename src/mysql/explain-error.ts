/**
 * Errors of server and network in words that say who must do what. A message of the server appears only where it is of
 * those that name objects: others may quote a row.
 */

import { CheckError, type CheckErrorOptions, type CheckPlace } from '../lib/errors.js'
import { NETWORK_WORDS } from '../lib/network-words.js'
import { oneLine } from '../postgres/mask.js'

export class MysqlError extends CheckError {
  override readonly name = 'MysqlError'
  /** The server's number of the error, or Node's code of a connection error. */
  readonly code: number | string | undefined

  constructor(message: string, options: CheckErrorOptions & { readonly code?: number | string | undefined } = {}) {
    super(message, options)
    this.code = options.code
  }
}

export interface ErrorContext {
  /** Safe to print: the connection's name and place. */
  readonly label: string
  readonly user: string
  readonly database: string | undefined
  /** `--show-data`: nothing is withheld. */
  readonly showData: boolean
}

/** A table, a column, a function, a syntax: what these quote is the query, not a row. */
const NAMES_ONLY = new Set([
  1046, 1051, 1052, 1054, 1055, 1056, 1060, 1064, 1066, 1072, 1109, 1128, 1140, 1146, 1176, 1221, 1222, 1235, 1242,
  1247, 1248, 1271, 1305, 1318, 1356, 1370, 1449, 1630, 1792, 4028, 4078,
])
const DENIED = new Set([1142, 1143, 1227, 1044, 1370])

const NETWORK: Readonly<Record<string, string>> = {
  ...NETWORK_WORDS,
  PROTOCOL_CONNECTION_LOST: 'the connection was lost',
}

/** A CheckError passes through; anything that is neither of the server nor of the network is a bug and passes too. */
export function explainError(error: unknown, context: ErrorContext, at?: CheckPlace): unknown {
  if (!(error instanceof Error) || error instanceof CheckError) return error
  const { errno, code = '' } = error as { readonly errno?: number; readonly code?: string }
  const known = NETWORK[code]
  if (known !== undefined) return new MysqlError(`cannot reach ${context.label}: ${known}`, { code, cause: error })
  if (code === 'HANDSHAKE_NO_SSL_SUPPORT') {
    const hint = 'the server has no TLS; use sslmode: prefer or disable only if the network is trusted'
    return new MysqlError(`${context.label}: the server does not offer TLS`, { code, hint, cause: error })
  }
  if (code === 'HANDSHAKE_SSL_ERROR' || /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO|SELF_SIGNED|DEPTH_ZERO|EPROTO)/.test(code)) {
    const hint = 'set sslrootcert to the certificate that signed the server’s'
    return new MysqlError(`${context.label}: TLS failed: ${oneLine(error.message)}`, { code, hint, cause: error })
  }
  if (errno === undefined || !('sqlState' in error)) return error
  const { message, hint } = ofServer(errno, oneLine(error.message), context)
  return new MysqlError(message, { code: errno, hint, at, cause: error })
}

function ofServer(
  errno: number,
  said: string,
  { label, user, database, showData }: ErrorContext,
): { readonly message: string; readonly hint?: string } {
  switch (errno) {
    case 1045:
      return {
        message: `${label}: the password of "${user}" was refused`,
        hint: 'check user, password, and from where the user may come',
      }
    case 1049:
      return { message: `${label}: there is no database "${database ?? ''}"` }
    case 1040:
    case 1203:
      return { message: `${label}: too many connections`, hint: 'lower `limit` of the connection, or free sessions' }
    case 1205:
      return {
        message: 'waited too long for a lock',
        hint: 'another session holds it; raise lock_timeout or try again later',
      }
    case 1317:
    case 1969:
    case 3024:
      return { message: 'the server ended it at its time limit' }
    case 1792:
      return { message: 'it tried to write; postflight only reads' }
  }
  if (DENIED.has(errno)) return { message: said, hint: `GRANT SELECT on it to "${user}"` }
  if (NAMES_ONLY.has(errno) || showData) return { message: said }
  return { message: `the server refused it with error ${errno} (message withheld: it may hold row values)` }
}

/** What a wait or a statement ends in once its signal has aborted. */
export function stopped(signal: AbortSignal): MysqlError {
  const reason: unknown = signal.reason
  return new MysqlError(`stopped: ${reason instanceof Error ? reason.message : 'on request'}`, { cause: reason })
}
