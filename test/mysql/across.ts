/** The shop's MySQL beside a database of PostgreSQL, and a comparison of a table in them. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { compare } from '../../src/kinds/compare/kind.js'
import type { Finding, Rechecked } from '../../src/kinds/kind.js'
import { openMysql } from '../../src/mysql/connect.js'
import type { SqlSource } from '../../src/sql/source.js'
import { checkOf, contextOf, type Ran, runKind } from '../kinds/run.js'
import { openTest } from '../postgres/open.js'
import { createDatabase, type TestDatabase } from '../support/postgres.js'
import type { Shop } from './shop.js'

export interface Across {
  readonly shop: Shop
  readonly postgres: TestDatabase
  /** In MySQL and in PostgreSQL, tables `t` having been dropped before. */
  readonly fresh: (mysql: readonly string[], postgres: string) => Promise<void>
  readonly compare: (spec?: Spec, hooks?: Hooks) => Promise<Ran>
  readonly recheck: (findings: readonly Finding[], spec?: Spec) => Promise<readonly Rechecked[]>
  readonly close: () => Promise<void>
}

type Spec = Readonly<Record<string, unknown>>

interface Hooks {
  readonly showData?: boolean
  readonly signal?: AbortSignal
  /** Called when both tables have been read, before what differs is looked at again. */
  readonly beforeAgain?: () => Promise<void>
}

/** `old` is MySQL, `new` is PostgreSQL; `many` and `new-many` are the same with more sessions. */
export async function openAcross(shop: Shop): Promise<Across> {
  const postgres = await createDatabase()
  const scratch = mkdtempSync(join(tmpdir(), 'postflight-across-'))
  const sources = new Map<string, SqlSource>([
    ['old', openMysql('old', shop.spec(), {})],
    ['narrow', openMysql('narrow', shop.spec({ user: 'narrow' }), {})],
    ['many', openMysql('many', shop.spec({ limit: 4 }), {})],
    ['new', openTest({ url: postgres.url, limit: 2 })],
    ['new-many', openTest({ url: postgres.url, limit: 5 })],
  ])
  const sqlOf = (name: string) => sources.get(name) as SqlSource
  return {
    shop,
    postgres,
    fresh: async (mysql, sql) => {
      await shop.write('DROP TABLE IF EXISTS t', ...mysql)
      await postgres.client.query(`drop table if exists t; ${sql}`)
    },
    compare: (spec, { beforeAgain, ...hooks } = {}) => {
      let sessions = 0
      const watched = (source: SqlSource): SqlSource => ({
        ...source,
        withSession: async (options, use) => {
          // One to see how far the source is, which this one does not tell, and two that compare.
          if (++sessions === 4) await beforeAgain?.()
          return source.withSession(options, use)
        },
      })
      return runKind(compare, specOf(spec), { sqlOf: (name) => watched(sqlOf(name)), scratch, ...hooks })
    },
    recheck: async (findings, spec) => {
      const { recheck } = await compare.load()
      if (recheck === undefined) throw new Error('the kind cannot look again')
      return recheck(checkOf(compare, specOf(spec)), findings, contextOf({ sqlOf, scratch }))
    },
    close: async () => {
      for (const one of sources.values()) await one.close()
      rmSync(scratch, { recursive: true })
      await postgres.drop()
    },
  }
}

function specOf({ source, target, ...rest }: { readonly source?: Spec; readonly target?: Spec } = {}) {
  const table = (side?: Spec) => (side?.['tables'] === undefined ? { table: 't' } : {})
  return {
    source: { connection: 'old', ...table(source), ...source },
    target: { connection: 'new', ...table(target), ...target },
    ...rest,
  }
}
