/** YAML 1.2 text to a tree with positions: duplicate keys are errors, anchors and `<<` are resolved, tags are refused. */
import { Big } from 'big.js'
import { isAlias, isMap, isScalar, isSeq, type Node, type ParsedNode, parseDocument, type Scalar } from 'yaml'
import type { Problems } from './problems.js'
import type { Source, Span } from './source.js'
import type { ListNode, MapEntry, MapNode, ScalarNode, TreeNode } from './tree.js'

/** More nodes than this after aliases are resolved is an alias bomb, not a check file. */
const MAX_NODES = 200_000

interface Reading {
  readonly source: Source
  readonly problems: Problems
  readonly anchors: Map<string, Node>
  readonly open: Set<unknown>
  nodes: number
}

/** The tree, or undefined where there is none to work with; problems have been told then. */
export function readYaml(source: Source, problems: Problems): TreeNode | undefined {
  const document = parseDocument(source.text, { version: '1.2', merge: true, uniqueKeys: true, prettyErrors: false })
  for (const error of [...document.errors, ...document.warnings]) {
    const [start, end] = error.pos
    const message =
      error.code === 'DUPLICATE_KEY' ? 'the same key twice in one mapping' : (error.message.split('\n')[0] ?? '')
    problems.error(message, { source, start, end: Math.max(end, start + 1) })
  }
  if (document.errors.length > 0) return undefined
  if (document.contents === null) {
    problems.error('the file is empty', { source, start: 0, end: 1 }, { hint: 'a check file begins with version: 1' })
    return undefined
  }
  return convert(document.contents, { source, problems, anchors: new Map(), open: new Set(), nodes: 0 })
}

function convert(node: Node | ParsedNode | null, reading: Reading): TreeNode {
  const span = spanOf(node, reading.source)
  if (++reading.nodes > MAX_NODES) {
    if (reading.nodes === MAX_NODES + 1) reading.problems.error('aliases make this file far too large', span)
    return { type: 'hole', span }
  }
  if (isAlias(node)) {
    const target = reading.anchors.get(node.source)
    if (target !== undefined && !reading.open.has(target)) return convert(target, reading)
    const what = target === undefined ? 'is not set before it' : 'contains itself'
    reading.problems.error(`the anchor "${node.source}" ${what}`, span)
    return { type: 'hole', span }
  }
  if (node !== null && 'anchor' in node && node.anchor !== undefined) reading.anchors.set(node.anchor, node)
  reading.open.add(node)
  const converted = convertPlain(node, span, reading)
  reading.open.delete(node)
  return converted
}

function convertPlain(node: Node | null, span: Span, reading: Reading): TreeNode {
  if (isMap(node)) {
    const own: MapEntry[] = []
    const merged: MapEntry[] = []
    for (const pair of node.items) {
      const key = pair.key as Node | null
      const value = convert(pair.value as Node | null, reading)
      if (isScalar(key) && typeof key.value === 'symbol') merged.push(...mergeSource(value, reading))
      else own.push({ key: keyText(key, reading), keySpan: spanOf(key, reading.source), value })
    }
    const seen = new Set(own.map(({ key }) => key))
    const entries = [...own]
    for (const item of merged) {
      if (!seen.has(item.key)) entries.push(item)
      seen.add(item.key)
    }
    return { type: 'map', entries, span } satisfies MapNode
  }
  if (isSeq(node)) {
    return { type: 'list', items: node.items.map((item) => convert(item as Node, reading)), span } satisfies ListNode
  }
  return isScalar(node) ? scalar(node, span, reading) : { type: 'scalar', value: null, span, style: 'plain' }
}

function mergeSource(value: TreeNode, reading: Reading): readonly MapEntry[] {
  if (value.type === 'map') return value.entries
  if (value.type === 'list') return value.items.flatMap((item) => mergeSource(item, reading))
  if (value.type === 'scalar') reading.problems.error('"<<" takes a mapping or a list of mappings', value.span)
  return []
}

function keyText(key: Node | null, reading: Reading): string {
  if (isScalar(key)) return key.source ?? String(key.value)
  reading.problems.error('keys are plain words', spanOf(key, reading.source))
  return ''
}

const STYLES: Readonly<Record<string, ScalarNode['style']>> = {
  BLOCK_LITERAL: 'literal',
  BLOCK_FOLDED: 'folded',
  QUOTE_DOUBLE: 'quoted',
  QUOTE_SINGLE: 'quoted',
}

function scalar(node: Scalar, span: Span, reading: Reading): ScalarNode {
  const style = STYLES[node.type ?? ''] ?? 'plain'
  const { value, source } = node
  if (typeof value === 'number')
    return { type: 'scalar', value: exactNumber(value, source, span, reading), span, style }
  const plain = value === null || typeof value === 'boolean' ? value : String(value)
  return { type: 'scalar', value: plain, span, style }
}

/** A whole number that a double would round is a bigint; a fraction that it would round is refused. */
function exactNumber(value: number, written = String(value), span: Span, { problems }: Reading): number | bigint {
  if (/^[-+]?\d+$/.test(written)) return Number.isSafeInteger(value) ? value : BigInt(written.replace('+', ''))
  if (/^0[xo]/.test(written)) return Number.isSafeInteger(value) ? value : BigInt(written)
  const decimal = /^([-+]?)(\d*)\.?(\d*)(e[-+]?\d+)?$/i.exec(written)
  if (decimal !== null && Number.isFinite(value)) {
    const [, sign = '', whole = '', fraction = '', exponent = ''] = decimal
    const exact = new Big(`${sign === '-' ? '-' : ''}${whole || '0'}.${fraction || '0'}${exponent}`)
    if (exact.eq(new Big(value))) return value
  }
  problems.error(`the number ${written} cannot be held exactly`, span)
  return value
}

function spanOf(node: Node | ParsedNode | null, source: Source): Span {
  const range = node?.range ?? [0, 0]
  return { source, start: range[0], end: Math.max(range[1], range[0]) }
}
