/**
 * Keeps row values out of error messages. The server quotes identifiers and values alike (`relation "orders" does not
 * exist`, `invalid input syntax for type integer: "alice@example.org"`), and does not escape quotes inside them, so
 * which it is must be told by the kind of error. Pure.
 */

/** What the server says of an error, as pg gives it. */
export interface ServerError {
  readonly message: string
  readonly code: string
  readonly severity?: string | undefined
  readonly position?: string | undefined
  readonly routine?: string | undefined
  readonly hint?: string | undefined
  readonly detail?: string | undefined
  readonly where?: string | undefined
  readonly internalQuery?: string | undefined
}

/** SQLSTATE classes whose messages name objects and settings, never values. */
const NAMES_ONLY = new Set(['08', '0A', '25', '26', '28', '3D', '40', '53', '54', '55', '57', '58', 'XX'])
/** Found while the text was analysed, so what is quoted is from the text: these carry a position. */
const NAMES_WITH_POSITION = new Set(['42', '3F'])
/** Functions of the server that only ever quote the name of an object. */
const NAMING_ROUTINES = new Set([
  'aclcheck_error',
  'aclcheck_error_col',
  'check_enable_rls',
  'PreventCommandIfReadOnly',
])

export const WITHHELD = 'message withheld: it may hold row values'

/** The server's message with everything that may be a value masked. */
export function maskMessage(error: ServerError): string {
  // RAISE in a function: any text, under any code.
  if (error.routine === 'exec_stmt_raise' || error.code.startsWith('P0'))
    return `a function raised an error (${WITHHELD})`
  const group = error.code.slice(0, 2)
  const names =
    NAMES_ONLY.has(group) ||
    (NAMES_WITH_POSITION.has(group) && error.position !== undefined) ||
    NAMING_ROUTINES.has(error.routine ?? '')
  return oneLine(names ? error.message : maskQuoted(error.message))
}

/** From the first quote to the last, since a value may hold quotes; and bytes of broken text, printed as 0x… */
function maskQuoted(message: string): string {
  return message.replace(/["'«„“‘‹][\s\S]*["'»“”’›]/, '"…"').replace(/\b0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/gi, '0x…')
}

/** No line breaks, no control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
}
