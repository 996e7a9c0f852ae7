/**
 * Which checks of a pack have anything to tell: all of them asked in a few statements the server has planned before, so
 * that it can be asked after every fault. What a check makes of its answer is for `look` of open-pack.ts to see.
 */
import { createHash } from 'node:crypto'
import pg from 'pg'
import type { Check } from '../../../src/kinds/kind.js'
import { listQuery } from '../../../src/kinds/probe/plan.js'
import type { ProbeSpec } from '../../../src/kinds/probe/schema.js'
import type { SqlSpec } from '../../../src/kinds/sql/kind.js'
import { askedQuery, examinedQuery } from '../../../src/kinds/sql/query.js'
import type { UserQuery } from '../../../src/postgres/source.js'
import { wrapWithLiterals } from '../../../src/postgres/wrap.js'

export interface Asking {
  /** Ids of the checks that have violations, or that cannot see or probe all there is. */
  readonly told: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

interface Planned {
  readonly rows: (text: string) => Promise<readonly (readonly (string | null)[])[]>
  readonly end: () => Promise<void>
}

// Plans of queries of catalogues take several times what running them does.
const OPTIONS =
  '-c plan_cache_mode=force_generic_plan -c jit=off -c row_security=off -c default_transaction_read_only=on'

export async function openAsking(checks: readonly Check[], url: string): Promise<Asking> {
  const asked = checks.filter(({ kind }) => kind === 'sql').map((check) => wholeOf(check as Check<SqlSpec>))
  const probing = new Map(
    checks.filter(({ kind }) => kind === 'probe').map((check) => [check.id, check.spec as ProbeSpec]),
  )
  const lists = [...probing].map(
    ([id, spec]) => `select '${id}', l.probe, to_jsonb(l) ->> 'unseen' from ${within(listQuery(spec))} l`,
  )
  const open = new Map<string, Promise<Planned>>()
  const sessionWith = (settings: string): Promise<Planned> => {
    const session = open.get(settings) ?? openPlanned(url, `${OPTIONS}${settings}`)
    open.set(settings, session)
    return session
  }
  const found = async (queries: readonly string[], settings = '') =>
    queries.length === 0 ? [] : (await sessionWith(settings)).rows(queries.join('\nunion all\n'))

  return {
    told: async () => {
      const ids = new Set<string>()
      for (const [id = null, examined = null, violations = null] of await found(asked))
        if (id !== null && hasToTell(examined, violations)) ids.add(id)
      const probes = new Map<string, string[]>()
      for (const [id = null, probe = null, unseen = null] of await found(lists)) {
        if (id === null) continue
        if (probe === null || unseen !== null) ids.add(id)
        else {
          const settings = settingsOf(probing.get(id))
          probes.set(settings, [...(probes.get(settings) ?? []), `select '${id}' where exists (\n${probe}\n)`])
        }
      }
      for (const [settings, queries] of probes)
        for (const [id = null] of await found(queries, settings)) if (id !== null) ids.add(id)
      return [...ids]
    },
    close: async () => {
      for (const session of open.values()) await (await session).end()
    },
  }
}

/** One row: what `examined` gives, as the text of a row, and how many violations there are. */
function wholeOf({ id, spec }: Check<SqlSpec>): string {
  const examined = examinedQuery(spec)
  const from = examined === undefined ? '(select 1)' : within(examined)
  return `select '${id}', e::text, (select count(*) from ${within(askedQuery(spec))} v)::text from ${from} e`
}

function hasToTell(examined: string | null, violations: string | null): boolean {
  const [, there, unseen = '0'] = /^\((\d*)(?:,(\d*))?\)$/.exec(examined ?? '') ?? []
  if (there === undefined || there === '' || Number(unseen) > 0) return true
  return there !== '0' && violations !== '0'
}

function within(query: UserQuery): string {
  return wrapWithLiterals(query, { before: '(\n', after: '\n)' }, []).text
}

function settingsOf(spec: ProbeSpec | undefined): string {
  const settings = Object.entries(spec?.settings ?? {}).filter(([, value]) => value !== undefined)
  return ['', ...settings.map(([name, value]) => `${name}=${value}`), 'search_path='].join(' -c ')
}

async function openPlanned(url: string, options: string): Promise<Planned> {
  const client = new pg.Client({ connectionString: url, options })
  await client.connect()
  return {
    rows: async (text) => {
      const name = createHash('sha256').update(text).digest('hex').slice(0, 32)
      const { rows } = await client.query<(string | null)[]>({ name, text, rowMode: 'array' } as never)
      return rows
    },
    end: () => client.end(),
  }
}
