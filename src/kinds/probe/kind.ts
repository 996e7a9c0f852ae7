/** Kind `probe`: lists objects of a database, then looks into each on its own. */
import { checkSql } from '../../lib/sql-lex-check.js'
import { defineKind } from '../kind.js'
import { plan } from './plan.js'
import { present } from './present.js'
import { schema } from './schema.js'
import { subjects } from './subjects.js'

export const probe = defineKind({
  name: 'probe',
  summary:
    'Lists objects of a database, then probes each on its own: what cannot be probed is told, never passed over.',
  schema,
  uses: ({ connection }) => [connection],
  subjects: () => subjects,
  plan,
  present,
  waits: false,
  lint: ({ list, params }) => checkSql(list, params).map((problem) => ({ level: 'error', ...problem, path: ['list'] })),
  load: () => import('./observe.js'),
})
