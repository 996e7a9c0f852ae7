import { connectionSchema, type PostgresSpec } from '../../src/connections/schema.js'
import { openPostgres } from '../../src/postgres/connect.js'
import type { PostgresSource, Row, Session, UserQuery } from '../../src/postgres/source.js'

/** A source as the commands open it, with an empty environment unless one is given. */
export function openTest(spec: Partial<PostgresSpec>, env: Readonly<Record<string, string>> = {}): PostgresSource {
  const parsed = connectionSchema.parse({ type: 'postgres', ...spec, ...durations(spec) }) as PostgresSpec
  return openPostgres('main', parsed, { env: { HOME: '/nowhere', ...env }, version: '1.2.3' })
}

/** Check files write durations as text. */
function durations(spec: Partial<PostgresSpec>) {
  return {
    ...(spec.connect_timeout === undefined ? {} : { connect_timeout: `${spec.connect_timeout}ms` }),
    ...(spec.lock_timeout === undefined ? {} : { lock_timeout: `${spec.lock_timeout}ms` }),
  }
}

export function ask(sql: string, params?: UserQuery['params']): UserQuery {
  return { sql, params, path: ['sql'] }
}

export function inSession<T>(source: PostgresSource, use: (session: Session) => Promise<T>): Promise<T> {
  return source.withSession({ signal: new AbortController().signal }, use)
}

export async function streamAll(session: Session, query: UserQuery, columns?: readonly string[]): Promise<Row[]> {
  const rows: Row[] = []
  for await (const page of session.stream(query, columns === undefined ? {} : { columns })) rows.push(...page)
  return rows
}

/** Every way a check file's SQL reaches the server. */
export const WAYS: Readonly<Record<string, (session: Session, query: UserQuery) => Promise<unknown>>> = {
  select: (session, query) => session.select(query, { limit: 10 }),
  count: (session, query) => session.count(query),
  stream: (session, query) => streamAll(session, query),
}

/** Polls until it holds; the test's own timeout ends it. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds())) await new Promise((resolve) => setTimeout(resolve, 10))
}
