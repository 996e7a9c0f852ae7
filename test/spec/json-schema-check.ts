/** Holds plain data against a JSON Schema: only the keywords ours uses; an unknown keyword is an error of the test. */
type Schema = Readonly<Record<string, unknown>>

const ANNOTATIONS = ['$schema', 'title', 'description', 'default', 'definitions']

const TYPES: Readonly<Record<string, (value: unknown) => boolean>> = {
  object: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  array: Array.isArray,
  string: (value) => typeof value === 'string',
  number: (value) => typeof value === 'number',
  integer: Number.isInteger,
  boolean: (value) => typeof value === 'boolean',
  null: (value) => value === null,
}

/** Paths that do not hold; empty where all does. */
export function refusals(root: Schema, value: unknown): readonly string[] {
  return check(root, root, value, '')
}

function check(root: Schema, schema: Schema, value: unknown, path: string): readonly string[] {
  return Object.entries(schema).flatMap(([keyword, operand]) => {
    const held = holds(root, schema, keyword, operand, value, path)
    return typeof held === 'boolean' ? (held ? [] : [`${path}: ${keyword}`]) : held
  })
}

function holds(root: Schema, schema: Schema, keyword: string, operand: unknown, value: unknown, path: string) {
  const object = TYPES['object']?.(value) === true ? (value as Record<string, unknown>) : undefined
  const all = (schemas: unknown, at = path) => (schemas as Schema[]).map((one) => check(root, one, value, at))
  if (ANNOTATIONS.includes(keyword) || keyword === 'then') return true
  switch (keyword) {
    case '$ref': {
      const name = String(operand).replace('#/definitions/', '')
      return check(root, (root['definitions'] as Record<string, Schema>)[name] ?? { broken: name }, value, path)
    }
    case 'type':
      return [operand].flat().some((type) => TYPES[String(type)]?.(value))
    case 'const':
      return value === operand
    case 'enum':
      return (operand as unknown[]).includes(value)
    case 'pattern':
      return typeof value !== 'string' || new RegExp(String(operand), 'u').test(value)
    case 'format':
      if (typeof value !== 'string') return true
      return operand === 'date-time' ? !Number.isNaN(Date.parse(value)) : URL.canParse(value)
    case 'minLength':
      return typeof value !== 'string' || value.length >= Number(operand)
    case 'maxLength':
      return typeof value !== 'string' || value.length <= Number(operand)
    case 'minimum':
      return typeof value !== 'number' || value >= Number(operand)
    case 'maximum':
      return typeof value !== 'number' || value <= Number(operand)
    case 'minItems':
      return !Array.isArray(value) || value.length >= Number(operand)
    case 'maxItems':
      return !Array.isArray(value) || value.length <= Number(operand)
    case 'minProperties':
      return object === undefined || Object.keys(object).length >= Number(operand)
    case 'required':
      return object === undefined || (operand as string[]).every((key) => key in object)
    case 'propertyNames':
      return Object.keys(object ?? {}).flatMap((key) => check(root, operand as Schema, key, `${path}.${key}`))
    case 'properties':
      return Object.entries(operand as Record<string, Schema>).flatMap(([key, one]) =>
        object !== undefined && key in object ? check(root, one, object[key], `${path}.${key}`) : [],
      )
    case 'additionalProperties': {
      const known = Object.keys((schema['properties'] ?? {}) as object)
      const rest = Object.entries(object ?? {}).filter(([key]) => !known.includes(key))
      if (operand === false) return rest.map(([key]) => `${path}.${key}: unknown`)
      return rest.flatMap(([key, one]) => check(root, operand as Schema, one, `${path}.${key}`))
    }
    case 'items': {
      if (!Array.isArray(value)) return true
      const each = Array.isArray(operand) ? operand : value.map(() => operand)
      return value.flatMap((item, index) => check(root, (each[index] ?? {}) as Schema, item, `${path}[${index}]`))
    }
    case 'anyOf':
      return all(operand).some((found) => found.length === 0)
    case 'oneOf':
      return all(operand).filter((found) => found.length === 0).length === 1
    case 'allOf':
      return all(operand).flat()
    case 'not':
      return check(root, operand as Schema, value, path).length > 0
    case 'if':
      return check(root, operand as Schema, value, path).length > 0
        ? true
        : check(root, (schema['then'] ?? {}) as Schema, value, path)
    default:
      throw new Error(`the schema uses "${keyword}", which this check does not know`)
  }
}
