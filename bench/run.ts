/**
 * `npm run bench`: what postflight costs, beside what one would do instead, in one table from one run. Without flags it
 * measures everything and writes `bench/results.md`; at work on one thing, a part of it:
 *
 *     npm run bench -- --only files --shapes sharded --sizes 100000 --rounds 3 --keep /tmp/worlds
 *     npm run bench -- --only files --shapes sharded --sizes 1000000,3000000 --no-rclone     # memory does not grow
 *     npm run bench -- --only compare --rounds 3     # two tables of 2 M rows
 *     npm run bench -- --only snapshot --rounds 3    # a record of one of them
 *
 * Needs `psql`, `find`, `sort`, `comm`, `xargs`, `openssl`, `bash`. Where the time goes: `node --cpu-prof --cpu-prof-dir=DIR
 * bin/run.js verify …` writes a profile of the main thread, to be opened in a browser's developer tools.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { startPostgres } from '../fixtures/servers/postgres.js'
import { install } from '../packaging/installed.js'
import { measureAudit } from './audit-part.js'
import { measureChecksums } from './checksums.js'
import { measureCompare } from './compare.js'
import type { Part } from './figures.js'
import { measureFiles } from './files.js'
import { parseFlags } from './flags.js'
import { factsOf, resultsText } from './results.js'
import { measureS3Part } from './s3-part.js'
import { measureSnapshot } from './snapshot.js'
import { removeTree } from './world.js'

const flags = parseFlags(process.argv.slice(2))
const interrupt = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupt.abort())

// Where it is set, node reads certificates at every start; that is no cost of postflight's.
const { NODE_EXTRA_CA_CERTS: _, ...inherited } = process.env
// The SDK's own notice about Node 20, as in `src/main.ts`.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true'
const env = { ...inherited, LC_ALL: 'C' }
const directory = mkdtempSync(path.join(os.tmpdir(), 'postflight-bench-'))
if (flags.keep !== undefined) mkdirSync(flags.keep, { recursive: true })
const say = (text: string): void => void process.stderr.write(`${text}\n`)
const postgres = await startPostgres()
try {
  const options = {
    ...flags,
    postgres,
    url: postgres.url,
    bin: await install(path.join(directory, 'installed')),
    directory: flags.keep ?? directory,
    keep: flags.keep !== undefined,
    env,
    signal: interrupt.signal,
    say,
  }
  const parts: Part[] = []
  if (flags.parts.includes('files')) parts.push(await measureFiles(options))
  if (flags.parts.includes('s3')) parts.push(await measureS3Part(options))
  if (flags.parts.includes('checksums')) parts.push(await measureChecksums(options))
  if (flags.parts.includes('audit')) parts.push(await measureAudit(options))
  if (flags.parts.includes('compare')) parts.push(await measureCompare({ ...options, sizes: flags.tables }))
  if (flags.parts.includes('snapshot')) parts.push(await measureSnapshot({ ...options, sizes: flags.tables }))
  const all = {
    figures: parts.flatMap(({ figures }) => figures),
    promises: parts.flatMap(({ promises }) => promises),
    remarks: parts.flatMap(({ remarks }) => remarks),
  }
  const version = execFileSync('psql', [postgres.url, '-qAtc', 'show server_version'], { encoding: 'utf8' }).trim()
  const text = resultsText(
    factsOf(
      version,
      new Date(),
      process.argv.slice(2).filter((flag, at, all) => flag !== '--out' && all[at - 1] !== '--out'),
    ),
    all,
  )
  process.stdout.write(text)
  if (flags.out !== undefined) writeFileSync(flags.out, text)
  if (all.promises.some(({ kept }) => !kept)) process.exitCode = 1
} catch (error) {
  if (!interrupt.signal.aborted) throw error
  say('stopped; what was made is removed')
  process.exitCode = 130
} finally {
  removeTree(directory)
  await postgres.stop()
}
