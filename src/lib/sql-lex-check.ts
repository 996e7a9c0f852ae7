/**
 * What can be said of a check file's SQL without a server: that it is one query, closed in itself, whose parameters are
 * those given. No guard: what may run is decided by the server (read-only transaction, one wrapped statement).
 */
import { lexSql, type Token } from './sql-lex.js'
import { findParams } from './sql-lex-params.js'

export interface SqlProblem {
  readonly message: string
  /** UTF-16 offset into the SQL; absent where it is about what is missing from it. */
  readonly offset?: number
  readonly hint?: string
}

const STARTS = new Set(['select', 'with', 'values', 'table', '('])
const WRITES = new Set(['insert', 'update', 'delete', 'merge', 'select', 'with'])
const CLOSES: Readonly<Record<string, string>> = { ')': '(', ']': '[' }

/** `condition`: what stands behind WHERE, instead of a query; `statement`: one that may write rows, and nothing else. */
export function checkSql(
  sql: string,
  params: Readonly<Record<string, unknown>> = {},
  form: 'query' | 'condition' | 'statement' = 'query',
): readonly SqlProblem[] {
  const tokens = lexSql(sql)
  const words = tokens.filter((token) => token.kind !== 'comment')
  if (words.length === 0) return [{ message: `the ${form} is empty` }]
  return [
    ...unprintable(sql),
    ...open(sql, tokens),
    ...nesting(sql, words),
    ...statements(sql, words),
    ...(form === 'query' ? beginning(sql, words) : []),
    ...(form === 'statement' ? writing(sql, words) : []),
    ...parameters(sql, tokens, params),
  ]
}

function unprintable(sql: string): readonly SqlProblem[] {
  const offset = sql.indexOf('\0')
  return offset === -1 ? [] : [{ message: 'PostgreSQL takes no NUL character', offset }]
}

function open(sql: string, tokens: readonly Token[]): readonly SqlProblem[] {
  const last = tokens.at(-1)
  if (last?.open === undefined) return []
  const what = { comment: 'comment', identifier: 'quoted identifier', string: 'string' }[last.kind as string] ?? 'token'
  return [{ message: `this ${what} is not closed: ${sql.slice(last.start, last.start + 12)}…`, offset: last.start }]
}

function nesting(sql: string, words: readonly Token[]): readonly SqlProblem[] {
  const opened: { readonly symbol: string; readonly offset: number }[] = []
  for (const token of words) {
    if (token.kind !== 'symbol') continue
    const symbol = sql.slice(token.start, token.end)
    if (symbol === '(' || symbol === '[') opened.push({ symbol, offset: token.start })
    const partner = CLOSES[symbol]
    if (partner === undefined) continue
    if (opened.pop()?.symbol !== partner) {
      return [{ message: `"${symbol}" closes no "${partner}" of this SQL`, offset: token.start }]
    }
  }
  const last = opened.at(-1)
  return last === undefined ? [] : [{ message: `"${last.symbol}" is never closed`, offset: last.offset }]
}

function statements(sql: string, words: readonly Token[]): readonly SqlProblem[] {
  const index = words.findIndex((token) => token.kind === 'symbol' && sql[token.start] === ';')
  const found = words[index]
  if (found === undefined) return []
  return index === words.length - 1
    ? [
        {
          message: 'a ";" may not end it, because it is wrapped in a query of ours',
          offset: found.start,
          hint: 'remove the ";"',
        },
      ]
    : [{ message: 'only one statement may stand here', offset: found.start }]
}

function beginning(sql: string, words: readonly Token[]): readonly SqlProblem[] {
  const first = words[0]
  if (first === undefined || STARTS.has(sql.slice(first.start, first.end).toLowerCase())) return []
  return [
    {
      message: `a query begins with SELECT, WITH, VALUES or TABLE, not with "${sql.slice(first.start, first.start + 20)}"`,
      offset: first.start,
    },
  ]
}

function writing(sql: string, words: readonly Token[]): readonly SqlProblem[] {
  const first = words[0]
  if (first === undefined || WRITES.has(sql.slice(first.start, first.end).toLowerCase())) return []
  return [
    {
      message: `this statement begins with INSERT, UPDATE, DELETE, MERGE, SELECT or WITH, not with "${sql.slice(first.start, first.start + 20)}"`,
      offset: first.start,
    },
  ]
}

function parameters(
  sql: string,
  tokens: readonly Token[],
  params: Readonly<Record<string, unknown>>,
): readonly SqlProblem[] {
  const declared = new Set(Object.keys(params))
  const used = findParams(sql, declared, tokens)
  const names = new Set(used.map((param) => param.name))
  const problems: SqlProblem[] = []
  for (const token of tokens) {
    if (token.kind !== 'positional') continue
    const text = sql.slice(token.start, token.end)
    problems.push({
      message: `${text} is not a parameter here`,
      offset: token.start,
      hint: 'write :name and list it in params',
    })
  }
  for (const { name, start } of used) {
    if (!declared.has(name))
      problems.push({ message: `":${name}" is not in params`, offset: start, hint: declaredHint(declared) })
  }
  for (const name of declared) {
    if (!names.has(name)) problems.push({ message: `the SQL never uses the parameter "${name}" (as :${name})` })
  }
  return problems
}

function declaredHint(declared: ReadonlySet<string>): string {
  return declared.size === 0 ? 'add it to params' : `params has ${[...declared].join(', ')}`
}
