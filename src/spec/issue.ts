import { UsageError } from '../lib/errors.js'
import type { Excerpt } from '../lib/position.js'

/** One thing wrong with a check file. Warnings are errors under `--strict`. */
export interface Issue {
  readonly level: 'error' | 'warning'
  readonly message: string
  readonly place?: Excerpt | undefined
  /** Drawn behind the caret: `did you mean "expect"?` */
  readonly hint?: string | undefined
  /** Other places it is about, for instance the first of two equal ids. */
  readonly related?: readonly { readonly message: string; readonly place: Excerpt }[] | undefined
}

/** The check files do not hold; all their issues at once. Nothing ran; exit code 2. */
export class SpecError extends UsageError {
  readonly issues: readonly Issue[]

  constructor(issues: readonly Issue[]) {
    const errors = issues.filter((issue) => issue.level === 'error').length
    super(`${errors} ${errors === 1 ? 'error' : 'errors'} in the check files`)
    this.issues = issues
  }
}
