/** The checks of a pack on one database: observed and judged in this process, over and over, one transaction for all. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { namedSubjects } from '../../../src/engine/run-check.js'
import { judge } from '../../../src/judge/verdict.js'
import { allKinds } from '../../../src/kinds/index.js'
import { type Check, type Context, type Finding, subjectsOf } from '../../../src/kinds/kind.js'
import type { PostgresSource, Session } from '../../../src/postgres/source.js'
import { loadChecks } from '../../support/load-check.js'
import { directoryOf } from '../../support/run-cli.js'
import { type Asking, openAsking } from './told.js'

export interface Result {
  readonly outcome: string
  /** Why it is skip or error. */
  readonly message?: string | undefined
  readonly examined?: unknown
  readonly findings: readonly Finding[]
}

export type Results = Readonly<Record<string, Result>>

export interface OpenPack {
  /** Without the prefix, in the order of the pack. */
  readonly ids: readonly string[]
  /** All checks, or those named. */
  readonly look: (ids?: readonly string[]) => Promise<Results>
  /** Ids of the checks that have anything to tell: a small part of the work of a look. */
  readonly told: () => Promise<readonly string[]>
  readonly close: () => Promise<void>
}

const NONE = { missing: 'there is no record' }

/** `values`: what `with:` says besides the connection, which is `main`, at `url`. */
export async function openPack(
  pack: string,
  url: string,
  values: Readonly<Record<string, unknown>>,
): Promise<OpenPack> {
  const scratch = mkdtempSync(join(tmpdir(), 'postflight-pack-'))
  const file = {
    version: 1,
    secrets: { url: { env: 'URL_OF_TEST' } },
    connections: { main: { type: 'postgres', url: '${secret.url}' } },
    defaults: { owner: 'team-db' },
    include: [{ pack, as: 'pg', with: { connection: 'main', ...values } }],
  }
  // YAML is a superset of JSON.
  const place = directoryOf({ 'postflight.yaml': JSON.stringify(file) })
  const loaded = await loadChecks(join(place.path, 'postflight.yaml'), { env: { URL_OF_TEST: url }, scratch })
  place.remove()
  const kinds = await allKinds()
  const bare = (id: string): string => id.slice('pg.'.length)
  const idOf = ({ id }: Check): string => bare(id)
  let asked: Promise<Asking> | undefined
  const asking = (): Promise<Asking> => {
    asked ??= openAsking(loaded.checks, url)
    return asked
  }

  const see = async (check: Check, postgres: () => PostgresSource): Promise<Result> => {
    if (check.skip !== undefined) return { outcome: 'skip', message: check.skip, findings: [] }
    const kind = kinds.find(({ name }) => name === check.kind)
    if (kind === undefined) throw new Error(`no kind ${check.kind}`)
    const { observe } = await kind.load()
    const given: Context = loaded.context(AbortSignal.timeout(30_000))
    const context: Context = { ...given, connections: { ...given.connections, postgres } }
    const findings: Finding[] = []
    try {
      const sightings = observe(check as never, context)
      let step = await sightings.next()
      for (; step.done !== true; step = await sightings.next())
        if (step.value.type === 'findings') findings.push(...step.value.findings)
      const observation = step.value
      const subjects = subjectsOf(kind, check.spec, namedSubjects(check))
      const verdict = judge({ check, observation, subjects, known: {}, baseline: NONE, previous: NONE })
      const { outcome, message = verdict.gaps[0] } = verdict
      return { outcome, message, examined: observation.subjects['examined'], findings }
    } catch (error) {
      return { outcome: 'error', message: error instanceof Error ? error.message : String(error), findings }
    }
  }

  const source = loaded.context(new AbortController().signal).connections.postgres('main')
  /** What a statement that failed leaves of a transaction is of no use to the next check. */
  const inTurn = async (left: Check[], use: (check: Check, session: Session) => Promise<boolean>): Promise<void> => {
    while (left.length > 0)
      await source.withSession({ signal: AbortSignal.timeout(30_000) }, async (session) => {
        let check = left.shift()
        while (check !== undefined && (await use(check, session))) check = left.shift()
      })
  }
  const seeWithin = (check: Check, session: Session): Promise<Result> =>
    see(check, () => ({ ...source, withSession: (_, use) => use(session) }))

  return {
    ids: loaded.checks.map(idOf),
    look: async (ids) => {
      const results: [string, Result][] = []
      const wanted = loaded.checks.filter((check) => ids?.includes(idOf(check)) !== false)
      await inTurn(wanted, async (check, session) => {
        const result = await seeWithin(check, session)
        results.push([idOf(check), result])
        return result.outcome !== 'error'
      })
      return Object.fromEntries(results)
    },
    told: async () => (await (await asking()).told()).map(bare),
    close: async () => {
      await (await asked)?.close()
      await loaded.close()
      rmSync(scratch, { recursive: true, force: true })
    },
  }
}

/** Each check that neither passed nor was skipped, as `id outcome`; `message` of an error is told, too. */
export function wrong(results: Results): readonly string[] {
  return Object.entries(results)
    .filter(([, { outcome }]) => outcome !== 'pass' && outcome !== 'skip')
    .map(([id, { outcome, message }]) => [id, outcome, ...(outcome === 'error' ? [message] : [])].join(' '))
    .toSorted()
}

export function outcomes(results: Results, outcome: string): readonly string[] {
  return Object.entries(results).flatMap(([id, result]) => (result.outcome === outcome ? [id] : []))
}
