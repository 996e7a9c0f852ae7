/** The fields every check has besides those of its kind. */
import * as z from 'zod'
import { SEVERITIES } from '../kinds/kind.js'
import { vantageSchema } from '../vantage/schema.js'
import { dateField, durationField } from './fields.js'

const text = (description: string) => z.string().min(1).meta({ description })

const retrySchema = z.union([
  z.literal('none'),
  z.strictObject({
    for: durationField('How long to go on trying.'),
    every: durationField('Pause between attempts.'),
    backoff: z.number().min(1).default(1).meta({ description: 'Factor by which the pause grows.' }),
    stable_for: durationField('How long it must stay green before it passes.').optional(),
  }),
])

const knownSchema = z.strictObject({
  keys: z
    .union([
      z.string().min(1).meta({ description: 'File with one key a line, relative to the check file.' }),
      z.array(z.string()).meta({ description: 'The keys.' }),
      z.strictObject({ match: text('RE2 pattern, unanchored, on the key.') }),
    ])
    .meta({ description: 'Which findings are known.' }),
  max: z.int().min(0).meta({ description: 'With more known findings than this, none is subtracted.' }).optional(),
  reason: text('Why they are accepted.'),
  expires: dateField('Day, UTC, at whose end the list stops to hold.').optional(),
})

const matchers = (description: string) => z.record(z.string(), z.unknown()).meta({ description })

export const commonShape = {
  title: text('A name for people.').optional(),
  owner: text('Who acts when it fails. Required here or in defaults.').optional(),
  severity: z
    .enum(SEVERITIES)
    .meta({ description: 'How bad a failure is; info never gates. Required here or in defaults.' })
    .optional(),
  remediation: text('What to do when it fails. Required here or in defaults.').optional(),
  runbook: text('Where to read more.').optional(),
  migration: text(
    'Name of the move it is about, where files hold checks of several. For people, and to group by.',
  ).optional(),
  tags: z
    .array(z.string().regex(/^[^\s,:]+$/, 'a tag has no blanks, commas or colons'))
    .meta({ description: 'Names to select checks by.' })
    .optional(),
  timeout: durationField(
    'How long one attempt may take; where nothing is said 1h, less for kinds that look at one thing.',
  ).optional(),
  retry: retrySchema
    .meta({ description: 'Look again until it passes, or none. Each attempt looks afresh.' })
    .optional(),
  requires: z
    .array(z.string().min(1))
    .meta({ description: 'Ids of checks, or tag:name, that must pass or warn before this one is looked at.' })
    .optional(),
  when: matchers('Looked at only where these matchers on var.x and env.X hold; otherwise skipped.').optional(),
  from: vantageSchema.meta({ description: 'Where it is looked at from.' }).optional(),
  for_each: z
    .union([z.array(z.unknown()), z.record(z.string(), z.unknown())])
    .meta({ description: 'List or mapping of scalars: one check each, with ${each.key} and ${each.value}.' })
    .optional(),
  known: knownSchema.meta({ description: 'Findings expected beforehand: counted, and not judged.' }).optional(),
  expect: matchers('Matchers by subject. One that breaks makes the check fail.').optional(),
  warn: matchers('Matchers by subject. One that breaks makes the check warn.').optional(),
} as const

export const commonSchema = z.strictObject(commonShape)
export type Common = z.output<typeof commonSchema>
export type KnownField = NonNullable<Common['known']>

/** What a file may say once for all its checks; a check's own value replaces it whole. */
export const DEFAULT_KEYS = [
  'owner',
  'severity',
  'remediation',
  'runbook',
  'migration',
  'tags',
  'timeout',
  'retry',
  'requires',
  'when',
  'from',
] as const

const shape = Object.fromEntries(DEFAULT_KEYS.map((key) => [key, commonShape[key]])) as Pick<
  typeof commonShape,
  (typeof DEFAULT_KEYS)[number]
>
export const defaultsSchema = z.strictObject(shape)
