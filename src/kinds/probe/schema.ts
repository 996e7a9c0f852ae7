/** The fields of kind `probe`. Light. */
import * as z from 'zod'
import { duration, size, sqlParams } from '../fields.js'

const toggle = (what: string) =>
  z
    .union([z.boolean(), z.enum(['on', 'off'])])
    .transform((value) => (value === true || value === 'on' ? 'on' : 'off'))
    .meta({ description: `Whether the planner may use ${what}.` })
    .optional()

const wholeKilobytes = size.transform((bytes) => `${Math.max(64, Math.ceil(bytes / 1024))}kB`)

/** Settings of the planner alone: none of them changes what a query gives, only how it is got. */
const settings = z.strictObject({
  enable_bitmapscan: toggle('bitmap scans'),
  enable_hashagg: toggle('hashed aggregation'),
  enable_hashjoin: toggle('hash joins'),
  enable_indexonlyscan: toggle('index-only scans'),
  enable_indexscan: toggle('index scans'),
  enable_mergejoin: toggle('merge joins'),
  enable_nestloop: toggle('nested loops'),
  enable_seqscan: toggle('sequential scans'),
  enable_sort: toggle('sorts'),
  jit: toggle('compilation'),
  max_parallel_workers_per_gather: z
    .int()
    .min(0)
    .max(1024)
    .transform(String)
    .meta({ description: 'Workers that may help with a probe; 0 is none.' })
    .optional(),
  work_mem: wholeKilobytes
    .meta({ description: 'Memory of a sort or hash of a probe before it goes to disk.' })
    .optional(),
})

export const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type postgres.', connects: 'postgres' }),
  list: z.string().min(1).meta({
    description:
      'Query that gives one row for each object to probe: `object` (its name) and `probe` (the text of a query, every row of which is a violation; a column `fix` of it, where `show` names it, is the statement that mends that row); and where wanted `bytes` (how much the probe reads), `unseen` (why it cannot be probed; NULL where it can) and `fix` (the statement that mends it). Takes no ${…}, see params.',
    sql: true,
  }),
  params: sqlParams('Values for :name in the list.'),
  probe_timeout: duration.default(30_000).meta({ description: 'How long one probe may take.' }),
  max_bytes: size
    .meta({ description: 'Objects of more `bytes` are not probed. Of any size where left out.' })
    .optional(),
  budget: size
    .meta({ description: 'How many `bytes` all probes together may read, the smallest objects first.' })
    .optional(),
  settings: settings
    .meta({ description: 'Settings of the planner for the probes: so that an index is not asked about itself, say.' })
    .optional(),
  show: z
    .strictObject({
      columns: z.array(z.string()).min(1).meta({ description: 'Columns of the probe whose values may appear.' }),
      limit: z.int().min(0).default(5).meta({
        description: 'How many violations of each object carry their values; the others are listed without.',
      }),
    })
    .meta({ description: 'What of a violation may appear besides its object. Nothing does otherwise.' })
    .optional(),
})

export type ProbeSpec = z.output<typeof schema>
