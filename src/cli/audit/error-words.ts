/** What went wrong, in one line for the audit; it escapes what it shows. */
import { CheckError, UsageError } from '../../lib/errors.js'
import { SpecError } from '../../spec/issue.js'
import { issueWords } from '../words.js'

export function errorWords(error: unknown): string {
  if (error instanceof SpecError) {
    const [first, ...more] = error.issues.filter(({ level }) => level === 'error')
    if (first === undefined) return error.message
    return `${issueWords(first)}${more.length === 0 ? '' : `; and ${more.length} more: postflight lint shows all`}`
  }
  if (!(error instanceof Error)) return String(error)
  const next = error instanceof UsageError ? error.suggestions[0] : error instanceof CheckError ? error.hint : undefined
  return next === undefined ? error.message : `${error.message} (${next})`
}
