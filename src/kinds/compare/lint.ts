/** What can be said of a comparison before there is a server. */
import { checkSql } from '../../lib/sql-lex-check.js'
import { parseName } from '../../postgres/quote.js'
import type { LintProblem } from '../kind.js'
import { type CheckSpec, exceptionsOf, ofOneTable, patternsOf } from './schema.js'
import { parsePattern } from './table-pattern.js'

export function lint(spec: CheckSpec): readonly LintProblem[] {
  return [
    ...ofSide(spec.source, 'source'),
    ...ofSide(spec.target, 'target'),
    ...(ofOneTable(spec) === undefined ? ofMany(spec) : []),
    ...ofTransforms(spec),
    ...ofColumns(spec),
  ]
}

/** What speaks of the columns of one table cannot speak of those of many. */
const OF_ONE_TABLE = ['key', 'columns', 'rename', 'transform', 'tolerance'] as const

function ofMany(spec: CheckSpec): readonly LintProblem[] {
  const refuse = (field: string, path: readonly string[]): LintProblem => ({
    level: 'error',
    message: `\`${field}\` speaks of one table, and \`tables\` of many`,
    path,
    hint: 'give that table a check of its own, and leave it out here with `except`',
  })
  const mixed = (['source', 'target'] as const).filter((side) => spec[side].table !== undefined)
  return [
    ...mixed.map(
      (side): LintProblem => ({
        level: 'error',
        message: 'one side names a table, the other a pattern',
        path: [side, 'table'],
        hint: 'write `table` on both sides, or `tables` on both',
      }),
    ),
    ...OF_ONE_TABLE.filter((field) => spec[field] !== undefined).map((field) => refuse(field, [field])),
    ...(['source', 'target'] as const).flatMap((side) =>
      (['where', 'params'] as const)
        .filter((field) => spec[side][field] !== undefined)
        .map((field) => refuse(field, [side, field])),
    ),
  ]
}

function ofPatterns(side: CheckSpec['source'], name: string): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const refuse = (message: string, path: readonly (string | number)[], hint?: string): void => {
    problems.push({ level: 'error', message, path: [name, ...path], ...(hint === undefined ? {} : { hint }) })
  }
  if (side.table === undefined && side.tables === undefined) {
    refuse('it names neither `table` nor `tables`', [], 'table: billing.invoices, or tables: billing.*')
  }
  if (side.table !== undefined && side.tables !== undefined) refuse('it names `table` as well', ['tables'])
  if (side.tables === undefined && side.except !== undefined)
    refuse('there are no `tables` to leave any out of', ['except'])
  for (const [field, all] of [
    ['tables', patternsOf(side)],
    ['except', exceptionsOf(side)],
  ] as const) {
    for (const [index, text] of all.entries()) {
      if (parsePattern(text) !== undefined) continue
      const at = Array.isArray(side[field]) ? [field, index] : [field]
      refuse(`"${text}" is not schema.name`, at, 'write the schema too: billing.*, *.orders')
    }
  }
  return problems
}

function ofSide(spec: CheckSpec['source'], side: string): readonly LintProblem[] {
  const { table, where, params } = spec
  const problems: LintProblem[] = [...ofPatterns(spec, side)]
  if (table !== undefined && parseName(table) === undefined) {
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

function ofTransforms({ transform = {} }: CheckSpec): readonly LintProblem[] {
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
  tolerance = {},
}: CheckSpec): readonly LintProblem[] {
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
  for (const name of Object.keys(tolerance)) {
    const path = ['tolerance', name]
    if (excluded.has(name)) refuse(`"${name}" is excluded as well`, path)
    if (key.includes(name)) refuse(`"${name}" is a column of the key, so it can have no tolerance`, path)
    if (transform[name] !== undefined)
      refuse(`"${name}" is transformed as well, into text that is compared as such`, path)
  }
  const targets = Object.values(rename)
  for (const [source, target] of Object.entries(rename)) {
    if (targets.indexOf(target) !== targets.lastIndexOf(target)) {
      refuse(`another column is renamed to "${target}" as well`, ['rename', source])
    }
  }
  return problems
}
