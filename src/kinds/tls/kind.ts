/** Kind `tls`: what the certificate of a server is worth. */
import * as z from 'zod'
import { STARTTLS } from '../../probes/starttls-names.js'
import { defineKind } from '../kind.js'
import { familyField, hostField, portField } from '../reachability.js'
import { present } from './present.js'
import { subjects } from './subjects.js'

const schema = z.strictObject({
  host: hostField,
  port: portField('Port it listens on.'),
  family: familyField,
  servername: z
    .string()
    .min(1)
    .meta({ description: 'Name the certificate has to be for, and that is asked for (SNI); `host` where left out.' })
    .optional(),
  starttls: z
    .enum(STARTTLS)
    .meta({ description: 'Protocol of a server that begins in the clear and is asked to go on in TLS.' })
    .optional(),
  ca: z
    .string()
    .min(1)
    .meta({
      description:
        'PEM file of authorities that are trusted besides those Node brings, relative to the check file. The trust of the place a check looks from is not looked at.',
    })
    .optional(),
  alpn: z
    .array(z.string().min(1).max(255))
    .min(1)
    .meta({ description: 'Protocols to offer, the preferred one first: h2, http/1.1.' })
    .optional(),
  verify: z
    .boolean()
    .default(true)
    .meta({ description: 'Expect `trusted: true` where nothing is said of it; false leaves trust unjudged.' }),
})

export type TlsSpec = z.output<typeof schema>

export const tls = defineKind({
  name: 'tls',
  summary: 'Looks at the certificate and protocol of a TLS server; nothing is sent to it.',
  schema,
  uses: () => [],
  subjects,
  plan: ({ host, port, starttls }) => [
    {
      what: `the certificate of ${host} port ${port}${starttls === undefined ? '' : `, by STARTTLS of ${starttls}`}`,
      cost: 'one connection',
    },
  ],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => true,
  load: () => import('./observe.js'),
})
