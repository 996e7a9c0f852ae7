import { findParams } from '../../lib/sql-lex-params.js'
import type { UserQuery } from '../../postgres/source.js'

interface Asked {
  readonly violations?: string | undefined
  readonly sql?: string | undefined
  readonly examined?: string | undefined
  readonly params?: UserQuery['params']
}

/** The query of a check, whichever of its two fields holds it. A parameter that no query names is its own: that is told. */
export function askedQuery({ violations, sql, examined, params }: Asked): UserQuery {
  const text = violations ?? sql ?? ''
  const others = examined === undefined ? new Set<string>() : namesIn(examined, params)
  const own = namesIn(text, params)
  return {
    sql: text,
    params: only(params, (name) => own.has(name) || !others.has(name)),
    path: [violations === undefined ? 'sql' : 'violations'],
  }
}

/** The query that says how much there is to look at; undefined where there is none. */
export function examinedQuery({ examined, params }: Asked): UserQuery | undefined {
  if (examined === undefined) return undefined
  const own = namesIn(examined, params)
  return { sql: examined, params: only(params, (name) => own.has(name)), path: ['examined'] }
}

function namesIn(sql: string, params: UserQuery['params']): ReadonlySet<string> {
  return new Set(findParams(sql, new Set(Object.keys(params ?? {}))).map(({ name }) => name))
}

function only(params: UserQuery['params'], wanted: (name: string) => boolean): UserQuery['params'] {
  return params === undefined ? undefined : Object.fromEntries(Object.entries(params).filter(([name]) => wanted(name)))
}
