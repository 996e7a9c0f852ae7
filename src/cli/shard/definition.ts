/** What the parts of one run must have in common, as a digest: machines that do not talk cannot ask one another. */
import { createHash } from 'node:crypto'
import type { GateConfig } from '../../engine/events.js'
import type { Check } from '../../kinds/kind.js'
import type { Redactor } from '../../lib/redact.js'
import type { LoadedSpec } from '../../spec/load.js'

export interface Defined {
  readonly spec: Pick<LoadedSpec, 'connections' | 'waivers' | 'name'>
  readonly checks: readonly Check[]
  readonly divided: ReadonlySet<string>
  readonly gate: GateConfig
  readonly version: string
  /** Digest of the record it is held against. */
  readonly baseline?: string | undefined
}

/** Secrets are taken out first, so that nothing can be tried against the digest. */
export function definitionOf(
  { spec, checks, divided, gate, version, baseline }: Defined,
  redactor: Pick<Redactor, 'event'>,
): string {
  const parts = {
    version,
    name: spec.name,
    gate,
    baseline,
    waivers: spec.waivers,
    checks: checks.map((check) => ({
      ...commonOf(check),
      ...(divided.has(check.id) ? { spec: check.spec, stores: placesOf(check, spec.connections) } : {}),
    })),
  }
  const plain: unknown = JSON.parse(JSON.stringify(parts, jsonable))
  return createHash('sha256')
    .update(JSON.stringify(redactor.event(plain)))
    .digest('hex')
}

function commonOf({ id, kind, severity, tags, timeoutMs, requires, skip, from, known, assertions }: Check) {
  const asserted = assertions.map(({ level, subject, matcher }) => [level, subject, matcher.text])
  return { id, kind, severity, tags, timeoutMs, requires, skip, from, known, asserted }
}

/** Which data it is about. How it is reached may differ from machine to machine. */
function placesOf({ uses }: Check, connections: LoadedSpec['connections']) {
  return uses.map((name) => {
    const spec = connections[name]
    if (spec?.type === 's3') return [name, spec.type, spec.bucket, spec.prefix]
    return [name, spec?.type]
  })
}

function jsonable(_: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value)
  return value instanceof Set ? [...value].sort() : value
}
