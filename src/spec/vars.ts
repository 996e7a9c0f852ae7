/** Variables: declared with a default or as required, given by `--var` (as text) or a pack's `with` (typed). */
import * as z from 'zod'
import type { Problems } from './problems.js'
import type { Span } from './source.js'
import { suggestOrList } from './suggest.js'
import { field, type MapEntry, type MapNode, type ScalarNode, type TreeNode } from './tree.js'
import { kindOf, validate } from './validate.js'

export const VAR_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const TYPES = ['string', 'integer', 'number', 'boolean', 'list'] as const
export type VarType = (typeof TYPES)[number]

const scalar = z.union([z.string(), z.number(), z.bigint(), z.boolean()])

export const varSchema = z
  .strictObject({
    type: z
      .enum(TYPES)
      .meta({ description: 'Type of the value; taken from the default where it is left out.' })
      .optional(),
    default: z
      .union([scalar, z.array(scalar)])
      .meta({ description: 'Value where none is given.' })
      .optional(),
    required: z.boolean().meta({ description: 'A value must be given.' }).optional(),
    description: z.string().meta({ description: 'What it is for.' }).optional(),
  })
  .refine((declared) => (declared.default === undefined) === (declared.required === true), {
    message: 'a variable has either a default or required: true',
  })

export interface Variable {
  readonly type: VarType
  /** A hole where a required value is missing. */
  readonly node: TreeNode
}
export type Variables = ReadonlyMap<string, Variable>

/** What is given for a variable, and the problem of giving it where it does not fit. */
export type Given = ReadonlyMap<string, { readonly read: (type: VarType) => TreeNode | string; readonly span?: Span }>

export interface VarOptions {
  readonly given: Given
  /** How a value is given: `--var x=…` or `with`. */
  readonly how: (name: string) => string
  readonly problems: Problems
  /** Tells of a required variable without a value. */
  readonly unset: (message: string, span: Span) => void
}

export function readVars(declarations: readonly MapEntry[], options: VarOptions): Variables {
  const { given, problems } = options
  const variables = new Map<string, Variable>()
  for (const { key: name, keySpan, value } of declarations) {
    if (!VAR_NAME.test(name)) problems.error(`"${name}" is not a name for a variable`, keySpan)
    const what = { what: `variable "${name}"`, at: keySpan }
    if (value.type !== 'map') {
      problems.error(`${what.what}: expected a mapping, not ${kindOf(value)}`, value.span, {
        hint: 'write { default: … }',
      })
      variables.set(name, { type: 'string', node: { type: 'hole', span: value.span } })
      continue
    }
    const declared = validate(varSchema, value, what, problems)
    if (declared === undefined) variables.set(name, { type: 'string', node: { type: 'hole', span: value.span } })
    else variables.set(name, read(name, keySpan, value, declared.type, options))
  }
  const names = declarations.map(({ key }) => key)
  for (const [name, { span }] of given) {
    if (names.includes(name)) continue
    const hint = suggestOrList(name, names) ?? 'no variables are declared'
    problems.error(`${options.how(name)}: there is no variable "${name}"`, span, { hint })
  }
  return variables
}

function read(name: string, at: Span, declared: MapNode, type: VarType | undefined, options: VarOptions): Variable {
  const fallback = field(declared, 'default')
  const known = type ?? (fallback === undefined ? 'string' : typeOf(fallback))
  const value = options.given.get(name)
  if (fallback !== undefined && !fits(fallback, known)) {
    options.problems.error(`the default of variable "${name}" is ${kindOf(fallback)}, not ${known}`, fallback.span)
  }
  if (value === undefined) {
    if (fallback !== undefined) return { type: known, node: fallback }
    options.unset(`variable "${name}" is required: give ${options.how(name)}`, at)
    return { type: known, node: { type: 'hole', span: at } }
  }
  const node = value.read(known)
  if (typeof node !== 'string' && (node.type === 'hole' || fits(node, known))) return { type: known, node }
  const why = typeof node === 'string' ? node : `${kindOf(node)} is not ${known}`
  options.problems.error(`${options.how(name)}: ${why}`, value.span)
  return { type: known, node: { type: 'hole', span: at } }
}

function typeOf(node: TreeNode): VarType {
  if (node.type === 'list') return 'list'
  const value = node.type === 'scalar' ? node.value : ''
  if (typeof value === 'boolean') return 'boolean'
  if (typeof value === 'bigint' || Number.isInteger(value)) return 'integer'
  return typeof value === 'number' ? 'number' : 'string'
}

function fits(node: TreeNode, type: VarType): boolean {
  const actual = typeOf(node)
  return (
    (node.type === 'list' || node.type === 'scalar') && (actual === type || (actual === 'integer' && type === 'number'))
  )
}

/** `--var` values, read by the declared type. Lists are separated by commas. */
export function givenOnCommandLine(vars: Readonly<Record<string, string>>): Given {
  return new Map(Object.entries(vars).map(([name, text]) => [name, { read: (type) => fromText(text, type) }]))
}

const NOWHERE: Span = { source: { file: '--var', path: '', text: '', lines: [0] }, start: 0, end: 0 }

function fromText(text: string, type: VarType): TreeNode | string {
  const scalarNode = (value: ScalarNode['value']): ScalarNode => ({
    type: 'scalar',
    value,
    span: NOWHERE,
    style: 'plain',
  })
  if (type === 'string') return scalarNode(text)
  if (type === 'list') return { type: 'list', items: text === '' ? [] : text.split(',').map(scalarNode), span: NOWHERE }
  if (type === 'boolean' && /^(true|false)$/.test(text)) return scalarNode(text === 'true')
  if (type === 'integer' && /^-?\d+$/.test(text)) {
    return scalarNode(Number.isSafeInteger(Number(text)) ? Number(text) : BigInt(text))
  }
  if (type === 'number' && /^-?\d+(\.\d+)?$/.test(text)) return scalarNode(Number(text))
  return `"${text}" is not ${type === 'integer' ? 'a whole number' : type === 'boolean' ? 'true or false' : 'a number'}`
}
