/** Kind `compare`: the same table, or the same tables, in two databases, content included. */
import { defineKind } from '../kind.js'
import { lint } from './lint.js'
import { plan } from './plan.js'
import { present } from './present.js'
import { schema } from './schema.js'
import { subjectsFor } from './subjects.js'

export const compare = defineKind({
  name: 'compare',
  summary: 'Compares a table, or all tables of schemas, with the same in another database, content included.',
  schema,
  uses: ({ source, target }) => [...new Set([source.connection, target.connection])],
  subjects: subjectsFor,
  plan,
  present,
  waits: false,
  lint,
  load: () => import('./observe.js'),
})
