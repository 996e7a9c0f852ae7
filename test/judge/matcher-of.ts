import type { Matcher } from '../../src/judge/matcher.js'
import { parseMatcher } from '../../src/judge/parse-matcher.js'
import type { SubjectSpec } from '../../src/kinds/kind.js'

/** A matcher as a check file would write it; what does not parse is a mistake in the test. */
export function matcherOf(raw: unknown, subject: SubjectSpec): Matcher {
  const parsed = parseMatcher(raw, subject)
  if (!parsed.ok) throw new Error(`${parsed.message} at ${parsed.path.join('.')}`)
  return parsed.matcher
}
