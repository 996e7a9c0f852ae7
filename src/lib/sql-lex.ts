/**
 * Cuts SQL into tokens exactly as PostgreSQL's lexer does (src/backend/parser/scan.l, standard_conforming_strings on),
 * so that a `:name` in a string, comment, dollar quote, cast or identifier is never taken for a parameter.
 * The server stays the judge of what may run: these tokens place parameters and name mistakes early.
 */

export type TokenKind =
  | 'word'
  | 'identifier'
  | 'string'
  | 'number'
  | 'comment'
  /** `:name` */
  | 'param'
  /** `$1`, the server's own notation */
  | 'positional'
  /** One character, or `::` or `:=`. */
  | 'symbol'

export interface Token {
  readonly kind: TokenKind
  /** UTF-16 offsets; `end` is exclusive. */
  readonly start: number
  readonly end: number
  /** A quote or comment that is not closed before the text ends. */
  readonly open?: true
}

/** Bytes above 0x7f may stand in identifiers; in UTF-16 that is every unit above it. */
const WORD = /[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const PARAM = /:[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*/y
const NUMBER = /(?:0[xXoObB][\da-fA-F_]+|\d[\d_]*(?:\.[\d_]*)?(?:[eE][-+]?\d[\d_]*)?)/y
const DOLLAR_TAG = /\$(?:[A-Za-z_\u0080-\uffff][A-Za-z0-9_\u0080-\uffff]*)?\$/y
const PLAIN_STRING = /'(?:[^']|'')*'(?!')/y
const ESCAPE_STRING = /'(?:[^'\\]|''|\\[\s\S])*'(?!')/y
const QUOTED = /"(?:[^"]|"")*"(?!")/y
/** Two literals with a newline between them are one; after E'…' the second still knows escapes. */
const CONTINUED = /(?:[ \t\f\v]|--[^\n\r]*)*[\n\r](?:[ \t\n\r\f\v]|--[^\n\r]*[\n\r])*(?=')/y
const SPACE = /[ \t\n\r\f\v]+/y

export function lexSql(sql: string): readonly Token[] {
  const tokens: Token[] = []
  let at = 0
  while (at < sql.length) {
    const space = match(SPACE, sql, at)
    if (space !== undefined) {
      at = space
      continue
    }
    const token = nextToken(sql, at)
    tokens.push(token)
    at = token.end
  }
  return tokens
}

function nextToken(sql: string, start: number): Token {
  const two = sql.slice(start, start + 2)
  if (two === '--') return { kind: 'comment', start, end: match(/--[^\n\r]*/y, sql, start) ?? sql.length }
  if (two === '/*') return blockComment(sql, start)
  if (two === '::' || two === ':=') return { kind: 'symbol', start, end: start + 2 }
  if (/^[eE]'/.test(two)) return escapeString(sql, start)
  if (/^[bBxXnN]'/.test(two)) return quoted('string', PLAIN_STRING, sql, start, 1)
  if (/^[uU]&['"]/.test(sql.slice(start, start + 3))) {
    return sql[start + 2] === "'"
      ? quoted('string', PLAIN_STRING, sql, start, 2)
      : quoted('identifier', QUOTED, sql, start, 2)
  }
  const first = two[0]
  if (first === "'") return quoted('string', PLAIN_STRING, sql, start, 0)
  if (first === '"') return quoted('identifier', QUOTED, sql, start, 0)
  if (first === '$') return dollar(sql, start)
  return (
    plain('word', WORD, sql, start) ??
    plain('number', NUMBER, sql, start) ??
    plain('param', PARAM, sql, start) ?? { kind: 'symbol', start, end: start + 1 }
  )
}

function match(pattern: RegExp, sql: string, at: number): number | undefined {
  pattern.lastIndex = at
  return pattern.test(sql) ? pattern.lastIndex : undefined
}

function plain(kind: TokenKind, pattern: RegExp, sql: string, start: number): Token | undefined {
  const end = match(pattern, sql, start)
  return end === undefined ? undefined : { kind, start, end }
}

function quoted(kind: TokenKind, pattern: RegExp, sql: string, start: number, prefix: number): Token {
  const end = match(pattern, sql, start + prefix)
  return end === undefined ? { kind, start, end: sql.length, open: true } : { kind, start, end }
}

function escapeString(sql: string, start: number): Token {
  let end = match(ESCAPE_STRING, sql, start + 1)
  while (end !== undefined) {
    const next = match(CONTINUED, sql, end)
    if (next === undefined) return { kind: 'string', start, end }
    end = match(ESCAPE_STRING, sql, next)
  }
  return { kind: 'string', start, end: sql.length, open: true }
}

function dollar(sql: string, start: number): Token {
  const opened = match(DOLLAR_TAG, sql, start)
  if (opened !== undefined) {
    const tag = sql.slice(start, opened)
    const close = sql.indexOf(tag, opened)
    return close === -1
      ? { kind: 'string', start, end: sql.length, open: true }
      : { kind: 'string', start, end: close + tag.length }
  }
  return plain('positional', /\$\d+/y, sql, start) ?? { kind: 'symbol', start, end: start + 1 }
}

/** Block comments nest in PostgreSQL. */
function blockComment(sql: string, start: number): Token {
  const edge = /\/\*|\*\//g
  edge.lastIndex = start + 2
  let depth = 1
  while (depth > 0) {
    const found = edge.exec(sql)
    if (found === null) return { kind: 'comment', start, end: sql.length, open: true }
    depth += found[0] === '/*' ? 1 : -1
  }
  return { kind: 'comment', start, end: edge.lastIndex }
}
