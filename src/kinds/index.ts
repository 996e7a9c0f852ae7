/**
 * The registry: adding a kind is one folder and one line here. Schema, docs, `postflight kinds` and reporters follow. Each
 * kind is loaded when it is first named: a run needs few of them, and waits for all it loads.
 */
import type { Kind, Kinds } from './kind.js'

const registry: Readonly<Record<string, () => Promise<unknown>>> = {
  rows: async () => (await import('./rows/kind.js')).rows,
  sql: async () => (await import('./sql/kind.js')).sql,
  probe: async () => (await import('./probe/kind.js')).probe,
  compare: async () => (await import('./compare/kind.js')).compare,
  'changed-since': async () => (await import('./changed-since/kind.js')).changedSince,
  artifacts: async () => (await import('./artifacts/kind.js')).artifacts,
  volume: async () => (await import('./volume/kind.js')).volume,
  http: async () => (await import('./http/kind.js')).http,
  tcp: async () => (await import('./tcp/kind.js')).tcp,
  tls: async () => (await import('./tls/kind.js')).tls,
  dns: async () => (await import('./dns/kind.js')).dns,
  smtp: async () => (await import('./smtp/kind.js')).smtp,
  postgres: async () => (await import('./postgres/kind.js')).postgres,
  redis: async () => (await import('./redis/kind.js')).redis,
  s3: async () => (await import('./s3/kind.js')).s3,
  worker: async () => (await import('./worker/kind.js')).worker,
  backup: async () => (await import('./backup/kind.js')).backup,
  resource: async () => (await import('./resource/kind.js')).resource,
  command: async () => (await import('./command/kind.js')).command,
}

export const kinds: Kinds = {
  names: Object.keys(registry),
  load: async (names) => {
    const known = [...new Set(names)].filter((name) => Object.hasOwn(registry, name))
    // Each kind is typed by its own schema; here they stand side by side as plain kinds.
    return Promise.all(known.map((name) => registry[name]?.() as Promise<Kind>))
  },
}

export function allKinds(): Promise<readonly Kind[]> {
  return kinds.load(kinds.names)
}
