/** Two databases of one server, and a comparison of a table in them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare } from '../../../src/kinds/compare/kind.js'
import type { Finding, Rechecked } from '../../../src/kinds/kind.js'
import type { PostgresSource } from '../../../src/postgres/source.js'
import { openTest } from '../../postgres/open.js'
import { createDatabase, type TestDatabase } from '../../support/postgres.js'
import { checkOf, contextOf, type Ran, runKind } from '../run.js'

export interface TwoDatabases {
  readonly source: TestDatabase
  readonly target: TestDatabase
  /** Runs the same statements in both. */
  readonly both: (sql: string) => Promise<void>
  /** `beforeAgain`: called each time a session is opened after both tables have been read. */
  readonly compare: (
    spec?: Readonly<Record<string, unknown>>,
    hooks?: {
      readonly beforeAgain?: () => Promise<void>
      readonly signal?: AbortSignal
      readonly showData?: boolean
      /** Put in place of the connections. */
      readonly through?: (source: PostgresSource, name: string) => PostgresSource
    },
  ) => Promise<Ran>
  readonly recheck: (
    findings: readonly Finding[],
    spec?: Readonly<Record<string, unknown>>,
  ) => Promise<readonly Rechecked[]>
  readonly close: () => Promise<void>
}

/** `servers`: superuser's addresses of two servers, where they shall not be the same. */
export async function openTwo(
  servers: { readonly source?: string; readonly target?: string; readonly limit?: number } = {},
): Promise<TwoDatabases> {
  const source = await createDatabase(servers.source)
  const target = await createDatabase(servers.target)
  const scratch = mkdtempSync(join(tmpdir(), 'postflight-compare-'))
  const open = new Map<string, PostgresSource>([
    ['old', openTest({ url: source.url, limit: servers.limit ?? 2 })],
    ['new', openTest({ url: target.url, limit: servers.limit ?? 2 })],
  ])
  const sourceOf = (name: string) => open.get(name) as PostgresSource
  return {
    source,
    target,
    both: async (sql) => {
      await source.client.query(sql)
      await target.client.query(sql)
    },
    compare: (spec, { beforeAgain, signal, showData = false, through = (one: PostgresSource) => one } = {}) => {
      let sessions = 0
      const watched = (source: PostgresSource): PostgresSource => ({
        ...source,
        withSession: async (options, use) => {
          // One to see how far the source is, two that compare, one more of the first kind.
          if (++sessions > 4) await beforeAgain?.()
          return source.withSession(options, use)
        },
      })
      return runKind(compare, specOf(spec), {
        postgresOf: (name) => watched(through(sourceOf(name), name)),
        scratch,
        showData,
        ...(signal === undefined ? {} : { signal }),
      })
    },
    recheck: async (findings, spec) => {
      const { recheck } = await compare.load()
      if (recheck === undefined) throw new Error('the kind cannot look again')
      return recheck(checkOf(compare, specOf(spec)), findings, contextOf({ postgresOf: sourceOf, scratch }))
    },
    close: async () => {
      for (const one of open.values()) await one.close()
      rmSync(scratch, { recursive: true })
      await source.drop()
      await target.drop()
    },
  }
}

interface Side {
  readonly tables?: unknown
}

function specOf({ source, target, ...rest }: { readonly source?: Side; readonly target?: Side } = {}) {
  const table = (side?: Side) => (side?.tables === undefined ? { table: 't' } : {})
  return {
    source: { connection: 'old', ...table(source), ...source },
    target: { connection: 'new', ...table(target), ...target },
    ...rest,
  }
}

/** Findings by class: their keys, in order. */
export function keysOf({ findings }: Ran): Readonly<Record<string, readonly (string | undefined)[]>> {
  const found: Record<string, (string | undefined)[]> = {}
  for (const { finding, key } of findings) {
    const keys = found[finding] ?? []
    found[finding] = keys
    keys.push(key)
  }
  for (const keys of Object.values(found)) keys.sort()
  return found
}
