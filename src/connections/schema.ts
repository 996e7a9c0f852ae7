/** What a check file may say of a connection. Light: zod only; nothing is opened here. */
import * as z from 'zod'
import { parseDuration } from '../lib/units.js'
import { vantageSchema } from '../vantage/schema.js'

/** Marks a field in which `${secret.x}` may stand; the spec reads it from the schema's metadata. */
const secret = (description: string) => z.string().min(1).meta({ description, secret: true })

const limit = z.number().int().min(1).max(1000)

const duration = z
  .string()
  .refine((text) => parseDuration(text) !== undefined, 'durations look like 500ms, 30s, 5m')
  .transform((text) => parseDuration(text) as number)

/** Digits as text too: that is how a port comes from the environment. */
const port = (description: string) =>
  z
    .union([
      z.int().min(1).max(65_535),
      z
        .string()
        .regex(/^\d{1,5}$/, 'a port is a number from 1 to 65535')
        .transform(Number)
        .refine((number) => number >= 1 && number <= 65_535, 'a port is a number from 1 to 65535'),
    ])
    .meta({ description })
    .optional()

const postgres = z.strictObject({
  type: z.literal('postgres').meta({ description: 'A PostgreSQL database.' }),
  url: secret(
    'Connection URI, or a libpq `service=…`/keyword string. Without it the PG* variables are used.',
  ).optional(),
  host: z.string().meta({ description: 'Host name, or the directory of a Unix socket.' }).optional(),
  port: port('Port; 5432 where nothing is said.'),
  database: z.string().meta({ description: 'Name of the database.' }).optional(),
  user: z.string().meta({ description: 'Role to connect as; one that may only read is best.' }).optional(),
  password: secret('Password; better given as ${secret.…}.').optional(),
  sslmode: z
    .enum(['disable', 'allow', 'prefer', 'require', 'verify-ca', 'verify-full'])
    .meta({ description: 'As libpq means it.' })
    .optional(),
  sslrootcert: z.string().meta({ description: 'File with the certificates to trust, or `system`.' }).optional(),
  sslcert: z.string().meta({ description: 'File with the client certificate.' }).optional(),
  sslkey: z.string().meta({ description: 'File with the key of the client certificate.' }).optional(),
  service: z.string().meta({ description: 'Name of a service in pg_service.conf.' }).optional(),
  limit: limit.default(2).meta({ description: 'Sessions open at once.' }),
  connect_timeout: duration.default(10_000).meta({ description: 'How long opening a session may take.' }),
  lock_timeout: duration.default(2000).meta({ description: 'How long a query may wait for a lock.' }),
  search_path: z.string().meta({ description: 'search_path of every transaction.' }).optional(),
})

const mysql = z.strictObject({
  type: z
    .literal('mysql')
    .meta({ description: 'A MySQL or MariaDB database, for the kinds `rows`, `sql`, `artifacts` and `compare`.' }),
  url: secret('mysql://user:password@host:3306/database; fields beside it go before it.').optional(),
  host: z
    .string()
    .min(1)
    .meta({ description: 'Host name, or the path of a Unix socket; localhost where nothing is said.' })
    .optional(),
  port: port('Port; 3306 where nothing is said.'),
  database: z.string().meta({ description: 'Name of the database.' }).optional(),
  user: z.string().meta({ description: 'User to connect as; one that may only read is best.' }).optional(),
  password: secret('Password; better given as ${secret.…}.').optional(),
  sslmode: z
    .enum(['disable', 'prefer', 'require', 'verify-ca', 'verify-full'])
    .meta({ description: 'As libpq means it; `prefer` where nothing is said.' })
    .optional(),
  sslrootcert: z.string().meta({ description: 'File with the certificates to trust.' }).optional(),
  limit: limit.default(2).meta({ description: 'Sessions open at once.' }),
  connect_timeout: duration.default(10_000).meta({ description: 'How long opening a session may take.' }),
  lock_timeout: duration.default(2000).meta({ description: 'How long a query may wait for a lock; whole seconds.' }),
})

const files = z.strictObject({
  type: z.literal('files').meta({ description: 'A directory.' }),
  root: z.string().min(1).meta({ description: 'Directory that keys are relative to.' }),
  mounted: z
    .boolean()
    .default(false)
    .meta({ description: 'The root must lie on a mount of its own; otherwise checks on it are *error*.' }),
  symlinks: z.enum(['inside', 'ignore']).default('inside').meta({
    description:
      'inside: a link to a file below the root counts as that file, any other link is reported as unreadable. ignore: links are passed over. Links to directories are never followed.',
  }),
  from: vantageSchema
    .meta({ description: 'Where the directory is looked at from; without it wherever the check looks from.' })
    .optional(),
  limit: limit.default(32).meta({ description: 'Calls under way at once.' }),
})

