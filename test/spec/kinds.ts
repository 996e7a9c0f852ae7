/** Small kinds of our own, so that the language is tested without those that connect to something. */
import * as z from 'zod'
import { defineKind, type Kind, type Kinds } from '../../src/kinds/kind.js'

const load = async () => ({
  // biome-ignore lint/correctness/useYield: it is never run
  observe: async function* () {
    return { subjects: {} }
  },
})

const present = () => ({ headline: '', detail: [] })
const connection = z.string().min(1).meta({ description: 'Connection it looks at.', connects: 'postgres' })
const store = z.string().min(1).meta({ description: 'Store it walks.', connects: 'store' })

/** A number of things with everything optional, one subject that is never measured, no default. */
export const count = defineKind({
  name: 'count',
  summary: 'Counts things.',
  schema: z.strictObject({
    connection,
    table: z.string().min(1).meta({ description: 'What is counted.' }),
    where: z.string().meta({ description: 'Condition.', sql: true }).optional(),
    limit: z.int().meta({ description: 'At most.' }).optional(),
    token: z.string().meta({ description: 'A password.', secret: true }).optional(),
    deep: z
      .strictObject({ sample: z.string().optional(), mode: z.enum(['all', 'none']).default('all') })
      .meta({ description: 'Nested.' })
      .optional(),
    soon: z.string().meta({ description: 'Not built.', later: true }).optional(),
  }),
  uses: ({ connection: name }) => [name],
  subjects: ({ deep }) => [
    { name: 'count', type: 'count', unit: 'rows', meaning: 'Rows.' },
    { name: 'bad', type: 'count', of: 'count', unit: 'rows', meaning: 'Bad rows.' },
    { name: 'age', type: 'duration', meaning: 'Age.' },
    {
      name: 'digest',
      type: 'text',
      meaning: 'Digest.',
      ...(deep?.mode === 'none' ? { unobserved: 'deep.mode is none' } : {}),
    },
  ],
  plan: ({ connection: name, table }) => [{ what: `count ${table}`, connection: name, cost: 'one scan' }],
  lint: ({ limit }) =>
    limit === 13 ? [{ level: 'warning' as const, message: 'an unlucky limit', path: ['limit'], hint: 'take 12' }] : [],
  present,
  waits: false,
  load,
})

/** Defaults of all three levels; claims a part of a store; worth waiting for. */
export const walk = defineKind({
  name: 'walk',
  summary: 'Walks a store.',
  schema: z.strictObject({
    store,
    rows: z
      .union([
        z.strictObject({ sql: z.string().meta({ sql: true }) }),
        z.array(z.strictObject({ sql: z.string().meta({ sql: true }) })),
      ])
      .meta({ description: 'Queries.' })
      .optional(),
    scope: z.strictObject({ prefix: z.string() }).meta({ description: 'Part of the store.' }).optional(),
  }),
  uses: ({ store }) => [store],
  subjects: () => [
    { name: 'missing', type: 'count', meaning: 'Missing.', default: { level: 'expect', matcher: 0 } },
    { name: 'empty', type: 'count', meaning: 'Empty.', default: { level: 'warn', matcher: 0 } },
    { name: 'unclear', type: 'count', meaning: 'Unclear.', default: { level: 'tell', matcher: 0 } },
    { name: 'orphaned', type: 'count', meaning: 'Left over.' },
  ],
  claims: ({ store, scope }) => [{ subject: 'orphaned', store, prefix: scope?.prefix ?? '' }],
  plan: ({ store }) => [{ what: 'walk', connection: store }],
  present,
  waits: true,
  load,
})

const own = [count, walk] as unknown as readonly Kind[]

export const kinds: Kinds = {
  names: own.map(({ name }) => name),
  load: async (names) => own.filter(({ name }) => names.includes(name)),
}
