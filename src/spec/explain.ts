/** What `plan` tells: every check as it will run, and where each of its values was written. Nothing is opened. */
import { type PlanStep, toldSteps } from '../kinds/kind.js'
import { formatDuration } from '../lib/units.js'
import type { Json } from '../lib/value.js'
import type { ExplainedNotify } from './explain-notify.js'
import type { LoadedSpec } from './load.js'
import type { ParsedCheck } from './parse-check.js'
import { excerpt } from './source.js'
import { entry, type TreeNode } from './tree.js'

export interface ExplainedField {
  readonly name: string
  /** Secrets are named, never told. */
  readonly value: Json
  /** `check`, `defaults`, `override`; `built in` where no file says it. */
  readonly from: 'check' | 'defaults' | 'override' | 'built in'
  readonly file?: string
  readonly line?: number
  /** The name the pack was included as, where one wrote it. */
  readonly pack?: string
  /** References it was made from: `var.schema`. */
  readonly references?: readonly string[]
}

export interface ExplainedAssertion {
  readonly level: 'expect' | 'warn' | 'tell'
  readonly subject: string
  readonly matcher: string
  readonly origin: 'file' | 'default'
  readonly file?: string
  readonly line?: number
}

export interface ExplainedCheck {
  readonly id: string
  readonly kind: string
  readonly file: string
  readonly line: number
  /** Why it will be skipped. */
  readonly skip?: string
  readonly fields: readonly ExplainedField[]
  readonly assertions: readonly ExplainedAssertion[]
  readonly requires: readonly string[]
  readonly reads: readonly PlanStep[]
}

export function explain(spec: LoadedSpec): readonly ExplainedCheck[] {
  return spec.parsed.map((parsed) => {
    const { check, kind } = parsed
    const { file, line } = check.place
    return {
      id: check.id,
      kind: kind.name,
      file,
      line,
      ...(check.skip === undefined ? {} : { skip: check.skip }),
      fields: [...writtenFields(parsed), ...builtIn(parsed)],
      assertions: check.assertions.map(({ level, subject, matcher, origin, place }) => ({
        level,
        subject,
        matcher: matcher.text,
        origin,
        ...(origin === 'default' || place === undefined ? {} : { file: place.file, line: place.line }),
      })),
      requires: check.requires,
      reads: toldSteps(kind.plan(check.spec as never)),
    }
  })
}

/** What `plan --json` prints. */
export function planDocument<C>(
  { name, files, gate, unread }: LoadedSpec,
  checks: readonly C[],
  told?: ExplainedNotify,
) {
  return { schema_version: 1, name, files, gate, ...(told === undefined ? {} : told), checks, unread }
}

/** Told elsewhere: matchers as assertions, requires resolved. */
const APART = ['expect', 'warn', 'requires', 'when']

function writtenFields({ tree, layers }: ParsedCheck): readonly ExplainedField[] {
  return tree.entries
    .filter(({ key }) => !APART.includes(key))
    .map(({ key, value }) => {
      const { file, line } = excerpt(value.span)
      const { pack } = value.span.source
      const references = [...new Set(referencesOf(value))]
      return {
        name: key,
        value: shown(value),
        from: layers.get(key) ?? 'check',
        file,
        line,
        ...(pack === undefined ? {} : { pack }),
        ...(references.length === 0 ? {} : { references }),
      }
    })
}

function builtIn({ check, tree }: ParsedCheck): readonly ExplainedField[] {
  const fields = Object.entries(check.spec as Readonly<Record<string, Json>>)
  const more: readonly (readonly [string, Json | undefined])[] = [
    ['timeout', formatDuration(check.timeoutMs)],
    [
      'retry',
      check.retry === undefined
        ? undefined
        : { for: formatDuration(check.retry.forMs), every: formatDuration(check.retry.everyMs) },
    ],
    ['from', check.from as Json],
  ]
  return [...fields, ...more].flatMap(([name, value]) =>
    value === undefined || entry(tree, name) !== undefined ? [] : [{ name, value, from: 'built in' as const }],
  )
}

function shown(node: TreeNode): Json {
  if (node.type === 'list') return node.items.map(shown)
  if (node.type === 'map') return Object.fromEntries(node.entries.map(({ key, value }) => [key, shown(value)]))
  if (node.type === 'hole') return null
  if (node.secret === true) return `<${(node.references ?? []).filter((name) => !name.startsWith('var.')).join(', ')}>`
  return typeof node.value === 'bigint' ? node.value.toString() : node.value
}

function referencesOf(node: TreeNode): readonly string[] {
  if (node.type === 'map') return node.entries.flatMap(({ value }) => referencesOf(value))
  if (node.type === 'hole') return []
  return [...(node.references ?? []), ...(node.type === 'list' ? node.items.flatMap(referencesOf) : [])]
}
