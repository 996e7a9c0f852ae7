/** Regular expressions of a check file, in linear time (RE2). The package is loaded when the first is read: most check files have none. */
import { createRequire } from 'node:module'
import type { RE2JS } from 're2js'

/** Throws RE2JSException on a pattern that is none. */
export function compileRegex(pattern: string): RE2JS {
  const library = createRequire(import.meta.url)('re2js') as typeof import('re2js')
  return library.RE2JS.compile(pattern)
}
