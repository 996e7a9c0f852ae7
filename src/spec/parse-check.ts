/** One check, from its tree to what the engine runs; `requires` is resolved when all checks are known. */
import type { Check, Kind } from '../kinds/kind.js'
import { type VantageSpec, vantageText } from '../vantage/schema.js'
import { readAssertions } from './assertions.js'
import { type Common, commonSchema, commonShape } from './common.js'
import { instances } from './for-each.js'
import { interpolate } from './interpolate.js'
import { readKnown } from './known.js'
import { locator } from './locate.js'
import { spanInScalar, wordLength } from './offsets.js'
import type { Problems } from './problems.js'
import type { Layer, RawCheck } from './raw-checks.js'
import { type Each, resolver, type Scope } from './resolve-reference.js'
import { metaAt } from './schema-walk.js'
import { excerpt, type Span } from './source.js'
import { entry, field, type MapNode, nearestNode, only, type TreePath, textOf, toPlain, without } from './tree.js'
import { type Subject, validate } from './validate.js'
import { skipReason } from './when.js'

export interface CheckContext {
  readonly scopeOf: (span: Span) => Scope
  readonly problems: Problems
  readonly unset: (message: string, span: Span) => void
  readonly now: Date
  /** Type of each connection, by name. */
  readonly types: Readonly<Record<string, string>>
}

type KindSpec = Parameters<Kind['subjects']>[0]

export interface ParsedCheck {
  readonly check: Check
  readonly kind: Kind
  readonly base: string
  /** Its fields with references resolved, each still knowing where it was written. */
  readonly tree: MapNode
  readonly layers: ReadonlyMap<string, Layer>
  readonly idSpan: Span
}

const COMMON_KEYS = new Set(Object.keys(commonShape))
const HOUR = 3_600_000
/** Where waiting can help and nothing is said. */
const DEFAULT_RETRY = { forMs: 30_000, everyMs: 2_000, backoff: 1 }

/** One instance of a check as it is written; `parsed` is left out where something did not hold, which is told. */
export interface Instance {
  readonly id: string
  readonly base: string
  readonly tags: readonly string[]
  readonly tree: MapNode
  readonly idSpan: Span
  readonly parsed?: ParsedCheck
}

/** Its instances; none where they cannot be told apart, which is told. */
export function parseCheck(raw: RawCheck, context: CheckContext): readonly Instance[] {
  const { kind } = raw
  if (kind === undefined) return [instance(raw, undefined, raw.tree)]
  const outer = { problems: context.problems, resolve: resolver(context), rule: () => ({}) }
  return instances(raw, outer, context.problems).map((each) => parseInstance(raw, kind, each, context))
}

function instance(raw: RawCheck, each: Each | undefined, tree: MapNode): Instance {
  const id = each === undefined ? raw.id : `${raw.id}[${each.key}]`
  const tags = field(tree, 'tags')
  const texts = (tags?.type === 'list' ? tags.items : []).flatMap((item) => textOf(item) ?? [])
  return { id, base: raw.id, tags: texts, tree, idSpan: raw.idSpan }
}

function parseInstance(raw: RawCheck, kind: Kind, each: Each | undefined, context: CheckContext): Instance {
  const { problems } = context
  const before = problems.errors()
  const rule = (path: TreePath) => (COMMON_KEYS.has(String(path[0])) ? {} : metaAt(kind.schema, path))
  const bare = without(raw.tree, new Set(['for_each']))
  const tree = interpolate(bare, { problems, resolve: resolver({ ...context, each }), rule })
  const found = instance(raw, each, tree)
  const { what, idSpan } = raw
  const common = validate(commonSchema, only(tree, COMMON_KEYS), { what, at: idSpan }, problems)
  const spec = readSpec(kind, tree, { what, at: idSpan }, problems)
  refuseMissing(tree, raw, problems)
  if (common !== undefined && spec !== undefined) refuseVantage(common, spec, kind, { tree, what }, context)
  const broken = raw.unknownKeys || problems.errors() > before
  const assertions =
    spec === undefined
      ? []
      : readAssertions(
          { what, tree, idSpan, broken },
          { own: kind.subjects(spec, context.types), kind, spec },
          problems,
        )
  const skip = skipReason(field(tree, 'when'), context.scopeOf, problems)
  const known = readKnown(common?.known, { what, tree }, context)
  if (common === undefined || spec === undefined || raw.unknownKeys || problems.errors() > before) return found
  const check = assemble(
    common,
    kind,
    { ...(skip && { skip }), ...(known && { known }) },
    {
      id: found.id,
      assertions,
      spec,
      uses: [...new Set([...kind.uses(spec), ...sshOf(common.from)])],
      place: excerpt(idSpan),
      locate: locator(tree, idSpan),
    },
  )
  return { ...found, parsed: { check, kind, base: raw.id, tree, layers: raw.layers, idSpan } }
}

