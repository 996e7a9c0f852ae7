// Parts of a run and the report that puts them together, in this process: what `verify` and `report` run, without starting
// them anew for every part.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { PassThrough } from 'node:stream'
import type { RunRequest } from '../../src/cli/run-request.js'
import { reportParts } from '../../src/cli/shard/report.js'
import { verify } from '../../src/cli/verify.js'

/** A run of the `postflight.yaml` in `cwd`. */
export function runHere(
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
  more: Partial<RunRequest>,
): Promise<{ readonly code: number }> {
  return verify(
    {
      files: [join(cwd, 'postflight.yaml')],
      vars: {},
      strict: false,
      selection: {},
      gate: { failOnWarn: false, allowEmpty: false },
      noBaseline: false,
      allowed: { commands: false, writes: false },
      concurrency: 4,
      requests: [],
      showData: false,
      quiet: true,
      color: false,
      debug: false,
      ...more,
    },
    {
      cwd,
      env: { LANG: 'C.UTF-8', COLUMNS: '80', ...env },
      version: '0.0.0',
      stdout: new PassThrough().resume(),
      stderr: new PassThrough().resume(),
      signals: process,
      atExit: () => undefined,
      hideSecrets: () => undefined,
    },
  )
}

/** The report in JSON of recorded parts, and its exit code. */
export async function putTogether(cwd: string, runs: readonly string[], findingsDir?: string) {
  let text = ''
  const stdout = new PassThrough().on('data', (chunk) => {
    text += chunk
  })
  const { code } = await reportParts({
    runs,
    findingsDir,
    requests: [{ name: 'json' }],
    stdout,
    stderr: new PassThrough().resume(),
    env: {},
    color: false,
    quiet: true,
    signal: new AbortController().signal,
    cwd,
    atExit: () => undefined,
  })
  return { code, report: JSON.parse(text) }
}

/** What must not depend on how many machines have looked. */
export function verdictOf({ exit, gate, counts, checks }: Record<string, never>) {
  const of = (one: Record<string, unknown>) => ({
    ...one,
    attempts: undefined,
    duration_ms: undefined,
    findings: undefined,
  })
  return { exit, gate, counts, checks: (checks as unknown as Record<string, unknown>[]).map(of) }
}

/** All files of `--findings`, the lines of each sorted: parts tell them in another order. */
export function listsIn(dir: string): Readonly<Record<string, readonly string[]>> {
  const lines = (name: string) => readFileSync(join(dir, name), 'latin1').split('\n').sort()
  return Object.fromEntries(readdirSync(dir).map((name) => [name, lines(name)]))
}
