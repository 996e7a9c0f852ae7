/** `when:` on variables and the environment: decided before anything runs. */

import { evaluate } from '../judge/evaluate.js'
import { parseMatcher } from '../judge/parse-matcher.js'
import type { SubjectSpec } from '../kinds/kind.js'
import { didYouMean } from '../lib/did-you-mean.js'
import type { Value } from '../lib/value.js'
import { looksLikeCredential } from './environment.js'
import type { Problems } from './problems.js'
import type { Scope } from './resolve-reference.js'
import type { Span } from './source.js'
import { type MapEntry, nearestNode, type TreeNode, toPlain } from './tree.js'
import type { VarType } from './vars.js'

/** Why the check is skipped, or undefined where all of `when` holds. Values of the environment are never told. */
export function skipReason(
  when: TreeNode | undefined,
  scopeOf: (span: Span) => Scope,
  problems: Problems,
): string | undefined {
  if (when?.type !== 'map') return undefined
  const reasons = when.entries.map((entry) => broken(entry, scopeOf(entry.keySpan), problems))
  return reasons.find((reason) => reason !== undefined)
}

function broken({ key, keySpan, value }: MapEntry, scope: Scope, problems: Problems): string | undefined {
  const subject = subjectOf(key, keySpan, scope, problems)
  if (subject === undefined || value.type === 'hole') return undefined
  const parsed = parseMatcher(toPlain(value), subject.spec)
  if (!parsed.ok) {
    problems.error(`"${key}" in when: ${parsed.message}`, nearestNode(value, parsed.path).span, { hint: parsed.hint })
    return undefined
  }
  const { results } = evaluate(parsed.matcher, subject.value, {
    subject: subject.spec,
    subjects: { [key]: subject.value },
    baseline: { missing: 'when has no record' },
    previous: { missing: 'when has no record' },
  })
  return results.every(({ ok }) => ok) ? undefined : `when ${key}: ${parsed.matcher.text} does not hold`
}

const TYPES: Readonly<Record<VarType, SubjectSpec['type']>> = {
  string: 'text',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
  list: 'list',
}

function subjectOf(
  key: string,
  at: Span,
  scope: Scope,
  problems: Problems,
): { readonly spec: SubjectSpec; readonly value: Value } | undefined {
  const [, space, name = ''] = /^(var|env)\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(key) ?? []
  if (space === 'env') {
    if (!looksLikeCredential(name)) {
      return {
        spec: { name: key, type: 'text', meaning: 'A variable of the environment.' },
        value: scope.secrets.readEnv(name) ?? null,
      }
    }
    return void problems.error(`"${key}" has the name of a credential, which "when" does not look at`, at)
  }
  const variable = scope.vars.get(name)
  if (space !== 'var') problems.error(`"when" looks at var.x and env.X only, not at "${key}"`, at)
  else if (variable === undefined) {
    problems.error(`there is no variable "${name}"`, at, { hint: didYouMean(name, scope.vars.keys()) })
  } else if (variable.node.type !== 'hole') {
    const spec: SubjectSpec = { name: key, type: TYPES[variable.type], meaning: 'A variable.' }
    return { spec, value: toPlain(variable.node) as Value }
  }
  return undefined
}
