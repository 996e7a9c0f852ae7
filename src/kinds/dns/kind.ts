/** Kind `dns`: what a name resolves to, as the application sees it or as a name server says it. */
import { isIP } from 'node:net'
import { domainToASCII } from 'node:url'
import * as z from 'zod'
import { RECORD_TYPES, throughSystem } from '../../probes/dns/record-types.js'
import { parseServer } from '../../probes/dns/server.js'
import { defineKind, type SubjectSpec } from '../kind.js'
import { REACHED } from '../reachability.js'
import { present } from './present.js'

const NAME = /^(?=.{1,254}$)(?:[^\s.]{1,63}\.)*[^\s.]{1,63}\.?$/

const schema = z.strictObject({
  name: z
    .string()
    .transform((text) => (/[^\p{ASCII}]/u.test(text) ? domainToASCII(text) : text))
    .refine((text) => NAME.test(text) || isIP(text) !== 0, 'not a name that DNS can hold')
    .meta({
      description:
        'Name to look up. With a dot at the end it is never completed by a search domain. For PTR an address will do.',
    }),
  type: z.enum(RECORD_TYPES).default('A').meta({ description: 'Type of record.' }),
  resolver: z
    .union([
      z.literal('system'),
      z
        .string()
        .refine(
          (text) => parseServer(text) !== undefined,
          'system, or the address of a name server: 10.0.0.2, [fd00::2]:53',
        ),
    ])
    .default('system')
    .meta({
      description:
        'system: for A and AAAA what an application there gets, with its hosts file; for other types the name servers of /etc/resolv.conf. Or the address of a name server, with or without a port.',
    }),
})

export type DnsSpec = z.output<typeof schema>

export const dns = defineKind({
  name: 'dns',
  summary: 'Looks a name up, as the application does or at a name server of your choice.',
  schema,
  uses: () => [],
  subjects,
  plan: ({ name, type, resolver }) => [
    {
      what: `the ${type} records of ${name} ${resolver === 'system' ? 'as the system resolves it' : `at ${resolver}`}`,
      cost: 'one question',
    },
  ],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => true,
  load: () => import('./observe.js'),
})

function subjects({ type, resolver }: DnsSpec): readonly SubjectSpec[] {
  const untold =
    resolver === 'system' && throughSystem(type)
      ? { unobserved: 'the system resolver does not tell it; set `resolver` to the address of a name server' }
      : {}
  return [
    ...REACHED,
    {
      name: 'answers',
      type: 'list',
      meaning:
        'The records as text, in order of the alphabet, names without a dot at the end: `10 mail.example.net` (MX), `0 5 5060 sip.example.net` (SRV), `0 issue ca.example.net` (CAA).',
    },
    {
      name: 'count',
      type: 'count',
      unit: 'records',
      meaning: 'How many there are; 0 where the name does not exist or has none of this type.',
      default: { level: 'expect', matcher: { gte: 1 } },
    },
    {
      name: 'rcode',
      type: 'text',
      meaning: 'What the server said: NOERROR, or NXDOMAIN where the name does not exist.',
      ...untold,
    },
    { name: 'ttl', type: 'duration', meaning: 'How long the answer may be kept; the least of its records.', ...untold },
    {
      name: 'cname',
      type: 'list',
      meaning: 'Names on the way from the asked one to the records, in order.',
      ...untold,
    },
    { name: 'authoritative', type: 'boolean', meaning: 'Whether the server speaks for the zone itself.', ...untold },
    { name: 'latency', type: 'duration', meaning: 'Time until the answer came.' },
    {
      name: 'server',
      type: 'text',
      meaning: 'Name server that answered, with its port; system where getaddrinfo was asked.',
    },
  ]
}
