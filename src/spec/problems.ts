/** Collects what is wrong with check files, so that everything is told at once. */
import type { Issue } from './issue.js'
import { excerpt, type Span } from './source.js'

export interface ProblemDetails {
  readonly hint?: string | undefined
  /** The mistake without its user: one in `defaults` is told once, not again for every check that inherits it. */
  readonly same?: string | undefined
  readonly related?: readonly { readonly message: string; readonly span: Span }[] | undefined
}

export interface Problems {
  readonly error: (message: string, span?: Span, details?: ProblemDetails) => void
  readonly warn: (message: string, span?: Span, details?: ProblemDetails) => void
  /** A warning that stays one under `strict`. */
  readonly note: (message: string, span?: Span, details?: ProblemDetails) => void
  readonly all: () => readonly Issue[]
  readonly errors: () => number
}

/** With `strict` every warning is an error. The same issue at the same place is kept once. */
export function collectProblems(options: { readonly strict: boolean }): Problems {
  const issues = new Map<string, Issue>()
  const add = (level: Issue['level'], message: string, span: Span | undefined, details: ProblemDetails): void => {
    const place = span === undefined ? undefined : excerpt(span)
    const id = JSON.stringify([details.same ?? message, place?.file, place?.line, place?.column])
    if (issues.has(id)) return
    const related = details.related?.map(({ message: text, span: at }) => ({ message: text, place: excerpt(at) }))
    issues.set(id, {
      level,
      message,
      ...(place === undefined ? {} : { place }),
      ...(details.hint === undefined ? {} : { hint: details.hint }),
      ...(related === undefined ? {} : { related }),
    })
  }
  return {
    error: (message, span, details = {}) => add('error', message, span, details),
    warn: (message, span, details = {}) => add(options.strict ? 'error' : 'warning', message, span, details),
    note: (message, span, details = {}) => add('warning', message, span, details),
    all: () => [...issues.values()],
    errors: () => [...issues.values()].filter(({ level }) => level === 'error').length,
  }
}

/** In the order the files were read, then as they stand in the file. */
export function sortIssues(issues: readonly Issue[], files: readonly string[]): readonly Issue[] {
  const order = (issue: Issue): readonly [number, number, number] => {
    const { place } = issue
    return place === undefined ? [-1, 0, 0] : [files.indexOf(place.file), place.line, place.column]
  }
  return issues.toSorted((a, b) => {
    const [left, right] = [order(a), order(b)]
    return left[0] - right[0] || left[1] - right[1] || left[2] - right[2]
  })
}
