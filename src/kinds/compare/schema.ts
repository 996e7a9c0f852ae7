/** The fields of kind `compare`. Light. */
import * as z from 'zod'
import { sqlParams } from '../fields.js'

const column = z.string().min(1)

const side = (which: string) =>
  z
    .strictObject({
      connection: z.string().meta({ description: `Connection of type postgres, ${which}.`, connects: 'postgres' }),
      table: z.string().min(1).meta({
        description:
          'Table, or view: name or schema.name, exactly as it is called. A name with a dot is written in double quotes.',
      }),
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
    .meta({ description: `The table as it is in ${which}.` })

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
  digest: z.enum(['auto', 'portable']).default('auto').meta({
    description:
      '`auto`: the fastest hash that both servers have. `portable`: SHA-256 of the values as text, exact to what is printed.',
  }),
})

export type CompareSpec = z.output<typeof schema>
export type SideSpec = CompareSpec['source']
