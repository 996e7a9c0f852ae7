/** What was asked of a bucket, as subjects: an answer is a value, trouble never is one. */
import type { Trouble } from '../../stores/s3/trouble.js'
import type { Finding, Observed } from '../kind.js'

export type Subjects = Record<string, Observed>

/** What one part of the look found. */
export interface Part {
  readonly subjects: Readonly<Subjects>
  readonly findings?: readonly Finding[]
  readonly notes?: readonly string[]
}

export function unobserved(trouble: Trouble): { readonly unobserved: string } {
  return { unobserved: trouble.message }
}

export function allUnobserved(names: Iterable<string>, reason: string): Subjects {
  return Object.fromEntries([...names].map((name) => [name, { unobserved: reason }]))
}

/** Of several things looked at: those found are counted, unless none was found and some could not be told. */
export function counted(found: number, unclear: readonly string[]): Observed {
  const [first, ...more] = unclear
  if (found > 0 || first === undefined) return found
  return { unobserved: more.length === 0 ? first : `${first} (and ${more.length} more)` }
}
