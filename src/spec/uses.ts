/** Connections that checks name must be declared, and be of a type that is good for what is asked of them. */
import type { ConnectionSpec } from '../connections/schema.js'
import { commonSchema } from './common.js'
import type { ParsedCheck } from './parse-check.js'
import type { Problems } from './problems.js'
import { type FieldMeta, metaAt } from './schema-walk.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import type { TreeNode, TreePath } from './tree.js'

type Type = ConnectionSpec['type']

const GOOD_FOR: Readonly<Record<NonNullable<FieldMeta['connects']>, readonly Type[]>> = {
  postgres: ['postgres'],
  sql: ['postgres', 'mysql'],
  store: ['files', 's3', 'http'],
  s3: ['s3'],
  redis: ['redis'],
  queue: ['redis', 'postgres'],
  ssh: ['ssh'],
}

/** `types` holds those that could be read; `names` all that are declared. */
export function refuseWrongConnections(
  checks: readonly ParsedCheck[],
  names: readonly string[],
  types: Readonly<Record<string, string>>,
  problems: Problems,
): void {
  for (const parsed of checks) {
    const { check, idSpan } = parsed
    const what = `check "${check.id}" (kind ${check.kind})`
    const written = namedIn(parsed)
    for (const { name, span, good } of written) {
      const type = types[name]
      if (type === undefined || (good as readonly string[]).includes(type)) continue
      const others = names.filter((other) => (good as readonly (string | undefined)[]).includes(types[other]))
      const hint = others.length === 0 ? `declare one of type ${good.join(', ')}` : `one of ${others.join(', ')}`
      problems.error(`connection "${name}" is of type ${type}; ${what} needs ${good.join(' or ')} here`, span, { hint })
    }
    for (const name of check.uses) {
      if (names.includes(name)) continue
      const places = written.filter((one) => one.name === name).map(({ span }) => span)
      const hint = suggestOrList(name, names) ?? 'declare it under connections:'
      for (const span of places.length === 0 ? [idSpan] : places) {
        problems.error(`there is no connection "${name}", which ${what} uses`, span, { hint })
      }
    }
  }
}

export interface Named {
  readonly name: string
  readonly span: Span
  readonly good: readonly Type[]
}

/** Names in fields that the schema of the kind marks with what they must be good for. */
export function namedIn({ kind, tree }: ParsedCheck): readonly Named[] {
  const walk = (node: TreeNode, path: TreePath): readonly Named[] => {
    if (node.type === 'map') return node.entries.flatMap(({ key, value }) => walk(value, [...path, key]))
    if (node.type === 'list') return node.items.flatMap((item, index) => walk(item, [...path, index]))
    const connects = metaAt(kind.schema, path).connects ?? metaAt(commonSchema, path).connects
    if (connects === undefined || node.type !== 'scalar' || typeof node.value !== 'string') return []
    return [{ name: node.value, span: node.span, good: GOOD_FOR[connects] }]
  }
  return walk(tree, [])
}