const s3 = z.strictObject({
  type: z.literal('s3').meta({ description: 'A bucket of S3 or a store that speaks its protocol.' }),
  bucket: z.string().min(1).meta({ description: 'Name of the bucket.' }),
  prefix: z.string().default('').meta({ description: 'Keys are relative to it. It should end in a slash.' }),
  endpoint: z.url().meta({ description: 'For stores other than AWS.' }).optional(),
  region: z.string().default('us-east-1').meta({ description: 'Region that requests are signed for.' }),
  path_style: z.boolean().default(false).meta({
    description: 'The bucket stands in the path instead of the host name, as most stores other than AWS want it.',
  }),
  profile: z.string().meta({ description: 'Profile of the shared AWS configuration.' }).optional(),
  access_key: secret('Access key id; without it the usual AWS credential chain is used.').optional(),
  secret_key: secret('Secret access key.').optional(),
  session_token: secret('Session token.').optional(),
  order: z.enum(['bytes', 'none']).default('bytes').meta({
    description:
      'none: the store does not list in byte order, so that it is listed whole and sorted before it is compared. Without it that is done once it is seen. Directory buckets are known.',
  }),
  requester_pays: z
    .boolean()
    .default(false)
    .meta({ description: 'Agree to pay for requests to a bucket that asks for it.' }),
  limit: limit.default(16).meta({ description: 'Requests under way at once.' }),
})

const http = z.strictObject({
  type: z.literal('http').meta({ description: 'A web server that is asked key by key; it cannot list.' }),
  url: z.url().meta({ description: 'Keys are appended to it, percent-encoded.', secret: true }),
  headers: z.record(z.string(), secret('Header value.')).default({}).meta({ description: 'Headers of every request.' }),
  limit: limit.default(8).meta({ description: 'Requests under way at once.' }),
})

const redis = z.strictObject({
  type: z.literal('redis').meta({ description: 'A Redis server, or one that speaks its protocol.' }),
  url: secret('redis:// or rediss:// URL; a password and the number of the database may stand in it.').optional(),
  host: z.string().meta({ description: 'Host name; localhost where nothing is said.' }).optional(),
  port: port('Port; 6379 where nothing is said.'),
  database: z
    .number()
    .int()
    .min(0)
    .meta({ description: 'Number of the database; 0 where nothing is said.' })
    .optional(),
  user: z.string().meta({ description: 'User of the access control list.' }).optional(),
  password: secret('Password; better given as ${secret.…}.').optional(),
  tls: z.boolean().meta({ description: 'Whether TLS is spoken; a rediss:// URL says so itself.' }).optional(),
  ca: z.string().meta({ description: 'File with the certificates to trust.' }).optional(),
  connect_timeout: duration.default(10_000).meta({ description: 'How long opening the connection may take.' }),
  limit: limit.default(4).meta({ description: 'Checks that may use it at once.' }),
})

const ssh = z.strictObject({
  type: z.literal('ssh').meta({
    description: "Another host, reached with this machine's own ssh, its configuration and its keys.",
  }),
  host: z.string().min(1).meta({ description: 'Host name, or a Host of the ssh configuration.' }),
  port: port('Port, where the configuration says none.'),
  user: z.string().min(1).meta({ description: 'User to log in as.' }).optional(),
  identity_file: z.string().min(1).meta({ description: 'File with the private key.' }).optional(),
  known_hosts: z.string().min(1).meta({ description: 'File with the keys of hosts to trust.' }).optional(),
  config: z.string().min(1).meta({ description: 'ssh configuration to read instead of the usual one.' }).optional(),
  connect_timeout: duration.default(10_000).meta({ description: 'How long logging in may take.' }),
  limit: limit.default(4).meta({ description: 'Checks that may use it at once.' }),
})

export const connectionSchema = z.discriminatedUnion('type', [postgres, mysql, files, s3, http, redis, ssh])
export type ConnectionSpec = z.output<typeof connectionSchema>
export type PostgresSpec = Extract<ConnectionSpec, { type: 'postgres' }>
export type MysqlSpec = Extract<ConnectionSpec, { type: 'mysql' }>
export type FilesSpec = Extract<ConnectionSpec, { type: 'files' }>
export type S3Spec = Extract<ConnectionSpec, { type: 's3' }>
export type HttpSpec = Extract<ConnectionSpec, { type: 'http' }>
export type RedisSpec = Extract<ConnectionSpec, { type: 'redis' }>
export type SshSpec = Extract<ConnectionSpec, { type: 'ssh' }>
