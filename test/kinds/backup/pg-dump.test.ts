/** What the pg_dump of this machine makes, of a server it may dump, is read as what it is. */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { type PostgresServer, postgresHome, startPostgres } from '../../../fixtures/servers/postgres.js'
import { installed } from '../../support/programs.js'
import { serverOrSkip } from '../../support/require-server.js'
import { look } from './content.js'

const version = installed('pg_dump')
  ? /(\d+)/.exec(execFileSync('pg_dump', ['--version'], { encoding: 'utf8' }))?.[1]
  : ''
const home = postgresHome(Number(version)) ?? `/usr/lib/postgresql/${version}`
const programs = existsSync(join(home, 'bin/initdb')) && installed('pg_dumpall', 'zstd')

serverOrSkip('pg_dump with a server of its version', programs)('pg_dump', () => {
  let server: PostgresServer
  let directory: string
  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), 'postflight-dumps-'))
    server = await startPostgres({ home })
    run(`psql -q -c "create table t as select g as id, md5(g::text) from generate_series(1, 20000) g"
      -c "create table nothing (id int)" -c "create view v as select 1" -c "select lo_from_bytea(0, 'x')"`)
  })
  afterAll(async () => {
    await server?.stop()
    rmSync(directory, { recursive: true, force: true })
  })

  function run(command: string): void {
    const env = {
      PATH: process.env['PATH'] ?? '',
      PGHOST: server.host,
      PGPORT: String(server.port),
      PGUSER: server.superuser,
      PGPASSWORD: server.password,
      PGDATABASE: 'postgres',
    }
    execFileSync('bash', ['-o', 'pipefail', '-c', command.replace(/\n\s+/g, ' ')], {
      env,
      cwd: directory,
      stdio: 'pipe',
    })
  }

  it.each([
    ['pg_custom', 'pg_dump -Fc -f F'],
    ['pg_custom', 'pg_dump -Fc -Z0 -f F'],
    ['pg_custom', 'pg_dump -Fc | cat > F'],
    ['pg_custom', 'pg_dump -Fc --schema-only -f F'],
    ['pg_custom.gz', 'pg_dump -Fc -Z0 | gzip > F'],
    ['pg_tar', 'pg_dump -Ft -f F'],
    ['pg_plain', 'pg_dump -f F'],
    ['pg_plain', 'pg_dump -C -v --inserts -f F'],
    ['pg_plain.gz', 'pg_dump -Z9 -f F'],
    ['pg_plain.gz', 'pg_dump > a && gzip < a > b && gzip < a > c && cat b > F'],
    ['pg_plain.zst', 'pg_dump | zstd -q -19 > F'],
    ['pg_plain.zst', 'pg_dump | zstd -q --no-check > F'],
    ['pg_dumpall', 'pg_dumpall > F'],
    ['pg_tar.zst', 'pg_dump -Ft | zstd -q > F'],
  ])('%s: %s is whole, and its first nine tenths are not', async (format, command) => {
    run(command)
    const content = readFileSync(join(directory, 'F'))
    const whole = await look(content)
    expect([whole.facts.format, whole.trouble]).toEqual([format, undefined])
    expect(whole.names).toContain('public.t')
    const part = await look(content.subarray(0, Math.floor(content.length * 0.9)))
    if (!command.includes('schema-only')) expect(part.trouble).toMatch(/^Damage: /)
    else expect(whole.facts.dataEntries).toBe(0)
  })

  it('an archive that could not be sought in is told by its end', async () => {
    run('pg_dump -Fc | cat > F')
    const content = readFileSync(join(directory, 'F'))
    expect((await look(content.subarray(0, -2000))).trouble).toMatch(/last block of data has no end/)
  })
})
