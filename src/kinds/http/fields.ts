/** What a check of kind http may say. */
import * as z from 'zod'
import { parseSize, SIZE_FORM } from '../../lib/units.js'
import { familyField, hostField, portField } from '../reachability.js'

/** Ask, and change nothing; every other method may, and needs --allow-writes. */
export const ASKING = ['GET', 'HEAD', 'OPTIONS'] as const
const METHODS = [...ASKING, 'POST', 'PUT', 'PATCH', 'DELETE'] as const

/** Node's own rule for tokens. */
export const HEADER_NAME = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/

const tls = z
  .strictObject({
    ca: z
      .string()
      .min(1)
      .meta({
        description: 'PEM file of authorities that are trusted besides those Node brings, relative to the check file.',
      })
      .optional(),
    servername: z
      .string()
      .min(1)
      .meta({ description: 'Name the certificate has to be for; the host of `url` where left out.' })
      .optional(),
    verify: z
      .boolean()
      .default(true)
      .meta({ description: 'Send nothing to a server whose certificate is not trusted; false sends it all the same.' }),
  })
  .meta({ description: 'How the certificate of an https server is looked at.' })

export const schema = z.strictObject({
  url: z.string().refine(isHttpUrl, 'an address that begins with http:// or https://').meta({
    description: 'Address to ask. A login in it (user:password@) is sent as Basic authentication.',
    secret: true,
  }),
  method: z
    .enum(METHODS)
    .default('GET')
    .meta({ description: 'All but GET, HEAD and OPTIONS may change something there, so they need --allow-writes.' }),
  headers: z
    .record(z.string(), z.string().meta({ description: 'Value of a header.', secret: true }))
    .default({})
    .meta({
      description: 'Headers of the request. Another scheme, host or port that a redirect leads to does not get them.',
    }),
  body: z.string().meta({ description: 'Text to send.', secret: true }).optional(),
  json: z
    .union([z.record(z.string(), z.unknown()), z.array(z.unknown())])
    .meta({ description: 'The same, sent as JSON with the fitting content-type.' })
    .optional(),
  follow: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .meta({ description: 'How many redirects are followed; without it a redirect is the answer.' }),
  max_body: z
    .string({ error: SIZE_FORM })
    .refine((text) => (parseSize(text) ?? 0) > 0 && (parseSize(text) ?? 0) <= 64 * 2 ** 20, `${SIZE_FORM}, up to 64MiB`)
    .default('1MiB')
    .meta({ description: 'How much of the body is read.' }),
  family: familyField,
  connect_to: z
    .strictObject({
      host: hostField,
      port: portField('Port; that of `url` where left out.').optional(),
    })
    .meta({
      description:
        'Where to connect to instead of the host of `url`, which is asked for all the same: a new host before DNS points to it. A redirect to another scheme or port of that name goes to this host too, one to another name does not.',
    })
    .optional(),
  tls: tls.optional(),
})

export type HttpSpec = z.output<typeof schema>

function isHttpUrl(text: string): boolean {
  return /^https?:\/\//i.test(text) && URL.canParse(text)
}
