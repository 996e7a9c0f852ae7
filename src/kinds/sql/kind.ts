/** Kind `sql`: a query whose rows are violations, or whose one value is judged. */
import * as z from 'zod'
import { checkSql } from '../../lib/sql-lex-check.js'
import { sqlParams } from '../fields.js'
import { defineKind, type LintProblem, type ReadStep, type SubjectSpec } from '../kind.js'
import { present } from './present.js'
import { askedQuery, examinedQuery } from './query.js'

const query = (description: string) => z.string().min(1).meta({ description, sql: true })

const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type postgres or mysql.', connects: 'sql' }),
  violations: query(
    'Query every row of which is a violation; a column `fix`, where `show` names it, is the statement that mends it. Takes no ${…}, see params.',
  ).optional(),
  sql: query('Query that gives one row with one column, the subject `value`. Takes no ${…}, see params.').optional(),
  examined: query(
    'Query that gives one row: how many things there are to look at, 0 of which is *skip* and NULL (not to be seen) *error*; and, as a second column, how many of them the role cannot look into, which is told as a gap.',
  ).optional(),
  params: sqlParams('Values for :name in the query.'),
  show: z
    .strictObject({
      columns: z.array(z.string()).min(1).meta({ description: 'Columns whose values may appear in reports.' }),
      limit: z.int().min(0).default(5).meta({
        description:
          'How many violations carry their values; the others are counted and listed without, with their `fix` only.',
      }),
    })
    .meta({ description: 'What of a violation may appear. Nothing does otherwise.' })
    .optional(),
})

export type SqlSpec = z.output<typeof schema>

export const sql = defineKind({
  name: 'sql',
  summary: 'Runs a query: its rows are violations, or its one value is judged.',
  schema,
  uses: (spec) => [spec.connection],
  subjects,
  plan: (spec) => [
    ...examinedStep(spec),
    {
      ...(spec.violations === undefined
        ? { what: 'one value of a query', cost: 'one query' }
        : { what: 'all rows of a query, as violations', cost: 'one query, streamed' }),
      connection: spec.connection,
      reading: { type: 'query', query: askedQuery(spec) },
    },
  ],
  present,
  waits: false,
  lint,
  load: () => import('./observe.js'),
})

function examinedStep(spec: SqlSpec): readonly ReadStep[] {
  const query = examinedQuery(spec)
  if (query === undefined) return []
  const what = 'how much there is to examine'
  return [{ what, cost: 'one query', connection: spec.connection, reading: { type: 'query', query } }]
}

function subjects(spec: SqlSpec): readonly SubjectSpec[] {
  const violations = {
    name: 'violations',
    type: 'count',
    unit: 'rows',
    meaning: 'Rows the query gives.',
    ...(spec.examined === undefined ? {} : { of: 'examined' }),
  } as const
  const value = { name: 'value', type: 'any', meaning: 'The one value the query gives.' } as const
  const examined = {
    name: 'examined',
    type: 'count',
    meaning: 'What there is to look at.',
    ...(spec.examined === undefined ? { unobserved: 'no query `examined` says how much there is' } : {}),
  } as const
  const asked =
    spec.violations === undefined
      ? [
          value,
          {
            ...violations,
            unobserved: 'the query is given as `sql`, so it gives a value; use `violations` to count rows',
          },
        ]
      : [
          { ...violations, default: { level: 'expect', matcher: 0 } } as const,
          { ...value, unobserved: 'the query is given as `violations`; use `sql` for a value' },
        ]
  return [...asked, examined]
}

function lint(spec: SqlSpec): readonly LintProblem[] {
  if ((spec.violations === undefined) === (spec.sql === undefined)) {
    const message = 'a check of kind sql has either `violations` or `sql`'
    return [{ level: 'error', message, path: spec.sql === undefined ? [] : ['sql'] }]
  }
  const field = spec.violations === undefined ? 'sql' : 'violations'
  const queries = [examinedQuery(spec), askedQuery(spec)].filter((query) => query !== undefined)
  const problems: LintProblem[] = queries.flatMap(({ sql, params, path }) =>
    checkSql(sql, params).map((problem) => ({ level: 'error', ...problem, path })),
  )
  if (spec.show !== undefined && field === 'sql') {
    problems.push({ level: 'error', message: '`show` is about violations; a value is always shown', path: ['show'] })
  }
  return problems
}
