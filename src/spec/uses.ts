/** Connections checks name must be declared. */
import type { ParsedCheck } from './parse-check.js'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import type { TreeNode } from './tree.js'

export function refuseUnknownConnections(
  checks: readonly ParsedCheck[],
  names: readonly string[],
  problems: Problems,
): void {
  for (const { check, tree, idSpan } of checks) {
    for (const name of check.uses) {
      if (names.includes(name)) continue
      const hint = suggestOrList(name, names) ?? 'declare it under connections:'
      const kind = `check "${check.id}" (kind ${check.kind})`
      problems.error(`there is no connection "${name}", which ${kind} uses`, find(tree, name) ?? idSpan, { hint })
    }
  }
}

/** Where the name is written: kinds tell the names they use, not the fields. */
function find(node: TreeNode, name: string): Span | undefined {
  if (node.type === 'scalar') return node.value === name ? node.span : undefined
  const children =
    node.type === 'list'
      ? node.items
      : node.type === 'map'
        ? node.entries
            .filter(({ key }) => key !== 'title' && key !== 'owner' && key !== 'tags')
            .map(({ value }) => value)
        : []
  for (const child of children) {
    const found = find(child, name)
    if (found !== undefined) return found
  }
  return undefined
}
