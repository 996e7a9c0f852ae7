/** Kind `redis`: whether a Redis server answers, holds its data, and can go on writing it. */
import * as z from 'zod'
import { defineKind, type LintProblem } from '../kind.js'
import { hostField, portField, REACHED } from '../reachability.js'
import { present } from './present.js'
import { STATE } from './subjects.js'

const schema = z.strictObject({
  connection: z
    .string()
    .meta({ description: 'Connection of type redis; it is opened from where postflight runs.', connects: 'redis' })
    .optional(),
  host: hostField.optional(),
  port: portField('Port; 6379 where nothing is said.').optional(),
  database: z
    .int()
    .min(0)
    .meta({ description: 'Number of the database whose keys are counted; 0 where nothing is said.' })
    .optional(),
  user: z.string().min(1).meta({ description: 'User of the access control list.' }).optional(),
  password: z.string().min(1).meta({ description: 'Password, as ${secret.…}.', secret: true }).optional(),
  tls: z.boolean().meta({ description: 'Whether TLS is spoken; the certificate is then verified.' }).optional(),
  ca: z
    .string()
    .min(1)
    .meta({ description: 'PEM file of the authorities to trust, relative to the check file.' })
    .optional(),
})

export type RedisKindSpec = z.output<typeof schema>

export const redis = defineKind({
  name: 'redis',
  summary: 'Asks a Redis server how it is: whether it answers, holds its keys, and saves them.',
  schema,
  uses: ({ connection }) => (connection === undefined ? [] : [connection]),
  subjects: () => [...REACHED, ...STATE],
  plan: ({ connection, host, port }) => [
    {
      what: connection === undefined ? `the state of the server at ${host} port ${port ?? 6379}` : 'the server’s state',
      cost: 'PING, INFO and DBSIZE',
      ...(connection === undefined ? {} : { connection }),
    },
  ],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: ({ connection }) =>
    connection === undefined
      ? true
      : 'a redis connection is opened from where postflight runs; name host and port here',
  lint,
  load: () => import('./observe.js'),
})

function lint(spec: RedisKindSpec): readonly LintProblem[] {
  const { connection, host, ...more } = spec
  if ((connection === undefined) === (host === undefined)) {
    const message = 'a check of kind redis has either `connection` or `host`'
    return [{ level: 'error', message, path: host === undefined ? [] : ['host'] }]
  }
  if (connection === undefined) return []
  return Object.entries(more)
    .filter(([, value]) => value !== undefined)
    .map(([field]) => ({
      level: 'error',
      message: `\`${field}\` belongs to the connection, or to a check that names a host`,
      path: [field],
    }))
}
