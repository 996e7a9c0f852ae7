/** Puts a check file's SQL inside a statement of ours; parameters become `?`, in the order they stand. */
import { CheckError } from '../lib/errors.js'
import { lexSql } from '../lib/sql-lex.js'
import { checkSql } from '../lib/sql-lex-check.js'
import { findParams } from '../lib/sql-lex-params.js'
import type { Scalar } from '../lib/value.js'
import { paramText } from '../postgres/param.js'
import type { UserQuery } from '../sql/source.js'

export interface Statement {
  readonly text: string
  readonly values: readonly (string | null)[]
}

export const PLAIN = { before: 'SELECT * FROM (\n', after: '\n) AS q' }

/**
 * Sessions run with ANSI_QUOTES and NO_BACKSLASH_ESCAPES, so strings and names are read as the lexer reads them. A second
 * statement is refused here with a clear message, and by the server in any case. Errors: CheckError at the SQL's place.
 */
export function wrap(query: UserQuery, around: { readonly before: string; readonly after: string }): Statement {
  const { sql, params = {}, path } = query
  const problem = checkSql(sql, params, query.around === undefined ? 'query' : 'condition')[0]
  if (problem !== undefined) {
    throw new CheckError(problem.message, { hint: problem.hint, at: { path, offset: problem.offset } })
  }
  refuseLocks(query)
  const found = findParams(sql, new Set(Object.keys(params)))
  let text = ''
  let done = 0
  for (const { start, end } of found) {
    text += `${sql.slice(done, start)}?`
    done = end
  }
  text += sql.slice(done)
  return {
    text: `${around.before}${query.around?.before ?? ''}${text}${query.around?.after ?? ''}${around.after}`,
    values: found.map(({ name }) => boundValue(params[name] ?? null, name, query)),
  }
}

/**
 * A read-only transaction of MySQL may lock rows all the same, and comments that begin with `/*!` are run: the lexer would
 * take them for none.
 */
function refuseLocks({ sql, path }: UserQuery): void {
  const tokens = lexSql(sql)
  const comment = tokens.find(({ kind, start }) => kind === 'comment' && /^\/\*M?!/.test(sql.slice(start, start + 4)))
  if (comment !== undefined) {
    throw new CheckError('a comment that MySQL would run may not stand here', { at: { path, offset: comment.start } })
  }
  const words = tokens.filter(({ kind }) => kind === 'word')
  const text = (index: number) => sql.slice(words[index]?.start, words[index]?.end).toLowerCase()
  const lock = words.findIndex((_, index) =>
    text(index) === 'for'
      ? ['update', 'share'].includes(text(index + 1))
      : text(index) === 'lock' && text(index + 1) === 'in',
  )
  if (lock < 0) return
  throw new CheckError('it would lock rows; postflight only reads', { at: { path, offset: words[lock]?.start } })
}

function boundValue(value: Scalar | readonly Scalar[], name: string, { path }: UserQuery): string | null {
  // Where a truth is a number, 'true' would be 0.
  if (typeof value === 'boolean') return value ? '1' : '0'
  if (!Array.isArray(value)) return paramText(value as Scalar)
  throw new CheckError(`the parameter "${name}" is a list, which MySQL cannot be given`, {
    at: { path },
    hint: 'write one parameter for each value: in (:a, :b)',
  })
}
