/** What the file system's error codes mean for a store. */
import { type Key, keyToText } from '../../lib/key.js'
import { StoreError, type StoreErrorCode } from '../store.js'

const CODES: Readonly<Record<string, StoreErrorCode>> = {
  ENOENT: 'absent',
  ENOTDIR: 'absent',
  ENAMETOOLONG: 'absent',
  EACCES: 'forbidden',
  EPERM: 'forbidden',
  ENOTCONN: 'unavailable',
  ETIMEDOUT: 'unavailable',
  EHOSTDOWN: 'unavailable',
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'does not exist',
  ENOTDIR: 'does not exist',
  ENAMETOOLONG: 'does not exist: the name is too long for the file system',
  EACCES: 'permission denied',
  EPERM: 'not permitted',
  EIO: 'input/output error',
  ESTALE: 'stale file handle',
  ELOOP: 'too many links one after another',
  ENOTCONN: 'the mount has lost its server',
}

/** Code of an error of which only the words are known. */
export const UNNAMED = 'EUNNAMED'

export function errorCode(cause: unknown): string {
  return cause instanceof Error && 'code' in cause ? String(cause.code) : ''
}

/** Whether a path does not lead to anything: on a file system, also because a parent is a file or a name too long. */
export function isAbsent(cause: unknown): boolean {
  return CODES[errorCode(cause)] === 'absent'
}

/** The code and the reason of a file system error; anything else is a bug and thrown on. */
export function explain(cause: unknown): { readonly code: StoreErrorCode; readonly reason: string } {
  const code = errorCode(cause)
  if (!/^E[A-Z0-9]+$/.test(code) && !isSystemError(cause)) throw cause
  const reason = REASONS[code] ?? (code === UNNAMED && cause instanceof Error ? cause.message : code)
  return { code: CODES[code] ?? 'unreadable', reason }
}

/** `where` is what cannot be looked at, as text. */
export function fileError(where: string, cause: unknown): StoreError {
  const { code, reason } = explain(cause)
  return new StoreError(code, `${where}: ${reason}`, { cause, hint: HINTS[code] })
}

export const BEHIND_LINK = 'lies behind a link to a directory'
export const BEHIND_LINK_HINT =
  'links to directories are not followed; use the directory itself as the root of a connection'

export function quoteKey(key: Key): string {
  return JSON.stringify(keyToText(key))
}

const HINTS: Readonly<Partial<Record<StoreErrorCode, string>>> = {
  forbidden: 'run postflight as a user who may read it',
  unavailable: 'see to the mount, then look again',
}

/** Codes libuv does not know have no name, only a number: `Unknown system error -122`. */
function isSystemError(cause: unknown): boolean {
  return cause instanceof Error && 'errno' in cause && 'syscall' in cause
}
