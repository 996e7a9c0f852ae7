/**
 * What a recorded event must hold for a reporter to read it. Loose: fields added later pass through untouched. The
 * types are those of `engine/events.ts`; a test replays every recorded run through this.
 */
import * as z from 'zod'
import { SEVERITIES } from '../kinds/kind.js'
import { OUTCOMES, type RunEvent } from './events.js'

const place = z.looseObject({ file: z.string(), line: z.number(), column: z.number(), text: z.string() })
const texts = z.array(z.string())
const v = z.literal(1, 'is not version 1 of the events')
const at = z.iso.datetime()
const facts = z.record(z.string(), z.unknown())

const planned = z.looseObject({
  id: z.string(),
  kind: z.string(),
  owner: z.string(),
  severity: z.enum(SEVERITIES),
  remediation: z.string(),
  migration: z.string().optional(),
  tags: texts,
  requires: texts,
  vantage: z.string(),
  place,
})

const shard = z.looseObject({
  number: z.number(),
  of: z.number(),
  definition: z.string(),
  checks: z.array(planned),
  divided: texts,
})

const history = z.looseObject({
  runs: z.array(z.looseObject({ run: z.string(), at, exit: z.number() })),
  checks: z.record(
    z.string(),
    z.looseObject({
      outcomes: z.array(z.enum(OUTCOMES).nullable()),
      duration_ms: z.array(z.number().nullable()),
      subjects: z.record(z.string(), z.array(z.unknown())),
    }),
  ),
  gone: texts,
})

const runStart = z.looseObject({
  v,
  type: z.literal('run:start'),
  run: z.string(),
  at,
  host: z.string(),
  versions: z.looseObject({ postflight: z.string(), node: z.string() }),
  files: texts,
  selection: texts,
  gate: z.looseObject({ failOn: z.enum(SEVERITIES), minChecks: z.number(), allowEmpty: z.boolean() }),
  checks: z.array(planned),
  warnings: texts,
  findings: z.string().optional(),
  baseline: z
    .looseObject({
      file: z.string(),
      sha256: z.string(),
      taken_at: at,
      signed: z.enum(['no', 'not checked', 'checked']),
      databases: texts.optional(),
    })
    .optional(),
  history: history.optional(),
  shard: shard.optional(),
})

const checkStart = z.looseObject({ v, type: z.literal('check:start'), id: z.string(), at, attempt: z.number() })

const checkProgress = z.looseObject({
  v,
  type: z.literal('check:progress'),
  id: z.string(),
  at,
  done: z.number(),
  total: z.number().optional(),
  unit: z.string(),
  stage: z.string().optional(),
  rate: z.number(),
})

const checkFinding = z.looseObject({
  v,
  type: z.literal('check:finding'),
  id: z.string(),
  finding: z.looseObject({
    finding: z.string(),
    key: z.string().optional(),
    key_b64: z.string().optional(),
    store: z.string().optional(),
    found_as: z.string().optional(),
    found_as_b64: z.string().optional(),
    expected: facts.optional(),
    actual: facts.optional(),
    refs: z.number().optional(),
    row: facts.optional(),
    deleted: z.looseObject({ at: z.string().optional(), version: z.string().optional() }).optional(),
    recover_from: texts.optional(),
    reason: z.string().optional(),
    fix: z.string().optional(),
    known: z.literal(true).optional(),
  }),
})

const assertion = z.looseObject({
  level: z.enum(['expect', 'warn', 'tell']),
  subject: z.string(),
  op: z.string(),
  expected: z.string(),
  ok: z.boolean(),
  withheld: z.string().optional(),
  unevaluated: z.string().optional(),
  origin: z.enum(['file', 'default']),
  place: place.optional(),
})

const part = z.looseObject({
  number: z.number(),
  of: z.number(),
  ledger: z.unknown(),
  open: texts,
  judging: z.looseObject({
    subjects: z.array(z.looseObject({ name: z.string(), type: z.string() })),
    assertions: z.array(z.looseObject({ level: z.enum(['expect', 'warn', 'tell']), subject: z.string() })),
    known: z.looseObject({ reason: z.string(), max: z.number().optional(), keys: z.number() }).optional(),
    baseline: facts,
    previous: facts,
    waivers: z.array(z.looseObject({ check: z.string(), reason: z.string(), covers: texts })),
  }),
  known_keys: z.number(),
})

const checkEnd = z.looseObject({
  v,
  type: z.literal('check:end'),
  id: z.string(),
  at,
  outcome: z.enum(OUTCOMES),
  subjects: facts,
  unobserved: z.record(z.string(), z.string()),
  unasked: texts.optional(),
  withheld: z.record(z.string(), z.string()).optional(),
  types: z.record(z.string(), z.enum(['duration', 'size'])).optional(),
  assertions: z.array(assertion),
  counts: z.record(z.string(), z.number()),
  known: z.number(),
  vantage: z.string(),
  attempts: z.array(z.looseObject({ outcome: z.enum(OUTCOMES), at, duration_ms: z.number() })),
  duration_ms: z.number(),
  message: z.string().optional(),
  hint: z.string().optional(),
  at_place: place.optional(),
  gaps: texts,
  diagnoses: z.array(z.looseObject({ summary: z.string(), suggestion: z.string().optional() })),
  recovery: z
    .array(
      z.looseObject({
        source: z.string(),
        target: z.string(),
        from: z.looseObject({ type: z.string() }).optional(),
        to: z.looseObject({ type: z.string() }).optional(),
      }),
    )
    .optional(),
  notes: texts,
  warnings: texts.optional(),
  part: part.optional(),
  waiver: z.looseObject({ reason: z.string() }).optional(),
})

const runEnd = z.looseObject({
  v,
  type: z.literal('run:end'),
  at,
  duration_ms: z.number(),
  tally: z.looseObject({
    checks: z.number(),
    outcomes: z.record(z.enum(OUTCOMES), z.number()),
    evaluated: z.number(),
    findings: z.number(),
    known: z.number(),
    assertions: z.number(),
  }),
  gate: z.looseObject({ status: z.enum(['passed', 'failed']), failed: texts, unevaluated: texts, reason: z.string() }),
  exit: z.looseObject({ code: z.number().int().min(0).max(255), reason: z.string() }),
  warnings: texts,
})

const event = z.discriminatedUnion('type', [runStart, checkStart, checkProgress, checkFinding, checkEnd, runEnd])

/** The event, or in words why the line is none. */
export function readEvent(line: string): RunEvent | { readonly wrong: string } {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    return { wrong: 'is not JSON' }
  }
  const parsed = event.safeParse(value)
  // The value itself, so that what is told again is what was recorded, to the order of its fields.
  if (parsed.success) return value as RunEvent
  const [issue] = parsed.error.issues
  const path = issue?.path.join('.') ?? ''
  return { wrong: `is not an event of a run: ${path === '' ? '' : `${path}: `}${issue?.message ?? 'unknown form'}` }
}
