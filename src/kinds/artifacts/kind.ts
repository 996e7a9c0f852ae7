import { defineKind } from '../kind.js'
import { orphanScopes, storeNames, usedConnections } from './fields.js'
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
  moves: (spec, types) =>
    storeNames(spec).some((name) => (types[name] ?? 'files') === 'files') ||
    'of its stores none is of type files, and the others are reached from where postflight runs',
  lint: lintArtifacts,
  divides: true,
  claims: (spec) => orphanScopes(spec).map((part) => ({ subject: 'orphaned', ...part })),
  load: () => import('./observe.js'),
})
