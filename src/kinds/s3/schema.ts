/** What a check of kind s3 may say. */
import * as z from 'zod'
import { duration } from '../fields.js'

const key = (description: string) => z.string().min(1).meta({ description })

/** As a browser writes it: scheme, host, and the port where it is not the usual one. Nothing behind. */
function isOrigin(text: string): boolean {
  return URL.canParse(text) && new URL(text).origin === text
}

const headerName = z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'that is no name of a header')

const keys = (description: string) =>
  z.array(key('Key, relative to the prefix of the connection.')).min(1).meta({ description }).optional()

const anonymous = z.strictObject({
  public: keys('Keys that anybody must be able to read.'),
  private: keys('Keys that nobody may be able to read without credentials. They must exist.'),
  list: z.boolean().default(false).meta({ description: 'Whether the bucket is listed without credentials, too.' }),
})

const cors = z.strictObject({
  origins: z
    .array(z.string().refine(isOrigin, 'an origin looks like https://app.example.net, with nothing behind the host'))
    .min(1)
    .meta({ description: 'Origins of all front ends whose pages use the bucket.' }),
  method: z
    .enum(['GET', 'HEAD', 'PUT', 'POST', 'DELETE'])
    .default('PUT')
    .meta({ description: 'What the pages do: PUT is an upload.' }),
  headers: z
    .array(headerName)
    .meta({ description: 'Headers the pages set; without it content-type for PUT and POST, none for the others.' })
    .optional(),
  expose: z
    .array(headerName)
    .default([])
    .meta({ description: 'Headers of the answer that the pages read: ETag for an upload in parts.' }),
  credentials: z.boolean().default(false).meta({ description: 'Whether cookies go along (`credentials: "include"`).' }),
})

const write = z.strictObject({
  prefix: z
    .string()
    .default('.postflight/')
    .meta({ description: 'What the key of the probe object begins with, below the prefix of the connection.' }),
  multipart: z.boolean().default(false).meta({ description: 'Whether a second object is uploaded in parts, too.' }),
  acl: z
    .string()
    .regex(/^[a-z-]+$/)
    .meta({ description: 'Canned ACL to send along, as the application does: `public-read`.' })
    .optional(),
  checksum: z
    .enum(['CRC32', 'CRC32C', 'SHA1', 'SHA256'])
    .meta({ description: 'Checksum to send along, as newer SDKs do by themselves. Not every store takes it.' })
    .optional(),
})

export const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type s3.', connects: 's3' }),
  object: key(
    'Key of the object that is read, relative to the prefix of the connection; without it the first one listed.',
  ).optional(),
  read: z.boolean().default(true).meta({ description: 'Whether the first byte of an object is read.' }),
  public_url: z
    .url({ protocol: /^https?$/ })
    .meta({
      description:
        'Where browsers find the bucket, where that is not the endpoint of the connection: whole keys are appended, with the prefix. Used for `anonymous` and `cors`.',
    })
    .optional(),
  anonymous: anonymous.meta({ description: 'What anybody may do, tried without credentials.' }).optional(),
  cors: cors
    .meta({ description: 'What pages of other origins may do, asked as a browser asks and judged by its rules.' })
    .optional(),
  write: write
    .meta({
      description:
        'Writes one named object, reads it and deletes it, to know that it can be done. Needs --allow-writes.',
    })
    .optional(),
  uploads_older_than: duration.default(86_400_000).meta({
    description: 'How old an upload in parts must be to count as abandoned.',
  }),
})
