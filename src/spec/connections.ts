/** `connections:`, interpolated and validated; nothing is opened. */
import type * as z from 'zod'
import { type ConnectionSpec, connectionSchema, type FilesSpec, type S3Spec } from '../connections/schema.js'
import { didYouMean } from '../lib/did-you-mean.js'
import { vantageText } from '../vantage/schema.js'
import { type Interpolation, interpolate } from './interpolate.js'
import type { Problems } from './problems.js'
import { metaAt } from './schema-walk.js'
import { suggestOrList } from './suggest.js'
import { entry, field, type MapEntry, type MapNode, textOf } from './tree.js'
import { kindOf, validate } from './validate.js'

export interface Connections {
  /** Every name declared, also where the declaration does not hold. */
  readonly names: readonly string[]
  readonly specs: Readonly<Record<string, ConnectionSpec>>
}

const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/

export function readConnections(
  declarations: readonly MapEntry[],
  context: Omit<Interpolation, 'rule'>,
  problems: Problems,
): Connections {
  const specs: Record<string, ConnectionSpec> = {}
  for (const { key: name, keySpan, value } of declarations) {
    if (!NAME.test(name)) problems.error(`"${name}" cannot be the name of a connection`, keySpan)
    if (value.type !== 'map') {
      problems.error(`connection "${name}": expected a mapping, not ${kindOf(value)}`, value.span)
      continue
    }
    const schema = schemaOf(name, value, { keySpan, problems })
    if (schema === undefined) continue
    const resolved = interpolate(value, { ...context, rule: (path) => metaAt(schema, path) })
    const spec = validate(schema, resolved, { what: `connection "${name}"`, at: keySpan }, problems)
    if (spec !== undefined) specs[name] = spec as ConnectionSpec
  }
  for (const { key: name, value } of declarations) {
    const spec = specs[name]
    if (spec?.type === 'files' && value.type === 'map')
      refuseWrongPlace(name, spec, value, declarations, specs, problems)
    if (spec?.type === 's3' && value.type === 'map') noteOpenPrefix(name, spec, value, problems)
  }
  return { names: declarations.map(({ key }) => key), specs }
}

/** Mostly what stands beside is not meant; it may be, so this is never an error. */
function noteOpenPrefix(name: string, { prefix }: S3Spec, value: MapNode, problems: Problems): void {
  if (prefix === '' || prefix.endsWith('/')) return
  problems.note(
    `connection "${name}" takes in all that begins with ${prefix}, not only what is below ${prefix}/`,
    entry(value, 'prefix')?.value.span,
    { hint: 'end it with a slash, unless that is meant' },
  )
}

/** Where a files store is looked at from must be there, and only an absolute root means something there. */
function refuseWrongPlace(
  name: string,
  { from, root }: FilesSpec,
  value: MapNode,
  declarations: readonly MapEntry[],
  specs: Readonly<Record<string, ConnectionSpec>>,
  problems: Problems,
): void {
  if (from === undefined || from === 'local') return
  if (!root.startsWith('/')) {
    problems.error(
      `connection "${name}" is looked at from ${vantageText(from)}, where only an absolute root has a meaning`,
      entry(value, 'root')?.value.span,
      { hint: 'write root: /…' },
    )
  }
  if (!('ssh' in from)) return
  const span = entry(value, 'from')?.value.span
  const names = declarations.map(({ key }) => key)
  const type = specs[from.ssh]?.type
  if (!names.includes(from.ssh)) {
    const hint = suggestOrList(from.ssh, names) ?? 'declare it under connections:'
    problems.error(`there is no connection "${from.ssh}", from which connection "${name}" is looked at`, span, { hint })
  } else if (type !== undefined && type !== 'ssh') {
    const others = names.filter((other) => specs[other]?.type === 'ssh')
    const hint = others.length === 0 ? 'declare one of type ssh' : `one of ${others.join(', ')}`
    problems.error(
      `connection "${from.ssh}" is of type ${type}; connection "${name}" needs one of type ssh to be looked at from`,
      span,
      { hint },
    )
  }
}

/** The schema of its type, so that problems speak of that type alone. */
function schemaOf(
  name: string,
  value: MapNode,
  { keySpan, problems }: Pick<MapEntry, 'keySpan'> & { readonly problems: Problems },
): z.ZodType | undefined {
  const node = field(value, 'type')
  const type = textOf(node)
  const types = connectionSchema.options.map((option) => option.shape.type.value)
  const option = connectionSchema.options.find((candidate) => candidate.shape.type.value === type)
  if (option !== undefined) return option
  const known = `known: ${types.join(', ')}`
  if (type === undefined) {
    problems.error(`connection "${name}" has no "type"`, entry(value, 'type')?.value.span ?? keySpan, { hint: known })
  } else {
    problems.error(`unknown type "${type}" of connection "${name}"`, node?.span, {
      hint: didYouMean(type, types) ?? known,
    })
  }
  return undefined
}
