/**
 * `npm run bench [rows…]`: artifacts, existence and size in both directions, beside the shell pipeline a careful
 * engineer would write, in one run. Prints ratios; the absolute figures belong to the machine. Needs `psql`.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startPostgres } from '../fixtures/servers/postgres.js'
import { type Cost, run } from './peak.js'
import { makeFiles, makeRows, type World } from './world.js'

const sizes = process.argv.slice(2).map(Number)
const directory = mkdtempSync(path.join(os.tmpdir(), 'postflight-bench-'))
const postgres = await startPostgres()
try {
  for (const rows of sizes.length === 0 ? [100_000, 1_000_000] : sizes) await measure(rows)
} finally {
  await postgres.stop()
  rmSync(directory, { recursive: true, force: true })
}

async function measure(rows: number): Promise<void> {
  const world = makeFiles(path.join(directory, 'files'), rows)
  await makeRows(postgres.url, rows)
  const shell = await run('bash', ['-c', pipeline(world, path.join(directory, 'work'))])
  const own = await run(process.execPath, ['bin/run.js', 'verify', checkFile(world), '--json', '--quiet'], {
    ...process.env,
    BENCH_URL: postgres.url,
  })
  report(world, own, shell)
}

function checkFile(world: World): string {
  const file = path.join(directory, 'bench.yaml')
  writeFileSync(
    file,
    `version: 1
secrets: { url: { env: BENCH_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  photos: { type: files, root: ${JSON.stringify(world.root)} }
checks:
  - id: photos
    kind: artifacts
    rows: { connection: main, sql: "select path, bytes from photos", key: path, size: bytes }
    store: photos
    owner: bench
    severity: high
    remediation: none
    timeout: 1h
    expect: { missing: ${world.missing}, orphaned: ${world.orphaned}, size_mismatch: ${world.resized} }
`,
  )
  return file
}

function pipeline(world: World, work: string): string {
  mkdirSync(work, { recursive: true })
  return `set -e; export LC_ALL=C; cd '${work}'
psql '${postgres.url}' -qAtc "\\\\copy (select path, bytes from photos) to stdout" | sort > rows
find '${world.root}' -type f -printf '%P\\t%s\\n' | sort > files
comm -3 rows files | wc -l`
}

function report(world: World, own: Cost, shell: Cost): void {
  const verdict = own.code === 0 ? 'right verdict' : `WRONG VERDICT (exit ${own.code})\n${own.stdout.slice(-2000)}`
  console.log(
    `${world.rows} rows, ${world.rows} files: ${verdict}\n` +
      `  postflight ${own.seconds.toFixed(1)} s, peak ${own.peak.toFixed(0)} MiB in ${own.processes} process(es)\n` +
      `  shell      ${shell.seconds.toFixed(1)} s, peak ${shell.peak.toFixed(0)} MiB; differing lines ${shell.stdout.trim()}\n` +
      `  ratio      ${(own.seconds / shell.seconds).toFixed(2)} of the shell pipeline's wall time`,
  )
  if (own.code !== 0) process.exitCode = 1
}
