/** Holds a tree against a zod schema and tells what does not fit, each problem at its line, in our own words. */
import * as z from 'zod'
import { didYouMean, mostAlike, nearest } from '../lib/did-you-mean.js'
import type { Problems } from './problems.js'
import { keysAt, metaAt } from './schema-walk.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import { entry, hasHole, type MapNode, nearestNode, nodeAt, type TreeNode, type TreePath, toPlain } from './tree.js'

// A schema is used a few times in a run: to compile code for it takes longer than that saves.
z.config({ jitless: true })

/** How the thing is called in messages: `check "orders" (kind rows)`, and where to point when a key is missing. */
export interface Subject {
  readonly what: string
  readonly at: Span
}

type ZodIssue = z.core.$ZodIssue

/** The parsed value, or undefined where there were problems, now or (a hole in the tree) before. */
export function validate<Schema extends z.ZodType>(
  schema: Schema,
  tree: TreeNode,
  subject: Subject,
  problems: Problems,
): z.output<Schema> | undefined {
  const later = refuseLater(schema, tree, [], problems)
  const result = schema.safeParse(toPlain(tree))
  if (result.success) return later || hasHole(tree) ? undefined : result.data
  const issues = result.error.issues.flatMap((found) => flatten(found, tree))
  for (const issue of issues) {
    if (!mistyped(issue, issues, tree)) tell(issue, schema, tree, subject, problems)
  }
  return undefined
}

function tell(issue: ZodIssue, schema: z.ZodType, tree: TreeNode, subject: Subject, problems: Problems): void {
  const path = issue.path as TreePath
  const node = nodeAt(tree, path)
  if (node !== undefined && hasHole(node)) return
  const span = (node ?? nearestNode(tree, path)).span
  if (issue.code === 'unrecognized_keys') {
    for (const key of issue.keys) {
      const keySpan = (node?.type === 'map' ? entry(node, key)?.keySpan : undefined) ?? span
      const where = path.length === 0 ? subject.what : `${spell(path)} of ${subject.what}`
      problems.error(`unknown key "${key}" in ${where}`, keySpan, { hint: suggestOrList(key, keysAt(schema, path)) })
    }
    return
  }
  const field = path.length === 0 ? subject.what : `"${spell(path)}" of ${subject.what}`
  if (node === undefined) {
    const parent = path.slice(0, -1)
    const where = parent.length === 0 ? subject.what : `"${spell(parent)}" of ${subject.what}`
    const at = parent.length === 0 ? subject.at : span
    problems.error(`missing "${String(path.at(-1))}" in ${where}`, at)
    return
  }
  // What zod says of a value may quote it; our own words do not.
  if (metaAt(schema, path).secret === true && issue.code !== 'invalid_type' && issue.code !== 'custom') {
    problems.error(`${field} is not valid`, span, { same: 'not valid' })
    return
  }
  const same = describe(issue, node)
  problems.error(`${field}: ${same}`, span, { hint: hintFor(issue, node), same })
}

/** A missing key is not told where an unknown key beside it already suggests it. */
function mistyped(issue: ZodIssue, issues: readonly ZodIssue[], tree: TreeNode): boolean {
  const path = issue.path as TreePath
  if (path.length === 0 || nodeAt(tree, path) !== undefined) return false
  const parent = JSON.stringify(path.slice(0, -1))
  return issues.some((other) => {
    if (other.code !== 'unrecognized_keys' || JSON.stringify(other.path) !== parent) return false
    return other.keys.some((key) => nearest(key, [String(path.at(-1))]) !== undefined)
  })
}

/** Of a union the option that fits best speaks: the one whose problems lie deepest, then the one with fewest. */
function flatten(issue: ZodIssue, tree: TreeNode): readonly ZodIssue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue]
  const options = issue.errors.map((errors) =>
    errors
      .map((error) => ({ ...error, path: [...issue.path, ...error.path] }) as ZodIssue)
      .flatMap((error) => flatten(error, tree)),
  )
  const node = nodeAt(tree, issue.path as TreePath)
  const here = ({ path }: ZodIssue): boolean => path.length === issue.path.length
  // A word that is expected says nothing of a mapping.
  const wrongShape = (errors: readonly ZodIssue[]): boolean =>
    errors.some(
      (error) =>
        here(error) && (error.code === 'invalid_type' || (error.code === 'invalid_value' && node?.type !== 'scalar')),
    )
  const fitting = options.filter((errors) => !wrongShape(errors))
  const unknown = fitting.map((errors) => errors.find((error) => here(error) && error.code === 'unrecognized_keys'))
  const keys = unknownToAll(unknown)
  if (fitting.length > 1 && keys.length > 0) return [{ ...unknown[0], keys } as ZodIssue]
  const best = fitting.toSorted((a, b) => a.length - b.length)[0]
  return best ?? [{ ...issue, errors: options as ZodIssue[][] } as ZodIssue]
}

