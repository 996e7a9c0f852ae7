/** The JSON Schema of check files, for completion and hover in editors. `lint` says more than a schema can. */
import { connectionSchema } from '../connections/schema.js'
import type { Kind } from '../kinds/kind.js'
import { channels } from '../notify/index.js'
import { pingSchema } from '../notify/ping-schema.js'
import { commonSchema, defaultsSchema } from './common.js'
import { gateSchema, waiverSchema } from './gate.js'
import { MATCHER, matchersOf } from './json-schema-matcher.js'
import { type JsonSchema, jsonSchemaOf, REFERENCE } from './json-schema-part.js'
import { ID, packUseSchema } from './pack.js'
import { secretSchema } from './secrets.js'
import { VAR_NAME, varSchema } from './vars.js'

export function buildJsonSchema(kinds: readonly Kind[]): JsonSchema {
  const open = { references: true }
  const closed = { references: false }
  const named = (values: JsonSchema, description: string, names: RegExp = VAR_NAME): JsonSchema => ({
    description,
    type: 'object',
    propertyNames: { pattern: names.source },
    additionalProperties: values,
  })
  const list = (items: JsonSchema, description: string): JsonSchema => ({ description, type: 'array', items })
  const ref = (name: string): JsonSchema => ({ $ref: `#/definitions/${name}` })
  const definitions: Record<string, JsonSchema> = {
    reference: REFERENCE,
    matcher: MATCHER,
    connection: jsonSchemaOf(connectionSchema, open),
    check: checkSchema(kinds),
  }
  for (const kind of kinds) definitions[`check-${kind.name}`] = kindSchema(kind, kinds)
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'postflight check file',
    type: 'object',
    properties: {
      version: { const: 1, description: 'Version of the language.' },
      name: { type: 'string', description: 'What the run is called.' },
      include: list(
        { anyOf: [{ type: 'string', minLength: 1 }, jsonSchemaOf(packUseSchema, closed)] },
        'Other check files, as globs relative to this one, and packs.',
      ),
      vars: named(jsonSchemaOf(varSchema, closed), 'Variables, for ${var.name}.'),
      secrets: named(jsonSchemaOf(secretSchema, closed), 'Secrets, for ${secret.name}, and where they come from.'),
      connections: named(ref('connection'), 'What checks connect to, by name.', /^[A-Za-z0-9][A-Za-z0-9_.-]*$/),
      defaults: {
        ...withWhen(jsonSchemaOf(defaultsSchema, open)),
        description: 'What holds for every check that does not say it itself.',
      },
      gate: { ...jsonSchemaOf(gateSchema, open), description: 'What the exit code depends on.' },
      waivers: list(jsonSchemaOf(waiverSchema, open), 'Failures that somebody has accepted for a while.'),
      notify: named(routeSchema(), 'Who is told of what, by name of the route.', /^[a-z0-9][a-z0-9-]{0,62}$/),
      ping: {
        ...jsonSchemaOf(pingSchema, open),
        description: "Address of a dead-man's switch that every whole run pings.",
      },
      checks: list(ref('check'), 'The checks.'),
    },
    required: ['version'],
    additionalProperties: false,
    definitions,
  }
}

/** Decided by `type`. */
function routeSchema(): JsonSchema {
  return { oneOf: channels.map(({ schema }) => jsonSchemaOf(schema, { references: true })) }
}

/** Decided by `kind` alone, so that an editor speaks of that kind only. */
function checkSchema(kinds: readonly Kind[]): JsonSchema {
  return {
    type: 'object',
    properties: { id: idSchema, kind: kindName(kinds) },
    required: ['id', 'kind'],
    allOf: kinds.map(({ name }) => ({
      if: { properties: { kind: { const: name } }, required: ['kind'] },
      // biome-ignore lint/suspicious/noThenProperty: a keyword of JSON Schema
      then: { $ref: `#/definitions/check-${name}` },
    })),
  }
}

const idSchema: JsonSchema = {
  type: 'string',
  pattern: ID.source,
  description: 'Name of the check, unique over all files.',
}

function kindName(kinds: readonly Kind[]): JsonSchema {
  return { enum: kinds.map(({ name }) => name), description: 'What it looks at.' }
}

function kindSchema(kind: Kind, kinds: readonly Kind[]): JsonSchema {
  const own = jsonSchemaOf(kind.schema, { references: true }) as {
    properties: JsonSchema
    required?: readonly string[]
  }
  const common = withWhen(jsonSchemaOf(commonSchema, { references: true })) as { properties: JsonSchema }
  return {
    description: kind.summary,
    type: 'object',
    properties: { id: idSchema, kind: kindName(kinds), ...own.properties, ...common.properties },
    required: ['id', 'kind', ...(own.required ?? [])],
    additionalProperties: false,
  }
}

const MATCHERS = ['expect', 'warn', 'when'] as const

/** Matchers are read by the judge; the zod schema takes them as they come. */
function withWhen(schema: JsonSchema): JsonSchema {
  const { properties } = schema as { readonly properties: Readonly<Record<string, JsonSchema>> }
  const replaced = MATCHERS.filter((key) => properties[key] !== undefined).map((key) => [
    key,
    matchersOf(String(properties[key]?.['description'] ?? '')),
  ])
  return { ...schema, properties: { ...properties, ...Object.fromEntries(replaced) } }
}
