/** `requires:` resolved to ids of checks. Cycles are shown. */
import type { Instance } from './parse-check.js'
import type { Problems } from './problems.js'
import { suggestOrList } from './suggest.js'
import { field, type TreeNode } from './tree.js'

export interface RequiresOptions {
  readonly problems: Problems
  /** Checks of packs that the includer left out; requiring them is requiring nothing. */
  readonly left: ReadonlySet<string>
  /** Checks whose `for_each` could not be read; requiring them is not reported again. */
  readonly broken: ReadonlySet<string>
}

/** Ids each check requires, by id. Requiring a check with `for_each` by its id means requiring every instance. */
export function resolveRequires(
  checks: readonly Instance[],
  options: RequiresOptions,
): ReadonlyMap<string, readonly string[]> {
  const resolved = new Map<string, readonly string[]>()
  for (const check of checks) {
    const node = field(check.tree, 'requires')
    const items: readonly TreeNode[] = node?.type === 'list' ? node.items : []
    resolved.set(check.id, [...new Set(items.flatMap((item) => targets(item, check, checks, options)))])
  }
  tellCycles(checks, resolved, options.problems)
  return resolved
}

/** What is written in a pack refers to the pack's own checks. */
function targets(
  item: TreeNode,
  check: Instance,
  all: readonly Instance[],
  { problems, left, broken }: RequiresOptions,
): readonly string[] {
  if (item.type !== 'scalar' || typeof item.value !== 'string') return []
  const { pack } = item.span.source
  const within = all.filter((other) => pack === undefined || other.base.startsWith(`${pack}.`))
  if (item.value.startsWith('tag:')) {
    const tag = item.value.slice('tag:'.length)
    const tagged = within.filter((other) => other.tags.includes(tag))
    if (tagged.length === 0 && broken.size === 0) {
      const hint = suggestOrList(tag, [...new Set(within.flatMap(({ tags }) => tags))])
      problems.error(`"requires" of check "${check.id}": no check has the tag "${tag}"`, item.span, { hint })
    }
    return tagged.filter((other) => other.id !== check.id).map(({ id }) => id)
  }
  const wanted = pack === undefined ? item.value : `${pack}.${item.value}`
  const found = within.filter((other) => other.id === wanted || other.base === wanted).map(({ id }) => id)
  if (found.length > 0 || left.has(wanted) || broken.has(wanted)) return found
  const names = [...new Set([...within.map(({ base }) => base), ...broken])].map((name) =>
    pack !== undefined && name.startsWith(`${pack}.`) ? name.slice(pack.length + 1) : name,
  )
  const hint = suggestOrList(item.value, names)
  problems.error(`"requires" of check "${check.id}": there is no check "${item.value}"`, item.span, { hint })
  return []
}

function tellCycles(
  checks: readonly Instance[],
  requires: ReadonlyMap<string, readonly string[]>,
  problems: Problems,
): void {
  const done = new Set<string>()
  const open: string[] = []
  const walk = (id: string): void => {
    const at = open.indexOf(id)
    if (at !== -1) {
      const cycle = [...open.slice(at), id]
      const first = checks.find((check) => check.id === id)
      const node = first === undefined ? undefined : field(first.tree, 'requires')
      problems.error(`a cycle of requires: ${cycle.join(' → ')}`, node?.span ?? first?.idSpan)
      return
    }
    if (done.has(id)) return
    open.push(id)
    for (const next of requires.get(id) ?? []) walk(next)
    open.pop()
    done.add(id)
  }
  for (const { id } of checks) walk(id)
}
