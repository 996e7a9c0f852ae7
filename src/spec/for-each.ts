/** `for_each`: one check for each entry of a list or mapping, with ids `id[key]`. */
import { type Interpolation, interpolate } from './interpolate.js'
import type { Problems } from './problems.js'
import type { RawCheck } from './raw-checks.js'
import type { Each } from './resolve-reference.js'
import type { Span } from './source.js'
import { field, type ScalarNode, type TreeNode } from './tree.js'
import { kindOf } from './validate.js'

const KEY = /^[A-Za-z0-9_.-]+$/

/** The instances of a check: one without `each` where it has no `for_each`, none where it cannot be read. */
export function instances(check: RawCheck, context: Interpolation, problems: Problems): readonly (Each | undefined)[] {
  const node = field(check.tree, 'for_each')
  if (node === undefined) return [undefined]
  const each = interpolate(node, { ...context, rule: () => ({}) })
  const pairs = pairsOf(each, check, problems)
  const found = new Map<string, Each>()
  for (const { key, value, span } of pairs) {
    if (!KEY.test(key)) {
      const hint = 'keys are letters, digits, dots, dashes and underscores; give others a key: { some-key: value }'
      problems.error(`"${key}" cannot be a key of for_each`, span, { hint })
    } else if (found.has(key)) problems.error(`for_each has "${key}" twice`, span)
    else found.set(key, { key, value })
  }
  if ((each.type === 'list' && each.items.length === 0) || (each.type === 'map' && each.entries.length === 0)) {
    problems.error(`for_each of ${check.what} is empty, so it would look at nothing`, each.span)
  }
  return [...found.values()]
}

interface Pair {
  readonly key: string
  readonly value: ScalarNode
  readonly span: Span
}

function pairsOf(node: TreeNode, check: RawCheck, problems: Problems): readonly Pair[] {
  const scalar = (value: TreeNode, key: string | undefined, span: Span): readonly Pair[] => {
    if (value.type === 'scalar' && value.value !== null) return [{ key: key ?? String(value.value), value, span }]
    if (value.type !== 'hole') problems.error(`for_each takes scalars, not ${kindOf(value)}`, value.span)
    return []
  }
  if (node.type === 'list') return node.items.flatMap((item) => scalar(item, undefined, item.span))
  if (node.type === 'map') return node.entries.flatMap(({ key, keySpan, value }) => scalar(value, key, keySpan))
  if (node.type === 'scalar') {
    problems.error(`for_each of ${check.what}: expected a list or a mapping, not ${kindOf(node)}`, node.span)
  }
  return []
}
