/** What a check file may say of a bucket that the worker uses. Light: zod only. */
import * as z from 'zod'

/** What a shell may call a variable. Anything else could not be told apart in what a script prints. */
export const variable = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_.-]*$/, 'names of variables are letters, digits and _ . -')

function isEndpoint(text: string): boolean {
  if (!/^https?:\/\/[\][A-Za-z0-9.:-]+\/?$/i.test(text)) return false
  return URL.canParse(text)
}

export const s3Need = z.strictObject({
  bucket: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{1,254}$/, 'no name of a bucket')
    .meta({ description: 'Name of the bucket.' }),
  prefix: z.string().meta({ description: 'Prefix of the keys that are asked for.' }).default(''),
  endpoint: z
    .union([
      z.string().refine(isEndpoint, 'http:// or https://, a host and a port, and nothing more'),
      z.strictObject({ env: variable.meta({ description: 'Variable of the worker that holds it. Never shown.' }) }),
    ])
    .meta({ description: 'Address of the server; without it that of AWS for the region.' })
    .optional(),
  region: z
    .string()
    .regex(/^[A-Za-z0-9_-]+$/, 'no name of a region')
    .meta({ description: 'Region that is signed for.' })
    .default('us-east-1'),
  access_key: variable.meta({ description: 'Variable that holds the access key.' }).default('AWS_ACCESS_KEY_ID'),
  secret_key: variable.meta({ description: 'Variable that holds the secret key.' }).default('AWS_SECRET_ACCESS_KEY'),
  session_token: variable.meta({ description: 'Variable that holds a session token.' }).optional(),
  login: z
    .boolean()
    .meta({
      description:
        'true: that it could not be tried is an error. false: only reach the host. Otherwise it is tried where curl is installed.',
    })
    .optional(),
})
