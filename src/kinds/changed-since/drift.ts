/** Which definitions two majors write otherwise though they mean the same. Pure. */

/** EXTRACT, TRIM, OVERLAY, POSITION and AT TIME ZONE are written as they were read from here on. */
const EXPRESSIONS = 14
/** Views of one table lose the name of it before their columns. */
const VIEWS = 16
/** What ICU calls a locale is brought into one form. */
const LOCALES = 16
/** The schema public belongs to whoever owns the database. */
const PUBLIC = 15

const OF_EXPRESSIONS = new Set([
  ...['view', 'column', 'constraint', 'index', 'trigger', 'rule', 'policy', 'statistics', 'type', 'table', 'function'],
])

/** Whether the texts of expressions say nothing, so that definitions are compared without them. */
export function isWrittenOtherwise(kind: string, was: number, is: number): boolean {
  if (kind === 'view' || kind === 'rule') return crosses(VIEWS, was, is) || crosses(EXPRESSIONS, was, is)
  if (kind === 'custom collation') return crosses(LOCALES, was, is)
  return OF_EXPRESSIONS.has(kind) && crosses(EXPRESSIONS, was, is)
}

export function isOwnedOtherwise(kind: string, name: string, was: number, is: number): boolean {
  return kind === 'owner' && name === 'schema public' && crosses(PUBLIC, was, is)
}

function crosses(major: number, was: number, is: number): boolean {
  const majors = [was, is].map((version) => Math.floor(version / 10_000))
  return Math.min(...majors) < major && Math.max(...majors) >= major
}
