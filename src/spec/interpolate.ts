/** Puts values in place of `${…}`, after YAML was parsed, on string scalars only. */
import { spanInScalar } from './offsets.js'
import type { Problems } from './problems.js'
import { REFERENCE_FORM, type ReferencePart, splitReferences } from './references.js'
import type { Span } from './source.js'
import type { MapNode, ScalarNode, TreeNode, TreePath } from './tree.js'

type Reference = Extract<ReferencePart, { readonly space: string }>

/** What a reference stands for, or undefined where that was told as a problem. */
export type Resolved = { readonly node: TreeNode; readonly secret: boolean } | undefined

/** What may stand in a field: `sql` takes no reference at all, and only `secret` fields take secrets. */
export interface FieldRule {
  readonly sql?: boolean
  readonly secret?: boolean
  /** Why no reference may stand here at all. */
  readonly never?: string
}

export interface Interpolation {
  readonly problems: Problems
  readonly resolve: (reference: Reference, span: Span, within: Span) => Resolved
  readonly rule: (path: TreePath) => FieldRule
}

/** The tree with its references replaced. What cannot be resolved becomes a hole, told once at its exact place. */
export function interpolate<Node extends TreeNode>(node: Node, context: Interpolation, path: TreePath = []): Node {
  return walk(node, context, path) as Node
}

function walk(node: TreeNode, context: Interpolation, path: TreePath): TreeNode {
  if (node.type === 'list') {
    return { ...node, items: node.items.map((item, index) => walk(item, context, [...path, index])) }
  }
  if (node.type === 'map') return walkMap(node, context, path)
  return node.type === 'scalar' && typeof node.value === 'string' ? walkText(node, node.value, context, path) : node
}

function walkMap(node: MapNode, context: Interpolation, path: TreePath): MapNode {
  const entries = node.entries.flatMap((item) => {
    if (!item.key.includes('${')) return [{ ...item, value: walk(item.value, context, [...path, item.key]) }]
    context.problems.error('keys take no ${…}', item.keySpan)
    return []
  })
  return { ...node, entries }
}

function walkText(node: ScalarNode, value: string, context: Interpolation, path: TreePath): TreeNode {
  const rule = context.rule(path)
  if (rule.sql === true) return refuseInSql(node, value, context)
  if (!value.includes('${')) return node
  const parts = splitReferences(value)
  const texts: string[] = []
  const references: string[] = []
  let secret = false
  let broken = false
  for (const part of parts) {
    if ('text' in part) {
      texts.push(part.text)
      continue
    }
    const resolved = resolvePart(node, part, rule, context)
    if (resolved === undefined) {
      broken = true
      continue
    }
    references.push('space' in part ? `${part.space}.${part.name}` : '')
    secret ||= resolved.secret
    if (parts.length === 1) return single(node, resolved, references)
    const text = asText(resolved.node)
    if (text === undefined) {
      context.problems.error('a list cannot stand inside a text', spanInScalar(node, part.at, part.length))
      broken = true
    } else texts.push(text)
  }
  if (broken) return { type: 'hole', span: node.span }
  return { ...node, value: texts.join(''), references, secret }
}

function resolvePart(
  node: ScalarNode,
  part: Exclude<ReferencePart, { readonly text: string }>,
  rule: FieldRule,
  { problems, resolve }: Interpolation,
): Resolved {
  const span = spanInScalar(node, part.at, part.length)
  if ('invalid' in part) return void problems.error(part.invalid, span, { hint: REFERENCE_FORM })
  if (rule.never !== undefined) return void problems.error(rule.never, span)
  const resolved = resolve(part, span, node.span)
  if (resolved?.secret !== true || rule.secret === true) return resolved
  const what = part.space === 'env' ? `\${env.${part.name}} has the name of a credential: it` : 'a secret'
  return void problems.error(`${what} may stand only in URLs, passwords, keys and header values`, span)
}

/** A scalar that is exactly one reference takes the value with its type. */
function single(
  node: ScalarNode,
  { node: value, secret }: NonNullable<Resolved>,
  references: readonly string[],
): TreeNode {
  if (value.type === 'scalar') return { ...value, span: node.span, style: node.style, references, secret }
  return value.type === 'list' ? { ...value, span: node.span, references } : value
}

function asText(node: TreeNode): string | undefined {
  return node.type === 'scalar' ? String(node.value) : undefined
}

/** SQL is never interpolated, and one statement needs no semicolon. `$${a}$$` is SQL's own quoting and stays. */
function refuseInSql(node: ScalarNode, value: string, { problems }: Interpolation): TreeNode {
  const at = value.search(/(?<!\$)\$\{/)
  if (at !== -1) {
    const length = (/^\$\{[^}\n]*\}?/.exec(value.slice(at)) ?? ['${'])[0].length
    const hint = 'give it under params: and write :name here'
    problems.error('SQL takes no ${…}', spanInScalar(node, at, length), { hint })
    return { type: 'hole', span: node.span }
  }
  const end = value.trimEnd()
  if (end.endsWith(';')) {
    problems.error('SQL here ends without a semicolon', spanInScalar(node, end.length - 1, 1), { hint: 'remove it' })
    return { type: 'hole', span: node.span }
  }
  return node
}
