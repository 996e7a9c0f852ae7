import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inject } from 'vitest'

/** The command as a user has it. */
export const BIN = inject('bin')

// Another user would not do: a checkout below root's own home is closed to everybody else.
const CONFINED = [
  'setpriv',
  '--bounding-set=-dac_override,-dac_read_search',
  '--inh-caps=-dac_override,-dac_read_search',
]

export interface CliResult {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface CliOptions {
  readonly cwd?: string
  readonly env?: Record<string, string>
  /** More arguments for node itself. */
  readonly node?: readonly string[]
  /** Run as root without root's right to read everything. */
  readonly confined?: boolean
  /** `run.js` to start, that of the package if not given. */
  readonly bin?: string
  /** Called once the process runs. */
  readonly started?: (child: ChildProcess) => void
}

/** Spawns the built command as a user would, without a terminal. */
export function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const env = { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '', ...options.env }
  const command = [process.execPath, ...(options.node ?? []), options.bin ?? BIN, ...args]
  const [program = '', ...rest] = options.confined === true ? [...CONFINED, ...command] : command
  const child = spawn(program, rest, {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
  })
  options.started?.(child)
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}

/** A directory of the test's own, readable by all, with the given files in it. */
export function directoryOf(files: Readonly<Record<string, string>> = {}): {
  readonly path: string
  readonly remove: () => void
} {
  const path = mkdtempSync(join(tmpdir(), 'postflight-test-'))
  for (const [name, text] of Object.entries(files)) writeFileSync(join(path, name), text)
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) }
}
