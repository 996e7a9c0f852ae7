/** Kind `changed-since`: a database beside the record of it that was taken before the migration. */
import { defineKind, type LintProblem } from '../kind.js'
import { present } from './present.js'
import { type ChangedSinceSpec, schema } from './schema.js'
import { subjects } from './subjects.js'

export const changedSince = defineKind({
  name: 'changed-since',
  summary: 'Holds a database against the record taken before the migration: what vanished, appeared or is otherwise.',
  schema,
  uses: ({ connection }) => [connection],
  subjects,
  plan: ({ connection, schemas, content }) => {
    const where = schemas === undefined ? 'all schemas' : `the schemas ${schemas.join(', ')}`
    return [
      { what: `objects, rights and settings of ${where}`, connection, cost: 'some thirty queries of the catalogue' },
      ...(content === 'none'
        ? []
        : [
            {
              what: content === 'count' ? `how many rows each table of ${where} has` : `hash of every row of ${where}`,
              connection,
              cost: 'one query a table that reads it once, several at a time where `limit` allows',
              wants: ['tables'] as const,
            },
          ]),
    ]
  },
  present,
  waits: false,
  lint,
  load: () => import('./observe.js'),
})

function lint(spec: ChangedSinceSpec): readonly LintProblem[] {
  return [...lintLevel(spec), ...lintExpected(spec)]
}

function lintLevel({ level, content, keep_keys }: ChangedSinceSpec): readonly LintProblem[] {
  if (keep_keys && level !== 'row')
    return [{ level: 'error', message: '`keep_keys` goes with `level: row` alone', path: ['keep_keys'] }]
  if (level !== 'row' || content === 'digest') return []
  return [
    { level: 'error', message: `\`level: row\` needs the content, and \`content\` is \`${content}\``, path: ['level'] },
  ]
}

function lintExpected({ expected = [] }: ChangedSinceSpec): readonly LintProblem[] {
  return expected.flatMap(({ change, object, to, by }, index): readonly LintProblem[] => {
    const refuse = (message: string, field: string): LintProblem => ({
      level: 'error',
      message,
      path: ['expected', index, field],
    })
    const renamed = change === 'renamed'
    const grows = change === 'may grow by'
    return [
      ...(renamed && to === undefined ? [refuse('`renamed` needs `to`, what it is called now', 'change')] : []),
      ...(!renamed && to !== undefined ? [refuse('`to` goes with `renamed` alone', 'to')] : []),
      ...(grows && by === undefined ? [refuse('`may grow by` needs `by`: rows, or a percentage', 'change')] : []),
      ...(!grows && by !== undefined ? [refuse('`by` goes with `may grow by` alone', 'by')] : []),
      ...(renamed && object.includes('*') ? [refuse('`renamed` names one object', 'object')] : []),
    ]
  })
}
