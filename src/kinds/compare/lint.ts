/** What can be said of a comparison before there is a server. */
import { checkSql } from '../../lib/sql-lex-check.js'
import { parseName } from '../../postgres/quote.js'
import type { LintProblem } from '../kind.js'
import type { CompareSpec, SideSpec } from './schema.js'

export function lint(spec: CompareSpec): readonly LintProblem[] {
  return [...ofSide(spec.source, 'source'), ...ofSide(spec.target, 'target'), ...ofTransforms(spec), ...ofColumns(spec)]
}

function ofSide({ table, where, params }: SideSpec, side: string): readonly LintProblem[] {
  const problems: LintProblem[] = []
  if (parseName(table) === undefined) {
    const hint = 'write table, schema.table or "odd.name"'
    problems.push({ level: 'error', message: `"${table}" is not the name of a table`, path: [side, 'table'], hint })
  }
  if (where !== undefined) {
    for (const problem of checkSql(where, params, 'condition')) {
      problems.push({ level: 'error', ...problem, path: [side, 'where'] })
    }
  } else if (Object.keys(params ?? {}).length > 0) {
    const message = 'params are given, but there is no condition to use them'
    problems.push({ level: 'error', message, path: [side, 'params'] })
  }
  return problems
}

function ofTransforms({ transform = {} }: CompareSpec): readonly LintProblem[] {
  return Object.entries(transform).flatMap(([column, sides]): readonly LintProblem[] => {
    const path = ['transform', column]
    if (sides.source === undefined && sides.target === undefined) {
      return [{ level: 'error', message: 'it has neither `source` nor `target`, so it changes nothing', path }]
    }
    return (['source', 'target'] as const).flatMap((side) =>
      checkSql(sides[side] ?? 'true', {}, 'condition').map(
        (problem): LintProblem => ({ level: 'error', ...problem, path: [...path, side] }),
      ),
    )
  })
}

function ofColumns({
  key = [],
  columns,
  exclude = [],
  rename = {},
  transform = {},
}: CompareSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const excluded = new Set(exclude)
  const refuse = (message: string, path: readonly (string | number)[]): void => {
    problems.push({ level: 'error', message, path })
  }
  for (const [index, name] of key.entries()) {
    if (excluded.has(name)) refuse(`"${name}" is a column of the key, so it cannot be excluded`, ['key', index])
    if (transform[name] !== undefined)
      refuse(`"${name}" is a column of the key, so it cannot be transformed`, ['transform', name])
  }
  for (const [index, name] of (columns ?? []).entries()) {
    if (excluded.has(name)) refuse(`"${name}" is excluded as well`, ['columns', index])
  }
  for (const name of Object.keys(transform)) {
    if (excluded.has(name)) refuse(`"${name}" is excluded as well`, ['transform', name])
  }
  const targets = Object.values(rename)
  for (const [source, target] of Object.entries(rename)) {
    if (targets.indexOf(target) !== targets.lastIndexOf(target)) {
      refuse(`another column is renamed to "${target}" as well`, ['rename', source])
    }
  }
  return problems
}
