/** What a check of kind `worker` may say. Light: zod only. */
import * as z from 'zod'
import { vantageSchema } from '../../vantage/schema.js'
import { hostField, portField } from '../reachability.js'
import { canary } from './fields-canary.js'
import { s3Need, variable } from './fields-s3.js'
import { QUEUE_SYSTEMS } from './systems.js'

const text = (description: string) => z.string().min(1).meta({ description })
const query = (description: string) => z.string().min(1).meta({ description, sql: true })
const connection = (description: string) => z.string().meta({ description, connects: 'postgres' })

const FLAWS = ['empty', 'quotes', 'newline', 'blanks'] as const
export type Flaw = (typeof FLAWS)[number]

const pattern = {
  process: text('Name of the program: node, sidekiq, celery.').optional(),
  command: text('Text that the command line contains; it is compared where it is and never shown.').optional(),
}

const instant = z.iso
  .datetime({ offset: true, error: 'a moment looks like 2026-11-30T02:15:00Z' })
  .transform((written) => Date.parse(written))

const running = z.strictObject({
  ...pattern,
  min: z.int().min(1).default(1).meta({ description: 'How many there have to be at least.' }),
  since: instant
    .meta({
      description:
        'Moment the migration ended, with its zone: a process that started before it still has the old schema, files and environment in mind.',
    })
    .optional(),
})

const heartbeat = z.strictObject({
  connection: connection('Connection of type postgres; the age is measured by the clock of that database.'),
  sql: query('Query that gives the time of the newest heartbeat: one row, one timestamp.'),
  hosts: query('Query that gives how many different hosts have sent one lately: one row, one number.').optional(),
})

const queue = z.strictObject({
  connection: z.string().meta({
    description: 'Connection the queue lives in: of type redis or postgres, as the system needs it.',
    connects: 'queue',
  }),
  sql: query(
    'Query that gives how many jobs wait, and in a second column since when the oldest does: one row. Instead of `system`.',
  ).optional(),
  system: z.enum(QUEUE_SYSTEMS).meta({ description: 'Queue whose tables or keys are known.' }).optional(),
  name: text(
    'Name of the queue, in graphile-worker of the task. Without it all queues of a system in PostgreSQL.',
  ).optional(),
  schema: text('Schema of its tables, where it is not the usual one.').optional(),
  prefix: text('Prefix of its keys, where it is not the usual one.').optional(),
})

const envNeed = z.union([
  variable,
  z.strictObject({
    name: variable.meta({ description: 'Name of the variable.' }),
    allow: z.array(z.enum(FLAWS)).min(1).meta({
      description:
        'What its value may be although it mostly is a mistake: empty, in quotes, with a newline or blanks at its ends.',
    }),
  }),
])

const fileNeed = z.strictObject({
  path: z
    .string()
    .regex(/^\//, 'a path here is absolute')
    .meta({ description: 'Absolute path, as the worker sees it.' }),
  readable: z.boolean().meta({ description: 'Whether the worker must be able to read it.' }).optional(),
  writable: z
    .boolean()
    .meta({
      description:
        'Whether the worker must be able to write it. Asked of the file system; nothing is written (see kind volume).',
    })
    .optional(),
  executable: z.boolean().meta({ description: 'Whether the worker must be able to run it.' }).optional(),
})

const tcpNeed = z.strictObject({
  host: hostField,
  port: portField('Port.'),
  family: z
    .enum(['ipv4', 'ipv6'])
    .meta({ description: 'Address family; without it whatever the name resolves to.' })
    .optional(),
})

function isHttpUrl(text: string): boolean {
  return /^https?:/i.test(text) && URL.canParse(text)
}

const httpNeed = z.strictObject({
  url: z
    .string()
    .refine(isHttpUrl, 'an address that begins with http:// or https://')
    .meta({ description: 'Address that is asked with GET, from where the worker is.', secret: true }),
  status: z
    .array(z.int().min(100).max(599))
    .min(1)
    .meta({ description: 'Status codes that will do; without it all below 400.' })
    .optional(),
})

const byVariable = {
  env: variable.meta({
    description: 'Variable of the worker that holds the URL. It is taken apart where it is and never shown.',
  }),
  host: text('Host it has to point to. Compared, never shown.').optional(),
}
const account = z.strictObject({
  ...byVariable,
  login: z
    .boolean()
    .meta({
      description:
        'true: that it could not be tried is an error. false: only reach the host. Otherwise it is tried where a client is installed.',
    })
    .optional(),
})
const place = z.strictObject({ ...byVariable, port: portField('Port, where the value has none.').optional() })

const needs = z.strictObject({
  env: z
    .array(envNeed)
    .min(1)
    .meta({ description: 'Environment variables that are set, and not empty, in quotes or ending in a newline.' })
    .optional(),
  files: z.array(fileNeed).min(1).meta({ description: 'Files and directories.' }).optional(),
  tcp: z.array(tcpNeed).min(1).meta({ description: 'Hosts and ports that take a connection.' }).optional(),
  http: z.array(httpNeed).min(1).meta({ description: 'Web services that answer.' }).optional(),
  urls: z
    .array(place)
    .min(1)
    .meta({
      description: 'Services whose URL, or host, stands in a variable: its host resolves and takes a connection.',
    })
    .optional(),
  postgres: z
    .array(account)
    .min(1)
    .meta({ description: "PostgreSQL with the worker's own credentials; a login needs psql where the worker is." })
    .optional(),
  redis: z
    .array(account)
    .min(1)
    .meta({ description: "Redis with the worker's own credentials; a login needs redis-cli where the worker is." })
    .optional(),
  s3: z
    .array(s3Need)
    .min(1)
    .meta({
      description: "Buckets with the worker's own credentials; that they list a key needs curl where the worker is.",
    })
    .optional(),
})

const sameAs = z.strictObject({
  from: vantageSchema.meta({ description: 'The other place.' }),
  ...pattern,
  env: z.array(variable).min(1).meta({
    description:
      'Variables whose value is the same in both. Compared by a keyed digest made where they are; no value is read out.',
  }),
})

export const schema = z.strictObject({
  as: text('User the worker runs as: a name, a uid or uid:gid. Without it that of the process found.').optional(),
  running: running.meta({ description: 'The process of the worker. The environment is read from it.' }).optional(),
  heartbeat: heartbeat.meta({ description: 'Where the worker says that it is alive.' }).optional(),
  queue: queue.meta({ description: 'The queue it takes its jobs from.' }).optional(),
  needs: needs.meta({ description: 'What a job needs, seen from where the worker is and as its user.' }).optional(),
  same_as: sameAs
    .meta({ description: 'Another place whose environment has to agree, such as the web application.' })
    .optional(),
  canary: canary
    .meta({ description: 'A job of our own, sent through the queue and removed again. Needs --allow-writes.' })
    .optional(),
})

export type WorkerSpec = z.output<typeof schema>
export type NeedsSpec = z.output<typeof needs>
export type QueueSpec = z.output<typeof queue>
export type HeartbeatSpec = z.output<typeof heartbeat>
export type CanarySpec = z.output<typeof canary>
