/** What kind `probe` counts. Light. */
import type { SubjectSpec } from '../kind.js'

export const subjects: readonly SubjectSpec[] = [
  { name: 'examined', type: 'count', unit: 'objects', meaning: 'Objects the list gives.' },
  { name: 'probed', type: 'count', unit: 'objects', of: 'examined', meaning: 'Objects whose probe came to an end.' },
  {
    name: 'unprobed',
    type: 'count',
    unit: 'objects',
    of: 'examined',
    meaning: 'Objects that could not be probed: not to be read, too large, too slow.',
    default: { level: 'tell', matcher: 0 },
  },
  { name: 'affected', type: 'count', unit: 'objects', of: 'examined', meaning: 'Objects that have violations.' },
  {
    name: 'violations',
    type: 'count',
    unit: 'rows',
    meaning: 'Rows the probes give.',
    default: { level: 'expect', matcher: 0 },
  },
]
