/** What an artifacts check may say. */
import * as z from 'zod'
import { derivedProblem } from '../../compare/derived.js'
import { DIGEST_ALGORITHMS, DIGEST_ENCODINGS } from '../../compare/digest.js'
import { parseSample } from '../../compare/sampling.js'
import { duration, size } from '../fields.js'

const name = z.string().min(1)
const scalar = z.union([z.null(), z.boolean(), z.number(), z.string()])

const connection = name.meta({ description: 'Name of a connection of type postgres or mysql.', connects: 'sql' })
const store = name.meta({ connects: 'store' })
const sql = name.meta({ description: 'One SELECT. Parameters are written :name.', sql: true })
const params = z
  .record(z.string(), z.union([scalar, z.array(scalar)]))
  .meta({ description: 'Values of the parameters in the SQL.' })
const key = name.meta({ description: 'Column with the key: a path, an object key, a URL that `rewrite` makes one of.' })
const storeColumn = name.meta({ description: 'Column that says in which of `stores` the file lives.' })

export const SIZE_UNITS = ['B', 'kB', 'KB', 'MB', 'GB', 'TB', 'PB', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const

const declaredSize = z.strictObject({
  column: name.meta({ description: 'Column with the size.' }),
  unit: z.enum(SIZE_UNITS).default('B').meta({ description: 'What the column counts in.' }),
  tolerance: size.optional().meta({ description: 'How far off a rounded size may be, either way.' }),
})

const declaredChecksum = z.strictObject({
  column: name.meta({ description: 'Column with the checksum.' }),
  algorithm: z
    .union([
      z.enum([...DIGEST_ALGORITHMS, 'by_length']),
      z.strictObject({ column: name.meta({ description: 'Column that names the algorithm, row by row.' }) }),
    ])
    .meta({ description: 'The algorithm; `by_length` tells md5, sha1, sha256 and sha512 apart by their length.' }),
  encoding: z
    .enum(DIGEST_ENCODINGS)
    .default('hex')
    .meta({ description: 'How it is written; `text` is hex text that lies in a bytea.' }),
  prefix: name.optional().meta({ description: 'Taken off where the value starts with it, for instance `sha256:`.' }),
})

const rows = z.strictObject({
  connection,
  sql,
  params: params.optional(),
  key,
  size: z.union([name, declaredSize]).optional().meta({ description: 'Column with the size the file must have.' }),
  checksum: declaredChecksum.optional().meta({ description: 'The checksum the content must have.' }),
  store: storeColumn.optional(),
  time: name.optional().meta({ description: 'Column with the time the row was made; for `grace`.' }),
})

export const MANIFEST_CHECKSUMS = ['none', 'known', ...DIGEST_ALGORITHMS] as const

const manifest = z.strictObject({
  checksum: z.enum(MANIFEST_CHECKSUMS).default('none').meta({
    description:
      'What is kept of each content beside its size. `known`: the checksum that the store knows by itself, by a request a key (S3); an algorithm: the content is read and hashed.',
  }),
})

const explained = z.strictObject({ connection, sql, params: params.optional(), key, store: storeColumn.optional() })

const rewriteOp = z
  .strictObject({
    strip_prefix: name.optional().meta({ description: 'Taken off the start of keys that have it.' }),
    add_prefix: name.optional().meta({ description: 'Put before every key.' }),
    url_path: z.literal(true).optional().meta({ description: 'A URL becomes its path, without the first slash.' }),
    url_decode: z.literal(true).optional().meta({ description: '%41 becomes A, once.' }),
    regex: z
      .tuple([z.string().min(1), z.string()])
      .optional()
      .meta({ description: 'Every match of an RE2 pattern, and what takes its place; $1 stands for a group.' }),
  })
  .refine((op) => Object.values(op).filter((value) => value !== undefined).length === 1, 'one operation each')

const derivedRule = z.strictObject({
  match: z
    .string()
    .superRefine((pattern, context) => {
      const problem = derivedProblem(pattern)
      if (problem !== undefined) context.addIssue({ code: 'custom', message: problem })
    })
    .meta({ description: 'Key of the derived entry, made of {key} {dir} {name} {stem} {ext} of its parent.' }),
})

const verify = z.strictObject({
  size: z.enum(['all', 'none']).optional().meta({ description: 'A declared size is verified on all unless `none`.' }),
  checksum: z
    .union([
      z.enum(['none', 'all']),
      z.strictObject({
        sample: z
          .string()
          .refine((text) => parseSample(text) !== undefined, 'samples look like 1/100: the first of 100 equal slices')
          .meta({ description: 'n/t: the n-th of t slices by a stable hash of the key.' }),
      }),
    ])
    .optional()
    .meta({ description: 'Whose content is held against the declared checksum. To be stated where one is declared.' }),
  budget: size
    .optional()
    .meta({ description: 'Most bytes read to hash content; what does not fit is unverifiable. Without it: no limit.' }),
  time_budget: duration.optional().meta({
    description: 'Most time to verify content; what it does not reach is unverifiable. Without it: no limit.',
  }),
})

const allow = z.literal('allow').optional()

export const artifactsSchema = z.strictObject({
  rows: z
    .union([rows, z.array(rows).min(1)])
    .optional()
    .meta({ description: 'The rows that each promise a file: one query, or several whose union counts.' }),
  manifest: manifest.optional().meta({
    description:
      'In the place of `rows`: what `postflight snapshot` found in the store, key by key. With `--baseline` the store is held against that.',
  }),
  explained_by: z
    .array(explained)
    .min(1)
    .optional()
    .meta({ description: 'Rows whose files may exist and need not, for instance purged ones.' }),
  store: store.optional().meta({ description: 'Name of the connection that holds the files.' }),
  stores: z
    .record(z.string(), store)
    .optional()
    .meta({ description: 'Where rows choose their store: value of the `store` column → name of a connection.' }),
  scope: z
    .strictObject({ prefix: name.meta({ description: 'What these keys start with.' }) })
    .optional()
    .meta({ description: 'Only entries in it can be orphans.' }),
  rewrite: z
    .array(rewriteOp)
    .min(1)
    .optional()
    .meta({ description: 'From the key of a row to the key in the store, one operation after the other.' }),
  ignore: z
    .array(name)
    .optional()
    .meta({ description: 'Globs of entries that need no row. They never hide a missing file.' }),
  derived: z
    .array(derivedRule)
    .optional()
    .meta({ description: 'Entries made from others; orphans only when their parent has no row.' }),
  grace: duration
    .optional()
    .meta({ description: 'Younger rows without a file are in flight; younger entries are not yet orphans.' }),
  verify: verify.optional().meta({ description: 'How deep to look at what is there.' }),
  recover_from: z
    .array(store)
    .min(1)
    .optional()
    .meta({ description: 'Connections in which every missing key is looked for too.' }),
  plausible: z
    .strictObject({
      empty_rows: allow.meta({ description: 'No rows at all is as it should be.' }),
      empty_store: allow.meta({ description: 'A store without any entry is as it should be.' }),
    })
    .optional()
    .meta({ description: 'What looks like a mistake and is none.' }),
})

export type ArtifactsSpec = ReturnType<typeof artifactsSchema.parse>
export type RowsSpec = Exclude<ArtifactsSpec['rows'], readonly unknown[] | undefined>
export type ManifestSpec = NonNullable<ArtifactsSpec['manifest']>
export type ExplainedSpec = NonNullable<ArtifactsSpec['explained_by']>[number]
