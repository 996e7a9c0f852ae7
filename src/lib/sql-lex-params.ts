/** Finds the `:name` parameters of a check file's SQL. */
import { lexSql, type Token } from './sql-lex.js'

export interface Placeholder {
  readonly name: string
  /** UTF-16 offsets of `:name` in the SQL. */
  readonly start: number
  readonly end: number
}

/**
 * In `list[a:b]` the colon may part an array slice: there, `:b` is a parameter only if `declared` has it. A space
 * behind the colon (`list[a: b]`) makes it a slice in any case.
 */
export function findParams(
  sql: string,
  declared: { readonly has: (name: string) => boolean },
  tokens: readonly Token[] = lexSql(sql),
): readonly Placeholder[] {
  const found: Placeholder[] = []
  let brackets = 0
  for (const token of tokens) {
    const text = token.kind === 'symbol' || token.kind === 'param' ? sql.slice(token.start, token.end) : ''
    if (text === '[') brackets++
    else if (text === ']') brackets--
    else if (token.kind === 'param') {
      const name = text.slice(1)
      if (brackets <= 0 || declared.has(name)) found.push({ name, start: token.start, end: token.end })
    }
  }
  return found
}
