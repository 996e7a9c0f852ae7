/** Matchers as JSON Schema. Which operator suits which subject is for `lint`: it depends on the check. */
import { OPS, type OpName } from '../judge/matcher.js'
import type { JsonSchema } from './json-schema-part.js'

const matcher = { $ref: '#/definitions/matcher' }
const scalar = { type: ['string', 'number', 'boolean', 'null'] }
const scalars = { type: 'array', items: scalar }

const DRIFT: JsonSchema = {
  anyOf: [
    { const: 'same' },
    {
      type: 'object',
      properties: {
        drop_at_most: {
          type: ['string', 'number'],
          description: 'How much less it may be: a count, or a percentage of the record.',
        },
        grow_at_most: {
          type: ['string', 'number'],
          description: 'How much more it may be: a count, or a percentage of the record.',
        },
      },
      additionalProperties: false,
      minProperties: 1,
    },
  ],
}

const OPERANDS: Readonly<Record<OpName, readonly [string, JsonSchema]>> = {
  eq: ['Equal to.', { anyOf: [scalar, scalars] }],
  ne: ['Not equal to.', { anyOf: [scalar, scalars] }],
  gt: ['Greater than.', scalar],
  gte: ['Greater than or equal to.', scalar],
  lt: ['Less than.', scalar],
  lte: ['Less than or equal to.', scalar],
  between: ['Between two values, both included.', { ...scalars, minItems: 2, maxItems: 2 }],
  in: ['One of these.', { ...scalars, minItems: 1 }],
  not_in: ['None of these.', { ...scalars, minItems: 1 }],
  matches: ['An RE2 pattern, unanchored, is found in it.', { type: 'string' }],
  not_matches: ['An RE2 pattern, unanchored, is not found in it.', { type: 'string' }],
  contains: ['Contains this text or member.', scalar],
  not_contains: ['Does not contain this text or member.', scalar],
  starts_with: ['Starts with.', { type: 'string' }],
  ends_with: ['Ends with.', { type: 'string' }],
  length: ['Its length matches.', matcher],
  empty: ['Whether it is empty.', { type: 'boolean' }],
  null: ['Whether it is NULL.', { type: 'boolean' }],
  exists: ['Whether there is one.', { type: 'boolean' }],
  all: ['Every member matches.', matcher],
  any: ['At least one member matches.', matcher],
  none: ['No member matches.', matcher],
  baseline: ['Held against the record taken before the migration.', DRIFT],
  since_last: ['Held against the last run.', DRIFT],
}

export const MATCHER: JsonSchema = {
  description: 'A value it must equal, or operators that must all hold.',
  anyOf: [
    { type: ['string', 'number', 'boolean'] },
    {
      type: 'object',
      properties: Object.fromEntries(
        OPS.map((op) => {
          const [description, operand] = OPERANDS[op]
          return [op, { description, anyOf: [operand, { $ref: '#/definitions/reference' }] }]
        }),
      ),
      additionalProperties: false,
      minProperties: 1,
    },
  ],
}

export function matchersOf(description: string): JsonSchema {
  return { description, type: 'object', additionalProperties: { $ref: '#/definitions/matcher' } }
}
