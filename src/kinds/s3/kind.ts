/** Kind `s3`: whether a bucket can be used as it must be, and is set up as it was. */
import type * as z from 'zod'
import { defineKind, type LintProblem, type ReadStep } from '../kind.js'
import { present } from './present.js'
import { schema } from './schema.js'
import { subjects } from './subjects.js'

export type S3CheckSpec = z.output<typeof schema>

export const s3 = defineKind({
  name: 's3',
  summary: 'Looks at a bucket: credentials, region, reading, public access, CORS, settings, and writing where asked.',
  schema,
  uses: (spec) => [spec.connection],
  subjects,
  plan,
  present,
  waits: true,
  timeoutMs: 15_000,
  moves: () => true,
  lint,
  load: () => import('./observe.js'),
})

function plan({ connection, object, read, anonymous, cors, write }: S3CheckSpec): readonly ReadStep[] {
  const keys = (anonymous?.public?.length ?? 0) + (anonymous?.private?.length ?? 0)
  const steps: ReadStep[] = [
    { what: 'the first page of a listing', cost: 'one request', connection, reading: { type: 'reach' } },
  ]
  if (read) {
    const which = object === undefined ? 'the first object listed' : 'the object the check names'
    steps.push({ what: `HEAD and the first byte of ${which}`, cost: 'two requests', connection })
  }
  if (keys > 0) steps.push({ what: `${keys} ${keys === 1 ? 'key' : 'keys'} without credentials`, connection })
  if (anonymous?.list === true) steps.push({ what: 'a listing without credentials', cost: 'one request', connection })
  if (cors !== undefined) {
    const { length } = cors.origins
    steps.push({ what: `a preflight for ${length === 1 ? 'one origin' : `each of ${length} origins`}`, connection })
  }
  if (write !== undefined) {
    steps.push({ what: 'writes a probe object and deletes it, with --allow-writes', connection })
  }
  return [...steps, { what: 'settings of the bucket that are asserted', cost: 'one request each', connection }]
}

function lint({ object, read, anonymous, cors }: S3CheckSpec): readonly LintProblem[] {
  const problems: LintProblem[] = []
  const error = (message: string, ...path: string[]) => problems.push({ level: 'error', message, path })
  if (!read && object !== undefined) error('`read: false` looks at no object, and `object` names one', 'object')
  if (anonymous !== undefined && anonymous.public === undefined && anonymous.private === undefined && !anonymous.list) {
    error('`anonymous` asks for nothing: give it `public`, `private` or `list`', 'anonymous')
  }
  const both = anonymous?.public?.find((key) => anonymous.private?.includes(key))
  if (both !== undefined) error(`${JSON.stringify(both)} cannot be both public and private`, 'anonymous', 'private')
  const origins = cors?.origins ?? []
  const twice = origins.findIndex((origin, index) => origins.indexOf(origin) !== index)
  if (twice >= 0) error(`the origin ${origins[twice]} stands here twice`, 'cors', 'origins')
  return problems
}
