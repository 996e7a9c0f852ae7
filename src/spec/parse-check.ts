/** One check, from its tree to what the engine runs; `requires` is resolved when all checks are known. */
import type { Check, Kind } from '../kinds/kind.js'
import { readAssertions } from './assertions.js'
import { type Common, commonSchema, commonShape } from './common.js'
import { instances } from './for-each.js'
import { interpolate } from './interpolate.js'
import { readKnown } from './known.js'
import { locator } from './locate.js'
import type { Problems } from './problems.js'
import type { Layer, RawCheck } from './raw-checks.js'
import { type Each, resolver, type Scope } from './resolve-reference.js'
import { metaAt } from './schema-walk.js'
import { excerpt, type Span } from './source.js'
import { entry, field, type MapNode, nearestNode, only, type TreePath, without } from './tree.js'
import { notYet, validate } from './validate.js'
import { skipReason } from './when.js'

export interface CheckContext {
  readonly scopeOf: (span: Span) => Scope
  readonly problems: Problems
  readonly unset: (message: string, span: Span) => void
  readonly now: Date
}

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

/** Its instances; fewer than there should be where something did not hold, which is told. */
export function parseCheck(raw: RawCheck, context: CheckContext): readonly ParsedCheck[] {
  const { kind } = raw
  if (kind === undefined) return []
  const outer = { problems: context.problems, resolve: resolver(context), rule: () => ({}) }
  return instances(raw, outer, context.problems).flatMap((each) => parseInstance(raw, kind, each, context))
}

function parseInstance(
  raw: RawCheck,
  kind: Kind,
  each: Each | undefined,
  context: CheckContext,
): readonly ParsedCheck[] {
  const { problems } = context
  const before = problems.errors()
  const rule = (path: TreePath) => (COMMON_KEYS.has(String(path[0])) ? {} : metaAt(kind.schema, path))
  const bare = without(raw.tree, new Set(['for_each']))
  const tree = interpolate(bare, { problems, resolve: resolver({ ...context, each }), rule })
  const id = each === undefined ? raw.id : `${raw.id}[${each.key}]`
  const subject = { what: raw.what, at: raw.idSpan }
  const common = validate(commonSchema, refuseVantage(only(tree, COMMON_KEYS), problems), subject, problems)
  const fields = only(tree, new Set(Object.keys(kind.schema.shape)))
  const spec = validate(kind.schema, fields, subject, problems)
  refuseMissing(tree, raw, problems)
  if (spec !== undefined) lint(kind, spec, tree, raw.idSpan, problems)
  const asserting = { what: raw.what, tree, idSpan: raw.idSpan }
  const assertions = spec === undefined ? [] : readAssertions(asserting, kind.subjects(spec), problems)
  const skip = skipReason(field(tree, 'when'), context.scopeOf, problems)
  const known = readKnown(common?.known, asserting, context)
  if (common === undefined || spec === undefined || problems.errors() > before) return []
  const { owner, severity, remediation } = common
  if (owner === undefined || severity === undefined || remediation === undefined) return []
  const retry = readRetry(common.retry, kind)
  const check: Check = {
    id,
    kind: kind.name,
    owner,
    severity,
    remediation,
    ...(common.title === undefined ? {} : { title: common.title }),
    ...(common.runbook === undefined ? {} : { runbook: common.runbook }),
    tags: common.tags ?? [],
    timeoutMs: common.timeout ?? HOUR,
    ...(retry === undefined ? {} : { retry }),
    requires: [],
    ...(skip === undefined ? {} : { skip }),
    from: common.from ?? 'local',
    ...(known === undefined ? {} : { known }),
    assertions,
    spec,
    uses: [...new Set(kind.uses(spec))],
    place: excerpt(raw.idSpan),
    locate: locator(tree, raw.idSpan),
  }
  return [{ check, kind, base: raw.id, tree, layers: raw.layers, idSpan: raw.idSpan }]
}

function readRetry(retry: Common['retry'], kind: Kind): Check['retry'] {
  if (retry === undefined) return kind.waits ? DEFAULT_RETRY : undefined
  if (retry === 'none') return undefined
  const base = { forMs: retry.for, everyMs: retry.every, backoff: retry.backoff }
  return retry.stable_for === undefined ? base : { ...base, stableForMs: retry.stable_for }
}

/** The vantages of the language that are not built yet are refused by name. */
function refuseVantage(common: MapNode, problems: Problems): MapNode {
  const from = entry(common, 'from')
  if (from?.value.type !== 'map') return common
  const vantage = from.value.entries.find(({ key }) => ['container', 'pod', 'ssh'].includes(key))
  if (vantage === undefined) return common
  problems.error(notYet(`from: ${vantage.key}`), vantage.keySpan, { hint: 'so far only from: local' })
  return without(common, new Set(['from']))
}

/** An alert nobody can act on is noise. */
function refuseMissing(tree: MapNode, raw: RawCheck, problems: Problems): void {
  const missing = ['owner', 'severity', 'remediation'].filter((key) => field(tree, key) === undefined)
  if (missing.length === 0) return
  problems.error(`${raw.what} has no ${missing.join(', no ')}`, raw.idSpan, { hint: 'say it here or under defaults:' })
}

function lint(
  kind: Kind,
  spec: Parameters<Kind['subjects']>[0],
  tree: MapNode,
  idSpan: Span,
  problems: Problems,
): void {
  for (const { level, message, path, hint } of kind.lint?.(spec) ?? []) {
    const near = nearestNode(tree, path)
    const span = near === tree ? idSpan : near.span
    problems[level === 'error' ? 'error' : 'warn'](message, span, { hint })
  }
}
