/** What a comparison counts. Light. */
import type { SubjectSpec } from '../kind.js'
import type { CheckSpec } from './schema.js'

const none = { default: { level: 'expect', matcher: 0 } } as const

const OF_ROWS: readonly SubjectSpec[] = [
  { name: 'rows', type: 'count', unit: 'rows', meaning: 'Rows of the source.' },
  { name: 'target_rows', type: 'count', unit: 'rows', meaning: 'Rows of the target.' },
  {
    name: 'matched',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning: 'Rows of the source that the target holds alike.',
  },
  {
    name: 'missing',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning: 'Rows of the source the target lacks.',
    ...none,
  },
  {
    name: 'extra',
    type: 'count',
    unit: 'rows',
    of: 'target_rows',
    meaning: 'Rows of the target the source lacks.',
    ...none,
  },
  {
    name: 'changed',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning: 'Rows that both have, with other content. Only where rows have a key.',
    ...none,
  },
  {
    name: 'in_flight',
    type: 'count',
    unit: 'rows',
    meaning: 'Rows that differed and, looked at again, did not: one side was written to meanwhile.',
  },
  {
    name: 'columns_missing',
    type: 'count',
    unit: 'columns',
    meaning: 'Columns of the source the target lacks, and that are not excluded.',
    ...none,
  },
  { name: 'columns_extra', type: 'count', unit: 'columns', meaning: 'Columns of the target the source lacks.' },
  { name: 'examined', type: 'count', unit: 'rows', meaning: 'Rows read on both sides together.' },
]

const OF_TABLES: readonly SubjectSpec[] = [
  { name: 'tables', type: 'count', unit: 'tables', meaning: 'Where `tables` are named: tables compared.' },
  {
    name: 'tables_missing',
    type: 'count',
    unit: 'tables',
    meaning: 'Where `tables` are named: tables of the source the target lacks. Their rows are not counted.',
    ...none,
  },
  {
    name: 'tables_extra',
    type: 'count',
    unit: 'tables',
    meaning: 'Where `tables` are named: tables of the target the source lacks.',
  },
]

/** Of a check that names a single table, those of tables are none. */
export function subjectsFor({ source }: CheckSpec): readonly SubjectSpec[] {
  return source.tables === undefined ? OF_ROWS : [...OF_ROWS, ...OF_TABLES]
}
