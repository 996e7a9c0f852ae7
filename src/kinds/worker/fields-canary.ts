/** What a check file may say of a canary. Light: zod only. */
import * as z from 'zod'
import { duration } from '../fields.js'

const connection = z.string().meta({ description: 'Connection of type postgres.', connects: 'postgres' }).optional()
const sql = (description: string) => z.string().min(1).meta({ description, sql: true }).optional()
const command = z
  .array(z.string())
  .min(1)
  .meta({
    description:
      'Program and arguments, run where the worker is; `{token}` in an argument is replaced. Needs --allow-commands.',
  })
  .optional()

/** One statement or one command; which of the two is told by `lint`, in words. */
const act = z.strictObject({
  connection,
  sql: sql('One statement that writes; `:token` is a text that only this canary has.'),
  command,
})

const done = z.strictObject({
  connection,
  sql: sql('Query that gives one value, true once the job is done; `:token` stands for its text.'),
  file: z
    .string()
    .regex(/^\//, 'a path here is absolute')
    .meta({ description: 'Path that exists once the job is done, seen where the worker is; `{token}` is replaced.' })
    .optional(),
})

export const canary = z.strictObject({
  enqueue: act.meta({ description: 'How the job gets into the queue.' }),
  done: done.meta({ description: 'How it is seen that a worker has done it.' }),
  within: duration.meta({ description: 'How long that may take.' }).default(20_000),
  every: duration.meta({ description: 'Pause between two looks.' }).default(500),
  clean_up: act.meta({ description: 'How job and result are removed again; done in any case.' }),
})

export type CanaryAct = z.output<typeof act>
