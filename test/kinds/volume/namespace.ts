/**
 * A mount namespace of a test's own, in which a shell script has planted something, and a vantage that looks from
 * inside it: the real scripts, the real kernel, nothing simulated. Needs root.
 */
import { spawn } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { accountOf } from '../../../src/vantage/account.js'
import { createLocalVantage } from '../../../src/vantage/local.js'
import type { Outside, Vantage } from '../../../src/vantage/vantage.js'

export interface Namespace {
  /** Directory the script ran in; empty before. */
  readonly directory: string
  readonly pid: number
  readonly vantage: Vantage
  readonly stop: () => Promise<void>
}

/** `script` is sh, run with -e in `directory`. What it mounts is gone with the namespace. */
export async function plant(script: string, outside?: Outside, directory = freshDirectory()): Promise<Namespace> {
  const child = spawn(
    'unshare',
    [
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-ec',
      `cd "$1"\n${script}\necho planted\nexec sleep 600`,
      'sh',
      directory,
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text
  })
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()))
  await new Promise<void>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text: string) => text.includes('planted') && resolve())
    child.once('error', reject)
    void ended.then(() => reject(new Error(`nothing was planted: ${said}`)))
  })
  return {
    directory,
    pid: child.pid ?? 0,
    vantage: vantageIn(child.pid ?? 0, outside),
    stop: async () => {
      child.kill('SIGKILL')
      await ended
      rmSync(directory, { recursive: true, force: true })
    },
  }
}

/** Open to every user, so that only what is planted refuses them. */
export function freshDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'postflight-volume-'))
  chmodSync(directory, 0o755)
  return directory
}

export function vantageIn(pid: number, outside?: Outside): Vantage {
  const local = createLocalVantage({ env: process.env })
  return {
    ...local,
    label: `namespace ${pid}`,
    outside: async () => outside,
    start: async (argv, { signal, user }) => {
      const enter = ['nsenter', '--target', String(pid), '--mount', '--']
      if (user === undefined) return local.start([...enter, ...argv], { signal })
      const { uid, gid } = await accountOf(user)
      const as = ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups']
      return local.start([...enter, ...as, ...argv], { signal })
    },
  }
}
