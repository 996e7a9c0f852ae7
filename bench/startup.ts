/**
 * `npm run bench:startup [BIN…]`: what the command costs before it does anything, beside a bare `node -e 0`, taken in turn
 * so that a busy machine burdens both, and the fastest of each counts. Without BIN: the package as it is installed. The promise:
 * `--help` takes at most 3 × node + 100 ms.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { install } from '../packaging/installed.js'

const ROUNDS = 15
const directory = mkdtempSync(path.join(os.tmpdir(), 'postflight-startup-'))
process.once('exit', () => rmSync(directory, { recursive: true }))
const bins = process.argv.length > 2 ? process.argv.slice(2) : [await install(directory)]
// Where it is set, node reads certificates at every start; that is no cost of postflight's.
const { NODE_EXTRA_CA_CERTS: _, ...env } = process.env

const commands = [
  ['-e', '0'],
  ...bins.flatMap((bin) => [['--help'], ['lint', '--help'], ['kinds']].map((a) => [bin, ...a])),
]
const times = commands.map(() => [] as number[])
for (let round = 0; round < ROUNDS; round++)
  for (const [index, args] of commands.entries()) times[index]?.push(millisecondsOf(args))

const [bare = 0, ...own] = times.map((taken) => Math.min(...taken))
const limit = 3 * bare + 100
console.log(`node -e 0: ${bare.toFixed(0)} ms (fastest of ${ROUNDS}); 3 × node + 100 ms = ${limit.toFixed(0)} ms`)
for (const [index, time] of own.entries()) {
  const [bin, ...args] = commands[index + 1] ?? []
  const promised = args.length === 1 && args[0] === '--help'
  const verdict = !promised ? '' : time <= limit ? ', kept' : ', BROKEN'
  console.log(`${bin} ${args.join(' ')}: ${time.toFixed(0)} ms, ${(time / limit).toFixed(2)} of that${verdict}`)
  if (promised && time > limit) process.exitCode = 1
}

function millisecondsOf(args: readonly string[]): number {
  const start = performance.now()
  const { status, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' })
  if (status !== 0) throw new Error(`${args.join(' ')} ended with ${status}: ${stderr}`)
  return performance.now() - start
}
