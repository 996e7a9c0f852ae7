/** Kind `compare`: the same table in two databases, content included. */
import { defineKind } from '../kind.js'
import { lint } from './lint.js'
import { plan } from './plan.js'
import { present } from './present.js'
import { schema } from './schema.js'
import { subjects } from './subjects.js'

export const compare = defineKind({
  name: 'compare',
  summary: 'Compares a table with the same table of another database, content included.',
  schema,
  uses: ({ source, target }) => [...new Set([source.connection, target.connection])],
  subjects: () => subjects,
  plan,
  present,
  waits: false,
  lint,
  load: () => import('./observe.js'),
})
