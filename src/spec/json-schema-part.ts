/** One zod schema as JSON Schema (draft 7) for editors: closed mappings, and `${…}` allowed where it may stand. */
import * as z from 'zod'

export type JsonSchema = { readonly [key: string]: unknown }

/** `references`: whether `${…}` may stand in its scalars at all. */
export function jsonSchemaOf(schema: z.ZodType, options: { readonly references: boolean }): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(schema, {
    io: 'input',
    target: 'draft-7',
    unrepresentable: 'any',
    reused: 'inline',
    override: ({ zodSchema, jsonSchema }) => {
      if (zodSchema._zod.def.type === 'bigint') jsonSchema.type = 'integer'
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    },
  }) as JsonSchema
  return clean(json, options.references) as JsonSchema
}

export const REFERENCE: JsonSchema = {
  type: 'string',
  pattern: '\\$\\{(var|env|secret|each)\\.',
  description: 'A reference: ${var.x}, ${env.X}, ${secret.x}, ${each.key} or ${each.value}.',
}

/** Takes out our own marks and fields that are not built yet; opens scalars and lists to references. */
function clean(node: unknown, references: boolean): unknown {
  if (Array.isArray(node)) return node.map((item) => clean(item, references))
  if (node === null || typeof node !== 'object') return node
  const { sql, secret: _secret, later: _later, connects: _connects, ...rest } = node as Record<string, unknown>
  if (sql === true) return { ...rest, not: { pattern: '(^|[^$])\\$\\{' } }
  const cleaned: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(rest)) {
    if (key === 'properties') cleaned[key] = cleanProperties(value as Record<string, unknown>, references)
    else if (key === 'enum' || key === 'default' || key === 'required' || key === 'propertyNames') cleaned[key] = value
    else cleaned[key] = clean(value, references)
  }
  return references && isRestricted(cleaned) ? withReference(cleaned) : cleaned
}

function cleanProperties(properties: Record<string, unknown>, references: boolean): Record<string, unknown> {
  const kept = Object.entries(properties).filter(([, value]) => (value as { later?: boolean }).later !== true)
  return Object.fromEntries(kept.map(([key, value]) => [key, clean(value, references)]))
}

/** Whether a text with a reference in it would be refused as it stands. */
function isRestricted(node: Record<string, unknown>): boolean {
  const { type } = node
  if (type === 'string') return 'enum' in node || 'pattern' in node || 'format' in node || 'const' in node
  return type === 'number' || type === 'integer' || type === 'boolean' || type === 'array'
}

/** The key that decides between the options of a union takes no reference. */
function withReference(node: Record<string, unknown>): Record<string, unknown> {
  if ('const' in node) return node
  const { description, default: fallback, ...shape } = node
  return {
    ...(description === undefined ? {} : { description }),
    ...(fallback === undefined ? {} : { default: fallback }),
    anyOf: [shape, { $ref: '#/definitions/reference' }],
  }
}
