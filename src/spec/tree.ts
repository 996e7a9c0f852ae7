/**
 * A check file as a tree in which every node knows where it was written. Trees of several files may be merged; each
 * node keeps its own source, so errors and `plan` always point at the line that said it.
 */
import type { Span } from './source.js'

export interface ScalarNode {
  readonly type: 'scalar'
  /** A whole number beyond what a double holds exactly is a bigint. */
  readonly value: null | boolean | number | bigint | string
  readonly span: Span
  readonly style: 'plain' | 'quoted' | 'literal' | 'folded'
  /** References it was made from, for instance `var.schema`. */
  readonly references?: readonly string[] | undefined
  /** The value is or holds a secret. */
  readonly secret?: boolean | undefined
}

export interface ListNode {
  readonly type: 'list'
  readonly items: readonly TreeNode[]
  readonly span: Span
  readonly references?: readonly string[] | undefined
}

export interface MapEntry {
  readonly key: string
  readonly keySpan: Span
  readonly value: TreeNode
}

export interface MapNode {
  readonly type: 'map'
  readonly entries: readonly MapEntry[]
  readonly span: Span
}

/** Stands where a reference could not be resolved; its problem has been told already. */
export interface HoleNode {
  readonly type: 'hole'
  readonly span: Span
}

export type TreeNode = ScalarNode | ListNode | MapNode | HoleNode
export type TreePath = readonly (string | number)[]

export function entry(map: MapNode, key: string): MapEntry | undefined {
  return map.entries.find((candidate) => candidate.key === key)
}

export function field(map: MapNode, key: string): TreeNode | undefined {
  return entry(map, key)?.value
}

export function textOf(node: TreeNode | undefined): string | undefined {
  return node?.type === 'scalar' && typeof node.value === 'string' ? node.value : undefined
}

/** The node at a path, or undefined where the tree does not go that far. */
export function nodeAt(root: TreeNode, path: TreePath): TreeNode | undefined {
  let node: TreeNode | undefined = root
  for (const step of path) {
    if (node?.type === 'map') node = field(node, String(step))
    else if (node?.type === 'list' && typeof step === 'number') node = node.items[step]
    else return undefined
  }
  return node
}

/** The node at a path, or the nearest one above it. */
export function nearestNode(root: TreeNode, path: TreePath): TreeNode {
  for (let length = path.length; length > 0; length--) {
    const node = nodeAt(root, path.slice(0, length))
    if (node !== undefined) return node
  }
  return root
}

/** Where the key at the end of a path is written; undefined where there is none. */
export function keySpanAt(root: TreeNode, path: TreePath): Span | undefined {
  const parent = nodeAt(root, path.slice(0, -1))
  return parent?.type === 'map' ? entry(parent, String(path.at(-1)))?.keySpan : undefined
}

export type Plain =
  | null
  | undefined
  | boolean
  | number
  | bigint
  | string
  | readonly Plain[]
  | { readonly [key: string]: Plain }

/** Plain data. Mappings have no prototype, so a key `__proto__` is only a key. A hole becomes undefined. */
export function toPlain(node: TreeNode): Plain {
  if (node.type === 'scalar') return node.value
  if (node.type === 'hole') return undefined
  if (node.type === 'list') return node.items.map(toPlain)
  const record: Record<string, Plain> = Object.create(null)
  for (const { key, value } of node.entries) record[key] = toPlain(value)
  return record
}

export function hasHole(node: TreeNode): boolean {
  if (node.type === 'list') return node.items.some(hasHole)
  if (node.type === 'map') return node.entries.some(({ value }) => hasHole(value))
  return node.type === 'hole'
}

/** A mapping without some of its keys. */
export function without(map: MapNode, keys: ReadonlySet<string>): MapNode {
  return { ...map, entries: map.entries.filter(({ key }) => !keys.has(key)) }
}

export function only(map: MapNode, keys: ReadonlySet<string>): MapNode {
  return { ...map, entries: map.entries.filter(({ key }) => keys.has(key)) }
}
