/** Kind `tcp`: whether something listens there. */
import * as z from 'zod'
import { defineKind, type SubjectSpec } from '../kind.js'
import { familyField, hostField, portField, REACHED } from '../reachability.js'
import { present } from './present.js'

const schema = z.strictObject({
  host: hostField,
  port: portField('Port it listens on.'),
  family: familyField,
  banner: z.boolean().default(false).meta({
    description:
      'Wait for what the server says first (subject `banner`); one that says nothing is then not reached. Nothing is sent to it, ever.',
  }),
})

export type TcpSpec = z.output<typeof schema>

export const tcp = defineKind({
  name: 'tcp',
  summary: 'Opens a connection to a port and closes it again; nothing is sent.',
  schema,
  uses: () => [],
  subjects,
  plan: ({ host, port }) => [{ what: `a connection to ${host} port ${port}`, cost: 'one connection' }],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => true,
  load: () => import('./observe.js'),
})

function subjects({ banner }: TcpSpec): readonly SubjectSpec[] {
  return [
    ...REACHED,
    {
      name: 'latency',
      type: 'duration',
      meaning: 'Time until the connection stood, the name resolved before; the longer one of two families.',
    },
    { name: 'addresses', type: 'list', meaning: 'Addresses that answered.' },
    {
      name: 'banner',
      type: 'text',
      meaning: 'First line the server says.',
      ...(banner ? {} : { unobserved: 'nothing is waited for; set banner: true' }),
    },
  ]
}
