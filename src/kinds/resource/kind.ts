/** Kind `resource`: how much is left of what runs out. */
import * as z from 'zod'
import { defineKind } from '../kind.js'
import { lint } from './lint.js'
import { MEASURES, RESOURCES, resourceOf } from './measures.js'
import { present } from './present.js'
import { subjects } from './subjects.js'

const pool = z.strictObject({
  user: z.string().min(1).meta({ description: 'Role the pool connects as.' }),
  size: z.int().min(1).meta({ description: 'Connections one pool may open.' }),
  instances: z.int().min(1).default(1).meta({ description: 'How many processes have such a pool.' }),
})

const schema = z.strictObject({
  measure: z.enum(MEASURES).meta({
    description:
      'What is measured. `value` is what is free or used, whichever the name says; a percentage of it is a percentage of `total`.',
  }),
  path: z
    .string()
    .min(1)
    .meta({
      description: 'Absolute path on the file system in question: for disk and inodes; for shm without it /dev/shm.',
    })
    .optional(),
  process: z
    .string()
    .min(1)
    .meta({
      description:
        'Name of a program: its open files against its own soft limit; of several processes the one with the fewest left.',
    })
    .optional(),
  connection: z
    .string()
    .meta({ description: 'Connection of type postgres: for connections and clock_skew.', connects: 'postgres' })
    .optional(),
  user: z
    .string()
    .min(1)
    .meta({ description: 'Role the application connects as, whose own connection limit counts as well.' })
    .optional(),
  pools: z
    .array(pool.meta({ description: 'One kind of process that keeps connections open.' }))
    .min(1)
    .meta({
      description: 'Pools of the application: the subject `when_full` is what is used once all of them are full.',
    })
    .optional(),
})

export type ResourceSpec = z.output<typeof schema>

export const resource = defineKind({
  name: 'resource',
  summary: 'Measures what runs out: disk, inodes, memory, open files, processes, database connections.',
  schema,
  uses: ({ connection }) => (connection === undefined ? [] : [connection]),
  subjects,
  plan: ({ measure, path, process, connection }) => [
    {
      what: [RESOURCES[resourceOf(measure)].look, path ?? process].filter(Boolean).join(': '),
      cost: connection === undefined ? 'one look' : 'a few queries on system views',
      ...(connection === undefined ? {} : { connection }),
      reading: { type: 'reach' },
      ...(resourceOf(measure) === 'connections' ? { wants: ['sessions'] } : {}),
    },
  ],
  present,
  waits: false,
  timeoutMs: 30_000,
  moves: ({ measure }) =>
    RESOURCES[resourceOf(measure)].needs.includes('connection')
      ? `${measure} is asked of the database, which is the same from everywhere`
      : true,
  lint,
  load: () => import('./observe.js'),
})
