import { defineKind } from '../kind.js'
import { orphanScopes, usedConnections } from './fields.js'
import { lintArtifacts } from './lint.js'
import { planArtifacts } from './plan.js'
import { presentArtifact } from './present.js'
import { artifactsSchema } from './schema.js'
import { artifactsSubjects } from './subjects.js'

export const artifacts = defineKind({
  name: 'artifacts',
  summary: 'Rows against the files or objects they promise, in both directions, sizes and checksums included.',
  schema: artifactsSchema,
  uses: usedConnections,
  subjects: artifactsSubjects,
  plan: planArtifacts,
  present: presentArtifact,
  waits: false,
  lint: lintArtifacts,
  claims: (spec) => orphanScopes(spec).map((part) => ({ subject: 'orphaned', ...part })),
  load: () => import('./observe.js'),
})