function assemble(
  common: Common,
  kind: Kind,
  more: Pick<Check, 'skip' | 'known'>,
  own: Pick<Check, 'id' | 'assertions' | 'spec' | 'uses' | 'place' | 'locate'>,
): Check {
  const retry = readRetry(common.retry, kind)
  return {
    ...own,
    ...more,
    kind: kind.name,
    owner: common.owner ?? '',
    severity: common.severity ?? 'critical',
    remediation: common.remediation ?? '',
    ...(common.title && { title: common.title }),
    ...(common.runbook && { runbook: common.runbook }),
    ...(common.migration && { migration: common.migration }),
    tags: common.tags ?? [],
    timeoutMs: common.timeout ?? kind.timeoutMs ?? HOUR,
    ...(retry && { retry }),
    requires: [],
    from: common.from ?? 'local',
  }
}

/**
 * The fields of the kind. Where some do not hold, that is told and the others may still do to say which subjects there
 * are, so that a mistyped subject is told in the same breath.
 */
function readSpec(kind: Kind, tree: MapNode, subject: Subject, problems: Problems): KindSpec | undefined {
  const fields = only(tree, new Set(Object.keys(kind.schema.shape)))
  const before = problems.errors()
  const spec = validate(kind.schema, fields, subject, problems)
  if (spec !== undefined) {
    lint(kind, spec, tree, subject.at, problems)
    return spec
  }
  if (problems.errors() === before) return undefined
  const wrong = new Set(kind.schema.safeParse(toPlain(fields)).error?.issues.map(({ path }) => String(path[0])))
  const rest = kind.schema.safeParse(toPlain(without(fields, wrong)))
  return rest.success && wrong.size > 0 ? rest.data : undefined
}

function readRetry(retry: Common['retry'], kind: Kind): Check['retry'] {
  if (retry === undefined) return kind.waits ? DEFAULT_RETRY : undefined
  if (retry === 'none') return undefined
  const base = { forMs: retry.for, everyMs: retry.every, backoff: retry.backoff }
  return retry.stable_for === undefined ? base : { ...base, stableForMs: retry.stable_for }
}

/** Looking from here instead, silently, would be a pass about another place. */
function refuseVantage(
  { from }: Common,
  spec: KindSpec,
  kind: Kind,
  { tree, what }: { readonly tree: MapNode; readonly what: string },
  { problems, types }: CheckContext,
): void {
  if (from === undefined || from === 'local') return
  const moves = kind.moves?.(spec, types) ?? 'it asks a connection, which is opened from where postflight runs'
  if (moves === true) return
  problems.error(`${what} cannot look from ${vantageText(from)}: ${moves}`, entry(tree, 'from')?.value.span, {
    hint: 'leave from: out, or write from: local',
  })
}

function sshOf(from: VantageSpec | undefined): readonly string[] {
  return from !== undefined && from !== 'local' && 'ssh' in from ? [from.ssh] : []
}

/** An alert nobody can act on is noise. */
function refuseMissing(tree: MapNode, raw: RawCheck, problems: Problems): void {
  const missing = ['owner', 'severity', 'remediation'].filter((key) => field(tree, key) === undefined)
  if (missing.length === 0) return
  problems.error(`${raw.what} has no ${missing.join(', no ')}`, raw.idSpan, { hint: 'say it here or under defaults:' })
}

function lint(kind: Kind, spec: KindSpec, tree: MapNode, idSpan: Span, problems: Problems): void {
  for (const { level, message, path, offset, hint } of kind.lint?.(spec) ?? []) {
    const near = nearestNode(tree, path)
    const exact =
      near.type === 'scalar' && offset !== undefined
        ? spanInScalar(near, offset, wordLength(String(near.value), offset))
        : near.span
    problems[level === 'error' ? 'error' : 'warn'](message, near === tree ? idSpan : exact, { hint })
  }
}
