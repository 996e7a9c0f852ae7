/** What a backup check may say. */
import * as z from 'zod'
import { duration, size } from '../fields.js'

const name = z.string().min(1)
const globs = z.union([name, z.array(name).min(1)]).transform((one) => (typeof one === 'string' ? [one] : one))

/** Named formats; a suffix says what they are compressed with. */
export const POSTGRES_FORMATS = [
  'pg_custom',
  'pg_directory',
  'pg_tar',
  'pg_plain',
  'pg_dumpall',
  'pg_custom.gz',
  'pg_tar.gz',
  'pg_plain.gz',
  'pg_dumpall.gz',
  'pg_custom.zst',
  'pg_tar.zst',
  'pg_plain.zst',
  'pg_dumpall.zst',
] as const
export const OTHER_FORMATS = [
  'mysql_plain',
  'mysql_plain.gz',
  'mysql_plain.zst',
  'tar',
  'tar.gz',
  'tar.zst',
  'zip',
  'gz',
  'zst',
] as const

const copy = z.strictObject({
  store: name.meta({ description: 'Connection with the second copy: files, s3 or http.', connects: 'store' }),
  match: globs.optional().meta({
    description:
      'Where the copies lie there: one is that of a backup if it has its file name. Without it they have the same key. Not for directories.',
  }),
  which: z
    .enum(['newest', 'each'])
    .default('newest')
    .meta({ description: 'Whether the newest backup must have a copy, or each of them.' }),
  within: duration
    .default(0)
    .meta({ description: 'How long after a backup its copy may be missing; none where nothing is said.' }),
})

const restore = z.strictObject({
  server: name.meta({
    description: 'Connection of type postgres: a scratch database is made on that server. Its role needs CREATEDB.',
    connects: 'postgres',
  }),
  as: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,63}$/, 'a name of letters, digits, - and _')
    .default('restored')
    .meta({ description: 'Name of the connection to what was restored, for checks that require this one.' }),
  pg_restore: name.default('pg_restore').meta({ description: 'Program that restores archives of pg_dump.' }),
  psql: name
    .default('psql')
    .meta({ description: 'Program that restores plain dumps, and drops the database should postflight be killed.' }),
  privileges: z.boolean().default(false).meta({
    description: 'Whether owners and privileges are restored too; their roles must then exist on the server.',
  }),
})

export const backupSchema = z.strictObject({
  store: name.meta({ description: 'Connection the backups lie in: files or s3.', connects: 'store' }),
  match: globs.meta({
    description:
      'Glob, or list of them: which keys are backups. One that ends in / (or in /toc.dat) means directories, each of which is one backup.',
  }),
  format: z
    .enum([...POSTGRES_FORMATS, ...OTHER_FORMATS])
    .optional()
    .meta({ description: 'What the newest must be. Without it that is told by its content, and any will do.' }),
  contains: z.array(name).min(1).optional().meta({
    description:
      'Names, or globs, that the table of contents must have: public.orders, TABLE DATA public.orders, a path.',
  }),
  verify: z.enum(['contents', 'end']).default('end').meta({
    description:
      'contents: header and table of contents of the newest. end: also that its end is there, for which what is compressed is unpacked (and not kept).',
  }),
  budget: size.default(2 ** 30).meta({
    description:
      'Compressed bytes to unpack at most; 1GiB where nothing is said. With less than it takes, `readable` is not measured.',
  }),
  settle: duration
    .default(0)
    .meta({ description: 'Backups younger than this may still be written, and are passed over.' }),
  time_zone: name.default('UTC').meta({
    description: 'Time zone of the clock that made the dump, which writes no zone beside its time: Europe/Berlin.',
  }),
  copy: copy.optional().meta({ description: 'A second store that must have the backup as well, with the same size.' }),
  restore: restore.optional().meta({
    description:
      'Restore the newest into a scratch database, which is dropped when the run ends. Needs --allow-writes.',
  }),
})

export type BackupSpec = z.output<typeof backupSchema>
export type CopySpec = NonNullable<BackupSpec['copy']>
export type RestoreSpec = NonNullable<BackupSpec['restore']>
