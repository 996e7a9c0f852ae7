// A standby that lags shows the past. All kinds that read a database say so; a real server in recovery answers here.
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type PostgresServer, startPostgres } from '../../fixtures/servers/postgres.js'
import { rows } from '../../src/kinds/rows/kind.js'
import { sql } from '../../src/kinds/sql/kind.js'
import type { PostgresSource } from '../../src/postgres/source.js'
import { openTest } from '../postgres/open.js'
import { createTree, type Tree } from './artifacts/tree.js'
import { openWorld, see } from './artifacts/world.js'
import { runKind } from './run.js'

const NOTE = 'main is a standby: rows it has not replayed yet were not seen'
let home: string
let server: PostgresServer | undefined
let postgres: PostgresSource
let tree: Tree

beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), 'postflight-standby-'))
  // The server runs as another user where the tests run as root.
  chmodSync(home, 0o755)
  const dataDir = join(home, 'data')
  const primary = await startPostgres({ dataDir, password: 'standby-test' })
  const client = new pg.Client({ connectionString: primary.url })
  await client.connect()
  await client.query("create table files as select 'a' as path")
  await client.end()
  await primary.stop()
  writeFileSync(join(dataDir, 'standby.signal'), '')
  server = await startPostgres({ dataDir, password: 'standby-test' })
  postgres = openTest({ url: server.url })
  tree = createTree({ a: 'x' })
}, 60_000)
afterAll(async () => {
  await postgres?.close()
  await server?.stop()
  tree?.remove()
  rmSync(home, { recursive: true, force: true })
})

test.each([
  ['rows', rows, { table: 'files' }],
  ['sql, a value', sql, { sql: 'select count(*) from files' }],
  ['sql, violations', sql, { violations: 'select path from files where false' }],
] as const)('%s', async (_, kind, spec) => {
  const { observation } = await runKind(kind as never, { connection: 'main', ...spec }, { postgres })
  expect(observation.notes).toEqual([NOTE])
})

test('artifacts', async () => {
  const world = openWorld({ main: { type: 'postgres', url: server?.url }, up: { type: 'files', root: tree.root } })
  try {
    const query = { connection: 'main', sql: 'select * from files', key: 'path' }
    const seen = await see(world, { rows: [query, query], store: 'up' })
    expect(seen.notes).toEqual([NOTE])
  } finally {
    await world.close()
  }
})
