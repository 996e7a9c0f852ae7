/** The connections of a run: opened when first asked for, shared by all checks, closed together. */
import { UsageError } from '../lib/errors.js'
import { openPostgres } from '../postgres/connect.js'
import type { PostgresSource } from '../postgres/source.js'
import { openStore } from '../stores/open.js'
import type { Store } from '../stores/store.js'
import type { ConnectionSpec } from './schema.js'

export interface OpenConnectionsOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** Of postflight; databases show it among their sessions. */
  readonly version: string
  /** A directory with room for listings that must be sorted. */
  readonly scratch: string
  readonly showData?: boolean | undefined
}

export interface Connections {
  readonly postgres: (name: string) => PostgresSource
  readonly store: (name: string) => Store
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
  const databases = new Map<string, PostgresSource>()
  const stores = new Map<string, Store>()
  const specOf = (name: string): ConnectionSpec => {
    const spec = Object.hasOwn(specs, name) ? specs[name] : undefined
    if (spec !== undefined) return spec
    const names = Object.keys(specs)
    throw new UsageError(`there is no connection "${name}"`, {
      suggestions: [names.length === 0 ? 'declare it under connections:' : `connections: ${names.join(', ')}`],
    })
  }
  return {
    postgres: (name) => {
      const spec = specOf(name)
      if (spec.type !== 'postgres') throw wrongType(name, spec, 'a postgres database')
      return shared(databases, name, () => openPostgres(name, spec, options))
    },
    store: (name) => {
      const spec = specOf(name)
      if (spec.type === 'postgres') throw wrongType(name, spec, 'a store (files, s3 or http)')
      return shared(stores, name, () => openStore(name, spec, options))
    },
    limit: (name) => specOf(name).limit,
    closeAll: async () => {
      const opened = [...databases.values(), ...stores.values()]
      databases.clear()
      stores.clear()
      const results = await Promise.allSettled(opened.map((one) => one.close()))
      const failed = results.find((result) => result.status === 'rejected')
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
