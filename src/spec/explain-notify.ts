/** Who would be told of what, for `plan`. Nothing is sent. */
import { channelOf } from '../notify/index.js'
import { concerns } from '../notify/route.js'
import type { LoadedSpec } from './load.js'

export interface ExplainedRoute {
  readonly name: string
  readonly type: string
  /** A host or addresses, never all of an address that is a credential. */
  readonly to: string
  readonly send: string
  readonly severity: string
  /** Null: any. */
  readonly owners: readonly string[] | null
  readonly outcomes: readonly string[]
  readonly required: boolean
  /** Ids of the checks it is told of. */
  readonly checks: readonly string[]
  readonly file: string
  readonly line: number
}

export interface ExplainedNotify {
  readonly notify: readonly ExplainedRoute[]
  /** Ids of checks nobody is told of; none where there is no route at all. */
  readonly told_to_nobody: readonly string[]
  readonly ping: { readonly to: string; readonly required: boolean } | null
}

export function explainNotify({
  notify,
  ping,
  checks,
}: Pick<LoadedSpec, 'notify' | 'ping' | 'checks'>): ExplainedNotify {
  const routes = notify.map((route) => ({
    name: route.name,
    type: route.type,
    to: channelOf(route.type)?.place(route.spec as never) ?? '',
    send: route.send,
    severity: route.severity,
    owners: route.owners ?? null,
    outcomes: route.outcomes,
    required: route.required,
    checks: checks.filter((check) => concerns(route, check)).map(({ id }) => id),
    file: route.place.file,
    line: route.place.line,
  }))
  const told = new Set(routes.flatMap((route) => route.checks))
  return {
    notify: routes,
    told_to_nobody: notify.length === 0 ? [] : checks.map(({ id }) => id).filter((id) => !told.has(id)),
    ping: ping === undefined ? null : { to: new URL(ping.url).host, required: ping.required },
  }
}
