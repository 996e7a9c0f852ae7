/** What a comparison counts. Light. */
import type { SubjectSpec } from '../kind.js'

const none = { default: { level: 'expect', matcher: 0 } } as const

export const subjects: readonly SubjectSpec[] = [
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
