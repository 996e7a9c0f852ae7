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
  /** Of the server's source. */
  readonly file?: string | undefined
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

/** Errors of routines that are not the server's own: text made by PL/Python, PL/Perl, libraries. */
const ROUTINES = new Set(['38', '39'])
/** https://www.postgresql.org/docs/current/errcodes-appendix.html; any other class is one somebody made up. */
const CLASSES = new Set(
  `00 01 02 03 08 09 0A 0B 0F 0L 0P 0Z 10 20 21 22 23 24 25 26 27 28 2B 2D 2F 34 3B 3D 3F 40 42 44 53 54 55 57 58
  72 F0 HV XX`.split(/\s+/),
)
/** Languages of functions; what they raise is text of the function under any code. */
const LANGUAGES = /^(?:plpy|plperl|pltcl|plv8|plr|pljava)/

export const WITHHELD = 'message withheld: it may hold row values'

/** The server's message with everything that may be a value masked. */
export function maskMessage(error: ServerError): string {
  const group = error.code.slice(0, 2)
  if (isRaised(error, group)) return `a function raised an error (${WITHHELD})`
  const names =
    NAMES_ONLY.has(group) ||
    (NAMES_WITH_POSITION.has(group) && error.position !== undefined) ||
    NAMING_ROUTINES.has(error.routine ?? '')
  return oneLine(names ? error.message : maskQuoted(error.message))
}

/** By a function, as `RAISE` does: any text, under any code. */
function isRaised({ routine, code, file }: ServerError, group: string): boolean {
  if (routine === 'exec_stmt_raise' || code.startsWith('P0')) return true
  return ROUTINES.has(group) || !CLASSES.has(group) || LANGUAGES.test(file?.replace(/^.*[\\/]/, '') ?? '')
}

/** From the first quote to the last, since a value may hold quotes; and bytes of broken text, printed as 0x… */
function maskQuoted(message: string): string {
  return message.replace(/["'«„“‘‹][\s\S]*["'»“”’›]/, '"…"').replace(/\b0x[0-9a-f]{2}(?: 0x[0-9a-f]{2})*/gi, '0x…')
}

/** No line breaks, no control characters. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\u2028\u2029]+/gu, ' ').trim()
}
