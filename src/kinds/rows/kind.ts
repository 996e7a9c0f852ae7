/** Kind `rows`: how many rows a table has. */
import * as z from 'zod'
import { checkSql } from '../../lib/sql-lex-check.js'
import { parseName } from '../../postgres/quote.js'
import { sqlParams } from '../fields.js'
import { defineKind, type LintProblem, type Reading } from '../kind.js'
import { present } from './present.js'
import { countedRows } from './query.js'

const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type postgres or mysql.', connects: 'sql' }),
  table: z.string().min(1).meta({
    description:
      'Table or view: name or schema.name, exactly as it is called (upper case counts). A name with a dot is written in double quotes.',
  }),
  where: z
    .string()
    .min(1)
    .meta({
      description: 'Condition: only rows for which it is true are counted. SQL; takes no ${…}, see params.',
      sql: true,
    })
    .optional(),
  params: sqlParams('Values for :name in the condition.'),
})

export type RowsSpec = z.output<typeof schema>

export const rows = defineKind({
  name: 'rows',
  summary: 'Counts the rows of a table.',
  schema,
  uses: (spec) => [spec.connection],
  subjects: () => [
    { name: 'count', type: 'count', unit: 'rows', meaning: 'Rows of the table, or those the condition picks.' },
  ],
  plan: (spec) => [
    {
      what: `count of ${spec.table}${spec.where === undefined ? '' : ' where a condition holds'}`,
      connection: spec.connection,
      cost: 'one query; the server reads the table or an index once',
      reading: reading(spec),
    },
  ],
  present,
  waits: false,
  lint,
  load: () => import('./observe.js'),
})

function reading(spec: RowsSpec): Reading | undefined {
  const query = countedRows(spec)
  return query === undefined ? undefined : { type: 'query', query, table: spec.table }
}

function lint(spec: RowsSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  if (parseName(spec.table) === undefined) {
    const message = `"${spec.table}" is not the name of a table`
    problems.push({ level: 'error', message, path: ['table'], hint: 'write table, schema.table or "odd.name"' })
  }
  if (spec.where !== undefined) {
    for (const problem of checkSql(spec.where, spec.params, 'condition')) {
      problems.push({ level: 'error', ...problem, path: ['where'] })
    }
  } else if (Object.keys(spec.params ?? {}).length > 0) {
    problems.push({
      level: 'error',
      message: 'params are given, but there is no condition to use them',
      path: ['params'],
    })
  }
  return problems
}