/** Keys no option of a union knows: then which one was meant, and so what is missing, cannot be told. */
function unknownToAll(issues: readonly (ZodIssue | undefined)[]): readonly string[] {
  const each = issues.map((issue) => (issue?.code === 'unrecognized_keys' ? issue.keys : []))
  return (each[0] ?? []).filter((key) => each.every((keys) => keys.includes(key)))
}

function describe(issue: ZodIssue, node: TreeNode): string {
  if (!/^(Invalid|Too|Unrecognized)/.test(issue.message)) return issue.message
  if (issue.code === 'invalid_type') return `expected ${article(issue.expected)}, not ${kindOf(node)}`
  if (issue.code === 'invalid_value') return `expected ${listed(issue.values.map(String), node)}`
  if (issue.code === 'invalid_union') {
    const options = discriminators(issue)
    if (options.length > 0) return `expected ${list(options)}`
    const expected = issue.errors.flatMap((errors) => errors.slice(0, 1).map((error) => describe(error, node)))
    return [...new Set(expected)].join('; or ').replaceAll(/; or expected (.*), not/g, '; or $1, not') || 'not valid'
  }
  if (issue.code === 'too_small') return `must be at least ${issue.minimum}${sized(issue.origin)}`
  if (issue.code === 'too_big') return `must be at most ${issue.maximum}${sized(issue.origin)}`
  return issue.message
}

/** Of more words than these nobody reads a list. */
const MOST_LISTED = 16
const FEW = 3

function listed(values: readonly string[], node: TreeNode): string {
  if (values.length <= MOST_LISTED) return list(values)
  const first = (node.type === 'scalar' ? mostAlike(String(node.value), values) : values).slice(0, FEW)
  return `${first.join(', ')} or one of ${values.length - FEW} others`
}

function hintFor(issue: ZodIssue, node: TreeNode): string | undefined {
  if (node.type !== 'scalar') return undefined
  const values = issue.code === 'invalid_value' ? issue.values.map(String) : discriminators(issue)
  return didYouMean(String(node.value), values)
}

/** Values the deciding key of a union may have; zod 4 gives them beside what its types say. */
function discriminators(issue: ZodIssue): readonly string[] {
  const { options } = issue as { readonly options?: unknown }
  return Array.isArray(options) ? options.map(String) : []
}

/** Fields of the language whose feature is not built yet. */
function refuseLater(schema: z.ZodType, node: TreeNode, path: TreePath, problems: Problems): boolean {
  if (node.type === 'list') {
    return node.items.map((item, index) => refuseLater(schema, item, [...path, index], problems)).some(Boolean)
  }
  if (node.type !== 'map') return false
  const found = node.entries.map(({ key, keySpan, value }) => {
    const here = [...path, key]
    if (metaAt(schema, here).later !== true) return refuseLater(schema, value, here, problems)
    problems.error(notYet(`"${spell(here)}"`), keySpan)
    return true
  })
  return found.some(Boolean)
}

export function notYet(what: string): string {
  return `${what} is not yet in this version`
}

/** A closed mapping that is not described by one schema: an unknown key is told with the known ones. */
export function refuseUnknownKeys(map: MapNode, known: readonly string[], what: string, problems: Problems): void {
  for (const { key, keySpan } of map.entries) {
    if (!known.includes(key)) {
      problems.error(`unknown key "${key}" in ${what}`, keySpan, { hint: suggestOrList(key, known) })
    }
  }
}

export function spell(path: TreePath): string {
  return path.map((step, index) => (typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`)).join('')
}

export function kindOf(node: TreeNode): string {
  if (node.type === 'map') return 'a mapping'
  if (node.type === 'list') return 'a list'
  if (node.type === 'hole') return 'an unresolved value'
  if (node.value === null) return 'nothing'
  return typeof node.value === 'string' ? 'a text' : typeof node.value === 'number' ? 'a number' : 'true or false'
}

const NAMES: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  object: 'a mapping',
  record: 'a mapping',
  array: 'a list',
}

function article(expected: string): string {
  return NAMES[expected] ?? `a ${expected}`
}

function sized(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' || origin === 'set' ? ' entries' : ''
}

function list(options: readonly string[]): string {
  return options.length < 2 ? options.join('') : `${options.slice(0, -1).join(', ')} or ${options.at(-1)}`
}
