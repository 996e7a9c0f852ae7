/** Looks at every connection, side by side, each with a deadline of its own. */
import type { Connections } from '../../connections/connections.js'
import type { ConnectionSpec } from '../../connections/schema.js'
import type { Check, Kind } from '../../kinds/kind.js'
import { CheckError, UsageError } from '../../lib/errors.js'
import { redisSettings } from '../../redis/settings.js'
import { type VantageSpec, vantageText } from '../../vantage/schema.js'
import { inTime, problemFrom } from '../estimate/asking.js'
import { lookAtBucket } from './bucket.js'
import { lookAtMysql } from './mysql.js'
import { type LookOptions, type Need, needsOf } from './needs.js'
import { lookAtPostgres } from './postgres.js'
import { lookAtRedis } from './redis.js'
import type { Examined, Seen } from './result.js'
import { lookAtHost } from './ssh.js'
import { lookAtFiles, lookAtWeb } from './stores.js'

export interface ExamineOptions {
  readonly checks: readonly { readonly check: Check; readonly kind: Kind }[]
  readonly specs: Readonly<Record<string, ConnectionSpec>>
  readonly connections: Pick<Connections, 'postgres' | 'mysql' | 'seenFrom'>
  /** Of each connection. */
  readonly timeoutMs: number
}

/** In the order of the check files. What cannot be opened is part of the result; only a bug is thrown. */
export async function examineConnections(options: ExamineOptions): Promise<readonly Examined[]> {
  const needs = needsOf(options.checks)
  const places = Object.entries(options.specs).flatMap(([name, spec]) =>
    placesOf(name, spec, options.checks).map((from) => ({ name, spec, from })),
  )
  return Promise.all(places.map((place) => examine(place, needs(place.name), options)))
}

interface Place {
  readonly name: string
  readonly spec: ConnectionSpec
  readonly from: VantageSpec
}

/** A directory lies wherever checks look from, unless it says itself where; everything else is reached from here. */
function placesOf(name: string, spec: ConnectionSpec, checks: ExamineOptions['checks']): readonly VantageSpec[] {
  if (spec.type !== 'files') return ['local']
  if (spec.from !== undefined) return [spec.from]
  const using = checks.filter(({ check }) => check.skip === undefined && check.uses.includes(name))
  const places = new Map(using.map(({ check }) => [vantageText(check.from), check.from]))
  return places.size === 0 ? ['local'] : [...places.values()]
}

async function examine(place: Place, needs: readonly Need[], options: ExamineOptions): Promise<Examined> {
  const { name, spec, from } = place
  const { timeoutMs } = options
  const told = { name, type: spec.type, from, label: name }
  try {
    const seen = await inTime((signal) => look(place, needs, { signal, timeoutMs }, options), timeoutMs)
    return { ...told, label: labelOf(place, options) ?? name, outcome: { seen } }
  } catch (error) {
    if (!(error instanceof CheckError) && !(error instanceof UsageError)) throw error
    return { ...told, outcome: { problem: problemFrom(error) } }
  }
}

function look(
  { name, spec, from }: Place,
  needs: readonly Need[],
  options: LookOptions,
  { connections }: ExamineOptions,
): Promise<Seen> {
  const seen = connections.seenFrom(from)
  switch (spec.type) {
    case 'postgres':
      return lookAtPostgres(connections.postgres(name), needs, options)
    case 'mysql':
      return lookAtMysql(connections.mysql(name), needs, options)
    case 'redis':
      return lookAtRedis(seen.connections.redis(name), redisSettings(spec), needs, options)
    case 's3':
      return lookAtBucket(seen.connections.bucket(name), seen.vantage, spec.endpoint, needs, options)
    case 'http':
      return lookAtWeb(seen.connections.store(name), spec.url, options)
    case 'files':
      return lookAtFiles(
        { store: seen.connections.store(name), root: spec.root, vantage: seen.vantage, here: from === 'local' },
        needs,
        options,
      )
    case 'ssh':
      return lookAtHost(connections.seenFrom({ ssh: name }).vantage, options)
  }
}

function labelOf({ name, spec, from }: Place, { connections }: ExamineOptions): string | undefined {
  const { connections: open } = connections.seenFrom(from)
  switch (spec.type) {
    case 'postgres':
      return connections.postgres(name).label
    case 'mysql':
      return connections.mysql(name).label
    case 'redis':
      return open.redis(name).label
    case 'ssh':
      return undefined
    default:
      return open.store(name).label
  }
}
