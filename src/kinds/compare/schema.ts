/** The fields of kind `compare`. Light. */
import * as z from 'zod'
import { sqlParams } from '../fields.js'
import { parseTolerance } from './tolerance.js'

const column = z.string().min(1)

const pattern = z.string().min(1)

const patterns = (description: string) =>
  z.union([pattern, z.array(pattern).min(1)]).meta({
    description: `${description} \`*\` stands for any text, \`?\` for one character: \`billing.*\`.`,
  })

const side = (which: string) =>
  z
    .strictObject({
      connection: z.string().meta({ description: `Connection of type postgres or mysql, ${which}.`, connects: 'sql' }),
      table: z
        .string()
        .min(1)
        .meta({
          description:
            'Table, or view: name or schema.name, exactly as it is called. A name with a dot is written in double quotes.',
        })
        .optional(),
      tables: patterns('In place of `table`: all tables whose schema.name one of these covers.').optional(),
      except: patterns('Of these, tables not to compare.').optional(),
      where: z
        .string()
        .min(1)
        .meta({
          description: 'Condition: only rows for which it is true are compared. SQL; takes no ${…}, see params.',
          sql: true,
        })
        .optional(),
      params: sqlParams('Values for :name in the condition.'),
    })
    .meta({ description: `The table, or the tables, in ${which}.` })

const expression = (which: string) =>
  z
    .string()
    .min(1)
    .meta({
      description: `SQL expression over the columns of the ${which}, compared instead of its column. Takes no \${…}.`,
      sql: true,
    })
    .optional()

export const schema = z.strictObject({
  source: side('what was moved'),
  target: side('what it was moved to'),
  key: z
    .array(column)
    .min(1)
    .meta({ description: 'Columns that tell rows apart, by the names of the target. The primary key where left out.' })
    .optional(),
  columns: z
    .array(column)
    .min(1)
    .meta({ description: 'Columns to compare, by the names of the target. All where left out.' })
    .optional(),
  exclude: z
    .array(column)
    .meta({
      description: 'Columns not to compare, by the names of the target, or of the source where it alone has them.',
    })
    .optional(),
  rename: z
    .record(column, column.meta({ description: 'Its name in the target.' }))
    .meta({ description: 'Columns that are called otherwise in the target: source name to target name.' })
    .optional(),
  transform: z
    .record(column, z.strictObject({ source: expression('source'), target: expression('target') }))
    .meta({ description: 'What is compared in place of a column, by its name in the target.' })
    .optional(),
  tolerance: z
    .record(
      column,
      z
        .union([z.number(), z.string()])
        .refine((given) => parseTolerance(given) !== undefined, 'a tolerance is a number, a percentage or a duration')
        .meta({ description: '0.01, 0.1% (of the larger one) or, for dates and timestamps, 500ms.' }),
    )
    .meta({ description: 'By how much numbers and times of a column, by its name in the target, may differ.' })
    .optional(),
  digest: z.enum(['auto', 'portable']).default('auto').meta({
    description:
      '`auto`: the fastest hash that both servers have. `portable`: SHA-256 of the values as text, exact to what is printed.',
  }),
})

/** As the check file has it. */
export type CheckSpec = z.output<typeof schema>

export type SideSpec = CheckSpec['source'] & { readonly table: string }

/** A comparison of one table. */
export interface CompareSpec extends Omit<CheckSpec, 'source' | 'target'> {
  readonly source: SideSpec
  readonly target: SideSpec
}

/** Undefined where the check names tables by patterns. */
export function ofOneTable(spec: CheckSpec): CompareSpec | undefined {
  const { source, target } = spec
  if (source.table === undefined || target.table === undefined) return undefined
  return { ...spec, source: { ...source, table: source.table }, target: { ...target, table: target.table } }
}

export function patternsOf({ tables = [] }: CheckSpec['source']): readonly string[] {
  return typeof tables === 'string' ? [tables] : tables
}

export function exceptionsOf({ except = [] }: CheckSpec['source']): readonly string[] {
  return typeof except === 'string' ? [except] : except
}
