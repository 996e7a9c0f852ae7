/** Kind `postgres`: whether the database is reached, and whether it is the right one. */
import * as z from 'zod'
import { defineKind } from '../kind.js'
import { present } from './present.js'
import { subjects } from './subjects.js'

const schema = z.strictObject({
  connection: z.string().meta({ description: 'Connection of type postgres.', connects: 'postgres' }),
  standby: z.boolean().default(false).meta({
    description:
      'The server is meant to be a standby: then `in_recovery` is expected to be true, not false, and its lag is measured.',
  }),
})

export type PostgresKindSpec = z.output<typeof schema>

export const postgres = defineKind({
  name: 'postgres',
  summary: 'Opens a session and asks which server and database it has reached, as whom, and how the server stands.',
  schema,
  uses: ({ connection }) => [connection],
  subjects,
  plan: ({ connection }) => [{ what: 'the server’s own account of itself', connection, cost: 'four small queries' }],
  present,
  waits: true,
  timeoutMs: 10_000,
  moves: () => 'a database connection is opened from where postflight runs; use tcp from there',
  load: () => import('./observe.js'),
})
