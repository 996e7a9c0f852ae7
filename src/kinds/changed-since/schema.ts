/** The fields of kind `changed-since`. Light. */
import * as z from 'zod'

/** Kinds of what a database consists of, as reports and `expected` name them. */
export const OBJECT_KINDS = [
  ...['schema', 'table', 'column', 'constraint', 'index', 'trigger', 'rule', 'view', 'function', 'type', 'policy'],
  ...[
    'statistics',
    'sequence',
    'event trigger',
    'extension',
    'publication',
    'subscription',
    'foreign data wrapper',
    'server',
  ],
  ...['user mapping', 'text search configuration', 'text search dictionary', 'custom collation', 'conversion', 'cast'],
  ...['operator', 'operator class', 'owner', 'grant', 'default privilege', 'role'],
  ...['role setting', 'setting', 'size', 'database', 'collation'],
] as const

/** What every database has. */
const ALWAYS_THERE: ReadonlySet<string> = new Set(['setting', 'size', 'database', 'collation'])

const VERBS = ['added', 'dropped', 'changed'] as const

export const CHANGES = [
  ...VERBS.flatMap((verb) =>
    OBJECT_KINDS.filter((kind) => verb === 'changed' || !ALWAYS_THERE.has(kind)).map((kind) => `${verb} ${kind}`),
  ),
  'changed content',
  'renamed',
  'may grow by',
]

const expected = z
  .strictObject({
    change: z.enum(CHANGES as [string, ...string[]]).meta({
      description:
        'What may be otherwise: `added column`, `dropped table`, `changed index` and so on; `changed content` of a table; `renamed`; `may grow by`.',
    }),
    object: z.string().min(1).meta({
      description: 'Its name as reports tell it: schema.table, schema.table.column. `*` stands for anything.',
    }),
    to: z.string().min(1).meta({ description: 'With `renamed`: what it is called now, in full.' }).optional(),
    by: z
      .union([z.int().min(0), z.string().regex(/^\d+(\.\d+)?%$/, 'a number of rows, or a percentage like 5%')])
      .meta({ description: 'With `may grow by`: rows, or a percentage of those there were.' })
      .optional(),
    reason: z.string().min(1).meta({ description: 'Why, for whoever reads the report.' }),
  })
  .meta({ description: 'A change that was meant.' })

export const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type postgres.', connects: 'postgres' }),
  schemas: z
    .array(z.string().min(1))
    .min(1)
    .meta({ description: 'Schemas to look into. All but those of PostgreSQL where left out.' })
    .optional(),
  content: z.enum(['digest', 'count', 'none']).default('digest').meta({
    description:
      'What is recorded of rows. `digest`: how many, and a digest of all they hold; `count`: how many; `none`: nothing.',
  }),
  digest: z.enum(['auto', 'portable']).default('auto').meta({
    description:
      '`auto`: the hash of rows of PostgreSQL 14 and newer, `portable` on 13. `portable`: SHA-256 of the values as text, for a machine of another architecture and for records that are kept for years.',
  }),
  level: z.enum(['table', 'bucket', 'row']).default('bucket').meta({
    description:
      'How closely a difference is told. `table`: one digest a table; `bucket`: of up to 1,024 parts of its rows, at the same cost; `row`: of every row, some 16 bytes each in the record.',
  }),
  keep_keys: z.boolean().default(false).meta({
    description:
      'With `level: row`: the record holds the keys of rows as they are, and not only hashes of them, so that rows that are gone can be named. Keys are data of rows.',
  }),
  by_column: z.boolean().default(false).meta({
    description:
      'A digest of each column as well: a difference is told by column, and a column that is gone leaves the others comparable. Takes about twice the work.',
  }),
  exclude: z
    .array(z.string().min(1))
    .meta({
      description:
        'Tables whose rows are not read (schema.table), and columns that are not hashed (schema.table.column).',
    })
    .optional(),
  ignore: z
    .array(z.enum(OBJECT_KINDS))
    .meta({ description: 'Kinds of what is not compared: `grant`, `role` …' })
    .optional(),
  expected: z.array(expected).meta({ description: 'Changes that were meant, each with its reason.' }).optional(),
})

export type ChangedSinceSpec = z.output<typeof schema>
export type ExpectedChange = NonNullable<ChangedSinceSpec['expected']>[number]
