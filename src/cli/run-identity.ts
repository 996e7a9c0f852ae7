/**
 * What makes a run the same run, so that what it came to before an interruption still counts. Secrets are no part of it:
 * a password or a token that was exchanged meanwhile changes nothing about what is looked at.
 */
import type { Connections } from '../connections/connections.js'
import type { ConnectionSpec } from '../connections/schema.js'
import { type Identity, part, plainJson } from '../journal/identity.js'
import type { Waiver } from '../judge/waiver.js'
import type { Check } from '../kinds/kind.js'
import type { Redactor } from '../lib/redact.js'

export interface RunIdentityOptions {
  readonly version: string
  /** Flags that narrow it, in words. */
  readonly selection: readonly string[]
  /** Other flags that change what a check comes to, and whether they are given. */
  readonly flags: Readonly<Record<string, boolean>>
  readonly checks: readonly Check[]
  readonly waivers: readonly Waiver[]
  readonly specs: Readonly<Record<string, ConnectionSpec>>
  readonly connections: Connections
  readonly redactor: Redactor
}

export function runIdentity(options: RunIdentityOptions): Identity {
  const { version, selection, flags, checks, waivers, specs, connections, redactor } = options
  const hidden = (value: unknown): unknown => redactor.event(JSON.parse(plainJson(value)))
  const used = [...new Set(checks.flatMap(({ uses }) => uses))].filter((name) => Object.hasOwn(specs, name))
  const selected = selection.join(' ') || 'all checks'
  return [
    part('the version of postflight', version, version),
    part('the selection', selected, selected),
    ...Object.entries(flags).map(([flag, given]) => part(flag, given, given ? 'given' : 'not given')),
    ...checks.map(({ id, kind, spec, assertions, known, from, requires, skip, uses }) => {
      const of = waivers.filter(({ check }) => check === id)
      return part(
        `check "${id}"`,
        hidden({ kind, spec, assertions: assertions.map(withoutPlace), known, from, requires, skip, uses, of }),
      )
    }),
    ...used.map((name) => {
      const spec = specs[name] as ConnectionSpec
      return part(`connection "${name}"`, hidden({ ...whatIsThere(spec), label: labelOf(name, spec, connections) }))
    }),
  ]
}

/** An assertion may move within its file. */
function withoutPlace({ place: _, ...assertion }: Check['assertions'][number]) {
  return assertion
}

const OF_NO_MATTER = new Set([
  'password',
  'access_key',
  'secret_key',
  'session_token',
  'profile',
  'headers',
  'limit',
  'connect_timeout',
  'lock_timeout',
])

function whatIsThere(spec: ConnectionSpec): Record<string, unknown> {
  return Object.fromEntries(Object.entries(spec).filter(([field]) => !OF_NO_MATTER.has(field)))
}

/** It names host and database also where the whole URL is a secret, or comes from the environment. */
function labelOf(name: string, { type }: ConnectionSpec, connections: Connections): string | undefined {
  try {
    if (type === 'postgres') return connections.postgres(name).label
    if (type === 'mysql') return connections.mysql(name).label
    if (type === 'redis') return connections.seenFrom('local').connections.redis(name).label
    return type === 'files' || type === 's3' || type === 'http' ? connections.store(name).label : undefined
  } catch {
    // A connection that cannot be made is told by the check that uses it.
    return undefined
  }
}
