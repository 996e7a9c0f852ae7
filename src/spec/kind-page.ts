/** The page of a kind, for people: as text for `postflight kinds`, as Markdown for `docs/kinds`. */
import type { Kind, SubjectSpec } from '../kinds/kind.js'
import type { JsonSchema } from './json-schema-part.js'
import { jsonSchemaOf } from './json-schema-part.js'

export interface KindField {
  /** With the keys it stands below: `verify.checksum`. */
  readonly name: string
  readonly required: boolean
  readonly description: string
  /** The words it may be, where only some are possible; there may be a mapping beside them. */
  readonly values: readonly string[]
  /** Whether it may be a mapping. */
  readonly mapped: boolean
}

/** Its fields in the order of the schema, nested ones behind theirs. */
export function kindFields(kind: Kind): readonly KindField[] {
  return fieldsOf(jsonSchemaOf(kind.schema, { references: false }), '')
}

function fieldsOf(schema: JsonSchema, above: string): readonly KindField[] {
  const required = (schema['required'] ?? []) as readonly string[]
  return Object.entries((schema['properties'] ?? {}) as Record<string, JsonSchema>).flatMap(([key, field]) => {
    const name = `${above}${key}`
    const description = String(field['description'] ?? '')
    const below = nested(field, name)
    const mapped = below.length > 0
    return [{ name, required: required.includes(key), description, values: wordsOf(field), mapped }, ...below]
  })
}

/** Of several options that are mappings one is chosen: none of their keys is required by itself. */
function optional(fields: readonly KindField[], above: string): readonly KindField[] {
  return fields.map((field) =>
    field.name.slice(above.length + 1).includes('.') ? field : { ...field, required: false },
  )
}

function wordsOf(field: JsonSchema): readonly string[] {
  const options = (field['anyOf'] ?? []) as readonly JsonSchema[]
  const own = field['enum'] ?? (field['const'] === undefined ? [] : [field['const']])
  return [...(own as readonly unknown[]).map(String), ...options.flatMap(wordsOf)]
}

/** What is said of a field: its description and, where `quote` writes a word, the words it may be. */
export function fieldMeaning({ description, values, mapped }: KindField, quote: (word: string) => string): string {
  const unsaid = values.filter((value) => !description.includes(value))
  if (unsaid.length === 0) return description
  const lead = values.length > 1 ? 'Words:' : mapped ? 'Or just' : 'Always'
  return `${description} ${lead} ${values.map(quote).join(', ')}.`
}

function nested(field: JsonSchema, name: string): readonly KindField[] {
  const items = field['items'] as JsonSchema | undefined
  const options = (field['anyOf'] ?? []) as readonly JsonSchema[]
  const mappings = options.filter((option) => option['properties'] !== undefined).length
  const found = [
    ...(field['properties'] === undefined ? [] : fieldsOf(field, `${name}.`)),
    ...(items === undefined || Array.isArray(items) ? [] : nested(items, `${name}[]`)),
    ...options.flatMap((option) => {
      const fields = nested(option, name)
      return mappings > 1 ? optional(fields, name) : fields
    }),
  ]
  const seen = new Set<string>()
  return found.filter((one) => {
    const plain = one.name.replaceAll('[]', '')
    return seen.has(plain) ? false : seen.add(plain)
  })
}

/** Subjects over several examples of the kind; one that no example measures keeps its reason. */
export function mergeSubjects(examples: readonly (readonly SubjectSpec[])[]): readonly SubjectSpec[] {
  const merged = new Map<string, SubjectSpec>()
  for (const subject of examples.flat()) {
    const known = merged.get(subject.name)
    if (known === undefined || (known.unobserved !== undefined && subject.unobserved === undefined)) {
      merged.set(subject.name, subject)
    }
  }
  return [...merged.values()]
}

/** Forms of names the check makes up. Where a kind has several with one prefix, these are all there are. */
export function madeUpForms({ familyForms = [] }: Kind): readonly string[] {
  const prefix = (form: string): string => form.split(':', 1)[0] ?? form
  return familyForms.filter((form) => familyForms.filter((other) => prefix(other) === prefix(form)).length === 1)
}
