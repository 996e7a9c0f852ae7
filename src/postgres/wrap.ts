/**
 * Puts a check file's SQL inside a statement of ours and finds the way back: from the character the server complains
 * about to the place in the check file.
 */
import { CheckError, type CheckPlace } from '../lib/errors.js'
import { checkSql } from '../lib/sql-lex-check.js'
import { findParams } from '../lib/sql-lex-params.js'
import { paramText } from './param.js'
import { quoteLiteral } from './quote.js'
import type { UserQuery } from './source.js'

export interface Statement {
  readonly text: string
  readonly values: readonly (string | null)[]
  /** Place of the n-th character (from 1, by code point, as PostgreSQL counts) in the check file, if it is from there. */
  readonly locate: (position: number) => CheckPlace | undefined
}

interface Piece {
  readonly text: string
  /** Where it comes from. A `fixed` offset holds for all of the piece. */
  readonly from?: { readonly offset: number; readonly fixed: boolean }
}

export const PLAIN = { before: 'SELECT * FROM (\n', after: '\n) AS q' }

/**
 * Text that closes the wrapper, trails off in a comment or holds a second statement is refused here with a clear
 * message, and by the server in any case: it parses the whole as one statement. Errors: CheckError at the SQL's place.
 */
export function wrap(query: UserQuery, around: { readonly before: string; readonly after: string }): Statement {
  refuse(query)
  return compose(query, around, (index) => `$${index + 1}`)
}

/** The same with the parameters as literals, for COPY, which cannot bind. `types` are names of types, in `values` order. */
export function wrapWithLiterals(
  query: UserQuery,
  around: { readonly before: string; readonly after: string },
  types: readonly string[],
): Statement {
  const names = distinctParams(query)
  const literals = names.map((name, index) => {
    const text = paramText(query.params?.[name] ?? null)
    return `(${text === null ? 'NULL' : quoteLiteral(text)}::${types[index] ?? 'text'})`
  })
  return { ...compose(query, around, (index) => literals[index] ?? 'NULL'), values: [] }
}

function refuse(query: UserQuery): void {
  const problem = checkSql(query.sql, query.params, query.around === undefined ? 'query' : 'condition')[0]
  if (problem === undefined) return
  throw new CheckError(problem.message, { hint: problem.hint, at: { path: query.path, offset: problem.offset } })
}

function distinctParams(query: UserQuery): readonly string[] {
  const declared = new Set(Object.keys(query.params ?? {}))
  return [...new Set(findParams(query.sql, declared).map((param) => param.name))]
}

function compose(
  query: UserQuery,
  around: { readonly before: string; readonly after: string },
  replacement: (index: number) => string,
): Statement {
  const declared = new Set(Object.keys(query.params ?? {}))
  const names = distinctParams(query)
  const pieces: Piece[] = [{ text: around.before + (query.around?.before ?? '') }]
  let done = 0
  for (const param of findParams(query.sql, declared)) {
    pieces.push({ text: query.sql.slice(done, param.start), from: { offset: done, fixed: false } })
    pieces.push({ text: replacement(names.indexOf(param.name)), from: { offset: param.start, fixed: true } })
    done = param.end
  }
  pieces.push({ text: query.sql.slice(done), from: { offset: done, fixed: false } })
  pieces.push({ text: (query.around?.after ?? '') + around.after })
  const text = pieces.map((piece) => piece.text).join('')
  return {
    text,
    values: names.map((name) => paramText(query.params?.[name] ?? null)),
    locate: (position) => locate(query, pieces, utf16Index(text, position)),
  }
}

function locate(query: UserQuery, pieces: readonly Piece[], index: number): CheckPlace | undefined {
  let start = 0
  for (const piece of pieces) {
    const end = start + piece.text.length
    if (index < end && piece.from !== undefined) {
      const offset = piece.from.offset + (piece.from.fixed ? 0 : index - start)
      return { path: query.path, offset }
    }
    if (index < end) break
    start = end
  }
  const inFront = index < (pieces[0]?.text.length ?? 0)
  if (inFront) return { path: query.around?.path ?? query.path }
  // Complaints about our closing bracket mean that the user's text ends too early.
  return { path: query.path, offset: query.sql.trimEnd().length }
}

function utf16Index(text: string, position: number): number {
  let index = 0
  for (let character = 1; character < position && index < text.length; character++) {
    index += (text.codePointAt(index) ?? 0) > 0xffff ? 2 : 1
  }
  return index
}
