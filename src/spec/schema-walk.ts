/** Reads what a zod schema says of a field by its path: metadata and the keys there are. */
import * as core from 'zod/v4/core'
import type { TreePath } from './tree.js'

/** Marks in a schema's metadata that the spec acts on. */
export interface FieldMeta {
  /** SQL: takes no `${…}` and no trailing semicolon. */
  readonly sql?: boolean
  /** `${secret.x}` may stand here. */
  readonly secret?: boolean
  /** Part of the language, not built yet: refused by name. */
  readonly later?: boolean
  /** The name of a connection stands here; what it must be good for. */
  readonly connects?: 'postgres' | 'sql' | 'store' | 's3' | 'redis' | 'queue' | 'ssh'
}

type Schema = core.$ZodType

/** What is marked on the field itself, in any of the shapes it may take. */
export function metaAt(schema: Schema, path: TreePath): FieldMeta {
  const found: FieldMeta[] = [...schemasAt(schema, path)].map(
    (candidate) => (core.globalRegistry.get(candidate) ?? {}) as FieldMeta,
  )
  const marked = (mark: 'sql' | 'secret' | 'later'): boolean => found.some((meta) => meta[mark] === true)
  const connects = found.find((meta) => meta.connects !== undefined)?.connects
  const marks = { sql: marked('sql'), secret: marked('secret'), later: marked('later') }
  return connects === undefined ? marks : { ...marks, connects }
}

/** The keys a mapping at this path may have, in any of the shapes it may take. */
export function keysAt(schema: Schema, path: TreePath): readonly string[] {
  const keys = new Set<string>()
  for (const candidate of schemasAt(schema, path)) {
    if (candidate instanceof core.$ZodObject) for (const key of Object.keys(candidate._zod.def.shape)) keys.add(key)
  }
  return [...keys]
}

/** Every schema that may stand at a path, wrappers and what they wrap. */
function* schemasAt(schema: Schema, path: TreePath): Generator<Schema> {
  const [step, ...rest] = path
  for (const candidate of unwrap(schema)) {
    if (step === undefined) {
      yield candidate
      continue
    }
    const next = child(candidate, step)
    if (next !== undefined) yield* schemasAt(next, rest)
  }
}

function* unwrap(schema: Schema): Generator<Schema> {
  yield schema
  const { def } = schema._zod as unknown as { readonly def: Record<string, unknown> }
  for (const name of ['innerType', 'in'] as const) {
    if (def[name] instanceof core.$ZodType) yield* unwrap(def[name])
  }
  if (schema instanceof core.$ZodLazy) yield* unwrap(schema._zod.def.getter())
  if (schema instanceof core.$ZodUnion) for (const option of schema._zod.def.options) yield* unwrap(option)
}

function child(schema: Schema, step: string | number): Schema | undefined {
  if (schema instanceof core.$ZodObject) {
    const { shape } = schema._zod.def
    // A key of the file may be called `constructor`.
    return Object.hasOwn(shape, step) ? shape[String(step)] : undefined
  }
  if (schema instanceof core.$ZodRecord) return schema._zod.def.valueType
  if (schema instanceof core.$ZodArray) return schema._zod.def.element
  if (schema instanceof core.$ZodTuple) return schema._zod.def.items[Number(step)]
  return undefined
}
