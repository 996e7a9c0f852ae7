/** The commands that do the same work: postflight, and what a careful engineer would type instead. Each says if it got it right. */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import type { Command, Ended } from './cost.js'
import type { World } from './world.js'

/** Existence and size, or existence alone, for which nobody needs to ask for a size. */
export const MODES = ['size', 'existence'] as const
export type Mode = (typeof MODES)[number]

export interface Contender {
  readonly name: string
  readonly command: Command
  /** What is wrong with its result, in words; undefined where it is right. */
  readonly wrong: (ended: Ended) => string | undefined
  /** How often it runs: some take too long for all rounds. */
  readonly once: boolean
}

export interface Setting {
  readonly world: World
  readonly mode: Mode
  readonly url: string
  /** postflight's `run.js`. */
  readonly bin: string
  /** A directory for what they need. */
  readonly work: string
  readonly env: NodeJS.ProcessEnv
}

export function postflight(setting: Setting): Contender {
  const { world, mode, work } = setting
  const file = path.join(work, `${world.shape}-${world.rows}-${mode}.yaml`)
  mkdirSync(work, { recursive: true })
  writeFileSync(file, checkFile(setting))
  const env = { ...setting.env, BENCH_URL: setting.url }
  const args = [setting.bin, 'verify', file, '--json', '--quiet']
  // The counts stand in the check file as expectations, so exit code 0 says they are these and no others.
  const wrong = ({ code, stdout }: Ended) => (code === 0 ? undefined : `exit code ${code}\n${stdout.slice(-3000)}`)
  return { name: 'postflight', command: { program: process.execPath, args, env }, wrong, once: false }
}

function checkFile({ world, mode }: Setting): string {
  const size = mode === 'size'
  return `version: 1
secrets: { url: { env: BENCH_URL } }
connections:
  main: { type: postgres, url: "\${secret.url}" }
  photos: { type: files, root: ${JSON.stringify(world.root)} }
checks:
  - id: photos
    kind: artifacts
    rows: { connection: main, sql: "select path${size ? ', bytes' : ''} from photos", key: path${size ? ', size: bytes' : ''} }
    store: photos
    verify: { size: ${size ? 'all' : 'none'} }
    owner: bench
    severity: high
    remediation: none
    timeout: 1h
    expect:
      rows: ${world.rows}
      entries: ${world.rows}
      matched: ${world.rows - world.missing}
      missing: ${world.missing}
      orphaned: ${world.orphaned}
${size ? `      size_mismatch: ${world.resized}\n` : ''}`
}

/** Both sides at once, `comm` reading both, as `comm <(…) <(…)` does; by fifos, so that bash waits for all it started. */
export function shell(setting: Setting): Contender {
  const format = setting.mode === 'size' ? '%P\\t%s\\n' : '%P\\n'
  return pipeline('shell', setting, `find "$ROOT" -type f -printf '${format}'`, false)
}

/** Undefined where it is not installed. */
export function rclone(setting: Setting): Contender | undefined {
  if (spawnSync('rclone', ['version'], { stdio: 'ignore' }).status !== 0) return undefined
  const format = setting.mode === 'size' ? `--format ps --separator $'\\t'` : '--format p'
  return pipeline('rclone lsf', setting, `rclone lsf -q ${format} -R --files-only "$ROOT"`, true)
}

function pipeline(name: string, { world, mode, url, work, env }: Setting, listing: string, once: boolean): Contender {
  const size = mode === 'size'
  const script = `set -e -o pipefail
cd "$WORK"; rm -f rows files; mkfifo rows files
psql "$URL" -qAtc '\\copy (select path${size ? ', bytes' : ''} from photos) to stdout' | sort > rows & rows=$!
${listing} | sort > files & files=$!
comm -3 rows files | wc -l
wait $rows; wait $files`
  const differing = world.missing + world.orphaned + (size ? 2 * world.resized : 0)
  const wrong = ({ code, stdout }: Ended) =>
    code === 0 && stdout.trim() === String(differing)
      ? undefined
      : `exit code ${code}, ${stdout.trim()} differing lines, expected ${differing}`
  mkdirSync(work, { recursive: true })
  const surroundings = { ...env, LC_ALL: 'C', URL: url, ROOT: world.root, WORK: work }
  return { name, command: { program: 'bash', args: ['-c', script], env: surroundings }, wrong, once }
}
