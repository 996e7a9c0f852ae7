/** Which fields belong to which measure. */
import type { LintProblem } from '../kind.js'
import type { ResourceSpec } from './kind.js'
import { type OptionalField, RESOURCES, resourceOf } from './measures.js'

const FIELDS: readonly OptionalField[] = ['path', 'process', 'connection', 'user', 'pools']

export function lint(spec: ResourceSpec): readonly LintProblem[] {
  const { needs, takes } = RESOURCES[resourceOf(spec.measure)]
  const problems: LintProblem[] = []
  for (const field of FIELDS) {
    if (spec[field] === undefined && needs.includes(field)) {
      problems.push({ level: 'error', message: `${spec.measure} needs \`${field}\``, path: ['measure'] })
    }
    if (spec[field] !== undefined && !needs.includes(field) && !takes.includes(field)) {
      problems.push({ level: 'error', message: `${spec.measure} takes no \`${field}\``, path: [field] })
    }
  }
  if (spec.path !== undefined && !spec.path.startsWith('/')) {
    problems.push({
      level: 'error',
      message: `"${spec.path}" is not absolute`,
      path: ['path'],
      hint: 'begin it with /',
    })
  }
  return problems
}
