/** Errors say who must act. A bug is any other error: it is left as it is and ends in exit code 70. */

/** The user must act: command line, check file, variable or secret. Nothing ran; exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
  /** What to do next, one suggestion a line. */
  readonly suggestions: readonly string[]

  constructor(message: string, options: { readonly suggestions?: readonly string[]; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause })
    this.suggestions = options.suggestions ?? []
  }
}

/** A place inside a check: the path of a scalar below the check, and a UTF-16 offset into that scalar's text. */
export interface CheckPlace {
  readonly path: readonly (string | number)[]
  readonly offset?: number | undefined
}

export interface CheckErrorOptions {
  readonly cause?: unknown
  /** What to do about it, in one line. */
  readonly hint?: string | undefined
  readonly at?: CheckPlace | undefined
}

/** The check could not be evaluated. It becomes outcome *error*, never an exit by itself. */
export class CheckError extends Error {
  override readonly name: string = 'CheckError'
  readonly hint: string | undefined
  readonly at: CheckPlace | undefined

  constructor(message: string, options: CheckErrorOptions = {}) {
    super(message, { cause: options.cause })
    this.hint = options.hint
    this.at = options.at
  }
}
