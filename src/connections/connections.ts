/**
 * The connections and vantages of a run: opened when first asked for, shared by all checks, closed together. A files
 * store without a vantage of its own lies wherever the check looks from.
 */
import type { OfferedDatabase, Surroundings } from '../kinds/kind.js'
import { UsageError } from '../lib/errors.js'
import type { MysqlSource } from '../mysql/connect.js'
import { openPostgres } from '../postgres/connect.js'
import type { PostgresSource } from '../postgres/source.js'
import { openWriter, type PostgresWriter } from '../postgres/writer.js'
import type { RedisSource } from '../redis/source.js'
import type { SqlSource } from '../sql/source.js'
import type { BucketSource } from '../stores/s3/bucket.js'
import type { Store } from '../stores/store.js'
import { openVantage } from '../vantage/open.js'
import type { VantageSpec } from '../vantage/schema.js'
import type { Vantage } from '../vantage/vantage.js'
import type { Openers } from './openers.js'
import { placeOf } from './place.js'
import type { ConnectionSpec, SshSpec } from './schema.js'

export interface OpenConnectionsOptions {
  /** For the types of the connections that are there. */
  readonly openers: Openers
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of postflight; databases show it among their sessions. */
  readonly version: string
  /** A directory with room for listings that must be sorted. */
  readonly scratch: string
  readonly showData?: boolean | undefined
}

export interface Connections {
  readonly postgres: (name: string) => PostgresSource
  readonly mysql: (name: string) => MysqlSource
  /** From where postflight runs, where the connection does not say otherwise. */
  readonly store: (name: string) => Store
  /** What a check that looks from there gets. */
  readonly seenFrom: (from: VantageSpec) => Surroundings
  /** How much may be under way at once on the connection. */
  readonly limit: (name: string) => number
  /** Closes what was opened; may be called again. */
  readonly closeAll: () => Promise<void>
}

/** A name that is not there, or of another type than asked for, is a UsageError. */
export function openConnections(
  specs: Readonly<Record<string, ConnectionSpec>>,
  options: OpenConnectionsOptions,
): Connections {
  const { openers } = options
  const databases = new Map<string, PostgresSource>()
  const stores = new Map<string, Store>()
  const mysqls = new Map<string, MysqlSource>()
  const redises = new Map<string, RedisSource>()
  const vantages = new Map<string, Vantage>()
  const offered = new Map<string, ConnectionSpec>()
  const disposals: (() => Promise<void>)[] = []
  const specOf = (name: string): ConnectionSpec => {
    const spec = Object.hasOwn(specs, name) ? specs[name] : offered.get(name)
    if (spec !== undefined) return spec
    const names = Object.keys(specs)
    throw new UsageError(`there is no connection "${name}"`, {
      suggestions: [names.length === 0 ? 'declare it under connections:' : `connections: ${names.join(', ')}`],
    })
  }
  const ssh = (name: string): SshSpec => {
    const spec = specOf(name)
    if (spec.type !== 'ssh') throw wrongType(name, spec, 'a host to reach by ssh')
    return spec
  }
  const vantageAt = (from: VantageSpec): Vantage =>
    shared(vantages, JSON.stringify(from), () => openVantage(from, { env: options.env, ssh }))
  const postgres = (name: string): PostgresSource => {
    const spec = specOf(name)
    if (spec.type !== 'postgres') throw wrongType(name, spec, 'a postgres database')
    return shared(databases, name, () => openPostgres(name, spec, options))
  }
  const mysql = (name: string): MysqlSource => {
    const spec = specOf(name)
    if (spec.type !== 'mysql') throw wrongType(name, spec, 'a mysql database')
    return shared(mysqls, name, () => openers.mysql(name, spec, options))
  }
  const sql = (name: string): SqlSource => (specOf(name).type === 'mysql' ? mysql(name) : postgres(name))
  // Holds nothing open between two statements, so there is nothing to share or to close.
  const writer = (name: string): PostgresWriter => {
    const spec = specOf(name)
    if (spec.type !== 'postgres') throw wrongType(name, spec, 'a postgres database')
    return openWriter(name, spec, options)
  }
  const storeFrom = (name: string, checkFrom: VantageSpec): Store => {
    const spec = specOf(name)
    if (spec.type !== 'files' && spec.type !== 's3' && spec.type !== 'http') {
      throw wrongType(name, spec, 'a store (files, s3 or http)')
    }
    const from = spec.type === 'files' ? (spec.from ?? checkFrom) : 'local'
    const key = `${name}\0${JSON.stringify(from)}`
    return shared(stores, key, () => ({
      ...openers.store(name, spec, { ...options, vantage: from === 'local' ? undefined : vantageAt(from) }),
      place: placeOf(spec, from, ssh),
    }))
  }
  const redis = (name: string): RedisSource => {
    const spec = specOf(name)
    if (spec.type !== 'redis') throw wrongType(name, spec, 'a redis server')
    return shared(redises, name, () => openers.redis(name, spec))
  }
  const bucket = (name: string): BucketSource => {
    const spec = specOf(name)
    if (spec.type !== 's3') throw wrongType(name, spec, 'a bucket (s3)')
    return openers.bucket(name, spec, options.env)
  }
  const offer = (name: string, spec: OfferedDatabase, dispose: () => Promise<void>): void => {
    offered.set(name, { type: 'postgres', ...spec })
    disposals.push(dispose)
  }
  return {
    postgres,
    mysql,
    store: (name) => storeFrom(name, 'local'),
    seenFrom: (from) => ({
      connections: { postgres, sql, redis, bucket, writer, store: (name) => storeFrom(name, from) },
      vantage: vantageAt(from),
      vantageAt,
      offer,
    }),
    limit: (name) => specOf(name).limit,
    closeAll: async () => {
      const opened = [
        ...databases.values(),
        ...mysqls.values(),
        ...stores.values(),
        ...redises.values(),
        ...vantages.values(),
      ]
      for (const map of [databases, mysqls, stores, redises, vantages]) map.clear()
      const closed = await Promise.allSettled(opened.map((one) => one.close()))
      // Only now: a database is not dropped while somebody is connected to it.
      const disposed = await Promise.allSettled(disposals.splice(0).map((dispose) => dispose()))
      const failed = [...closed, ...disposed].find((result) => result.status === 'rejected')
      if (failed !== undefined) throw failed.reason
    },
  }
}

function shared<T>(opened: Map<string, T>, name: string, open: () => T): T {
  const found = opened.get(name)
  if (found !== undefined) return found
  const made = open()
  opened.set(name, made)
  return made
}

function wrongType(name: string, spec: ConnectionSpec, wanted: string): UsageError {
  return new UsageError(`connection "${name}" is of type ${spec.type}, but ${wanted} is needed here`)
}
