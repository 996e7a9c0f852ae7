import { randomBytes } from 'node:crypto'
import pg from 'pg'
import { inject } from 'vitest'

export interface TestDatabase {
  readonly name: string
  readonly url: string
  /** Connected, as superuser. */
  readonly client: pg.Client
  /** Drops the database, whoever is still connected, and closes `client`. May be called again. */
  readonly drop: () => Promise<void>
}

/** A fresh, empty database for one test file; on the run's server unless a superuser's `serverUrl` is given. */
export async function createDatabase(serverUrl: string = inject('postgresUrl')): Promise<TestDatabase> {
  const name = `t_${randomBytes(8).toString('hex')}`
  await administer(serverUrl, `create database ${name}`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const client = new pg.Client({ connectionString: url.href })
  await client.connect()
  let dropped: Promise<void> | undefined
  return {
    name,
    url: url.href,
    client,
    drop: () => {
      dropped ??= client.end().then(() => administer(serverUrl, `drop database ${name} with (force)`))
      return dropped
    },
  }
}

async function administer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    await client.query(statement)
  } finally {
    await client.end()
  }
}
