/** What each query of the checks reads, and whether the server would let this role: planned, never run. */
import type { Check } from '../../kinds/kind.js'
import { type Relation, relationsOf } from '../../postgres/relations.js'
import { PostgresError, type PostgresSource, type UserQuery } from '../../postgres/source.js'
import { problemFrom } from '../estimate/asking.js'
import type { Problem } from '../estimate/result.js'
import type { LookOptions, Need } from './needs.js'

export interface PlannedReading {
  readonly check: Check
  /** The table it names, where it is about one. */
  readonly table: string | undefined
  /** Undefined where the query could not be analysed. */
  readonly relations: readonly Relation[] | undefined
  /** Why it cannot run. */
  readonly problem: Problem | undefined
  /** It lacks a right, and nothing else that is known. */
  readonly refused: boolean
}

const INSUFFICIENT = '42501'

export async function readingsOf(
  source: PostgresSource,
  needs: readonly Need[],
  options: LookOptions,
): Promise<readonly PlannedReading[]> {
  const readings = needs.flatMap(({ check, reading }) =>
    reading?.type === 'query' ? [{ check, query: reading.query, table: reading.table }] : [],
  )
  return Promise.all(readings.map((reading) => plan(source, reading, options)))
}

async function plan(
  source: PostgresSource,
  { check, query, table }: { readonly check: Check; readonly query: UserQuery; readonly table: string | undefined },
  options: LookOptions,
): Promise<PlannedReading> {
  const failure = await errorOf(() => source.withSession(options, (session) => session.estimate(query)), options)
  let relations: readonly Relation[] | undefined
  const unseen = await errorOf(async () => {
    relations = await source.withSession(options, (session) => relationsOf(session, query))
  }, options)
  const error = failure ?? unseen
  return {
    check,
    table,
    relations,
    problem: error === undefined ? undefined : problemFrom(error, check),
    refused: error instanceof PostgresError && error.code === INSUFFICIENT,
  }
}

async function errorOf(ask: () => Promise<unknown>, { signal }: LookOptions): Promise<unknown> {
  try {
    await ask()
    return undefined
  } catch (error) {
    // The time is up for the whole connection, not for this question.
    if (signal.aborted) throw signal.reason
    return error
  }
}
