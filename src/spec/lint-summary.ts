/** What `lint` says when nothing is wrong, and its JSON document either way. */
import { waiverWarnings } from '../judge/waive.js'
import { counted } from './counted.js'
import type { Issue } from './issue.js'
import type { LoadedSpec } from './load.js'
import { issueToJson } from './render.js'
import type { Spec } from './spec.js'

/** A run reports these when it ends; `lint` reports them before. */
export function waiverIssues({ waivers, checks }: Pick<Spec, 'waivers' | 'checks'>, now: Date): readonly Issue[] {
  const ids = new Set(checks.map(({ id }) => id))
  return waiverWarnings(waivers, ids, now).map((message) => ({ level: 'warning' as const, message }))
}

export function lintText(spec: LoadedSpec): string {
  const all = spec.checks.flatMap(({ assertions }) => assertions)
  const byDefault = all.filter(({ origin }) => origin === 'default').length
  const parts = [
    counted(spec.files.length, 'file'),
    counted(spec.checks.length, 'check'),
    `${counted(all.length, 'assertion')} (${byDefault} by default)`,
  ]
  const rest =
    spec.unread.length === 0 ? ': nothing wrong' : `; not read, for want of a value: ${spec.unread.join(', ')}`
  return `${parts.join(', ')}${rest}\n`
}

export function lintDocument(spec: LoadedSpec | undefined, issues: readonly Issue[]) {
  const errors = issues.filter(({ level }) => level === 'error').length
  return {
    schema_version: 1,
    ok: errors === 0,
    errors,
    warnings: issues.length - errors,
    ...(spec === undefined
      ? {}
      : {
          files: spec.files,
          checks: spec.checks.length,
          assertions: spec.checks.reduce((sum, check) => sum + check.assertions.length, 0),
          unread: spec.unread,
        }),
    issues: issues.map(issueToJson),
  }
}
