/** What `changed-since` counts. Light. */
import type { SubjectSpec } from '../kind.js'
import type { ChangedSinceSpec } from './schema.js'

const none = { default: { level: 'expect', matcher: 0 } } as const

export const NO_ROW_LEVEL = '`level` is not `row`'

export function subjects({ level }: Pick<ChangedSinceSpec, 'level'>): readonly SubjectSpec[] {
  const ofRows = level === 'row' ? {} : { unobserved: NO_ROW_LEVEL }
  return [...SUBJECTS, ...ROWS.map((one) => ({ ...one, ...ofRows }))]
}

const ROWS: readonly SubjectSpec[] = [
  {
    name: 'rows_vanished',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning:
      'With `level: row`: rows that are in the record and not in the table. Without `keep_keys` only the hash of their key is told.',
  },
  {
    name: 'rows_changed',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning: 'With `level: row`: rows that hold something else, by their keys.',
  },
  {
    name: 'rows_appeared',
    type: 'count',
    unit: 'rows',
    of: 'rows',
    meaning: 'With `level: row`: rows that are in the table and not in the record, by their keys.',
  },
]

const SUBJECTS: readonly SubjectSpec[] = [
  { name: 'tables', type: 'count', unit: 'tables', meaning: 'Tables whose rows are in the record.' },
  { name: 'rows', type: 'count', unit: 'rows', meaning: 'Rows in those tables now.' },
  { name: 'objects', type: 'count', unit: 'objects', meaning: 'Objects, rights and settings in the record.' },
  {
    name: 'vanished',
    type: 'count',
    unit: 'objects',
    of: 'objects',
    meaning: 'What is in the record and not in the database. What was part of it is not counted again.',
    ...none,
  },
  {
    name: 'appeared',
    type: 'count',
    unit: 'objects',
    meaning: 'What is in the database and not in the record.',
    ...none,
  },
  {
    name: 'changed',
    type: 'count',
    unit: 'objects',
    meaning: 'What is otherwise than in the record: its definition, its owner, its rights, whether it is valid.',
    ...none,
  },
  {
    name: 'rows_differ',
    type: 'count',
    unit: 'tables',
    of: 'tables',
    meaning: 'Tables that hold more or fewer rows than then.',
    ...none,
  },
  {
    name: 'content_differs',
    type: 'count',
    unit: 'tables',
    of: 'tables',
    meaning: 'Tables with as many rows as then, of which some hold something else.',
    ...none,
  },
  {
    name: 'sequences_behind',
    type: 'count',
    unit: 'sequences',
    meaning: 'Sequences that will hand out numbers which were handed out before.',
    ...none,
  },
  {
    name: 'unverifiable',
    type: 'count',
    unit: 'objects',
    meaning: 'Tables, columns and sequences that could not be read, then or now, or whose content cannot be compared.',
    default: { level: 'tell', matcher: 0 },
  },
  {
    name: 'sizes_differ',
    type: 'count',
    unit: 'settings',
    meaning: 'Settings that were made for the size of the machine, and are others now.',
    default: { level: 'warn', matcher: 0 },
  },
  { name: 'expected', type: 'count', unit: 'changes', meaning: 'Changes that `expected` declares.' },
]
