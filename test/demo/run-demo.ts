/** Spawns the demo as npm does, with a temporary folder of its own, so that anything left behind is seen. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PROJECT } from '../../fixtures/shop/run-verify.js'

export interface Demo {
  readonly pid: number
  /** Everything said so far, on both streams. */
  readonly said: () => string
  /** Resolves when the text has been said; rejects when the demo ends before. */
  readonly says: (text: string) => Promise<void>
  /** As a terminal does it: to the whole process group. */
  readonly interrupt: () => void
  readonly ended: Promise<number | null>
  /** Files and processes that are still there. Looked at after the end. */
  readonly leftovers: () => readonly string[]
  readonly remove: () => void
}

export function runDemo(args: readonly string[]): Demo {
  const folder = mkdtempSync(join(tmpdir(), 'postflight-demo-test-'))
  // Root's servers run as somebody else, who must get in.
  chmodSync(folder, 0o755)
  const child = spawn(process.execPath, ['--import', 'tsx', 'fixtures/shop/demo.ts', ...args], {
    cwd: PROJECT,
    env: { ...process.env, TMPDIR: folder },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const text = collect(child)
  const ended = once(child, 'close').then(([code]) => code as number | null)
  const pid = child.pid ?? 0
  return {
    pid,
    said: text,
    says: async (wanted) => {
      const heard = new Promise<true>((resolve) => {
        const look = () => (text().includes(wanted) ? resolve(true) : undefined)
        child.stdout.on('data', look)
        look()
      })
      if ((await Promise.race([heard, ended])) !== true) throw new Error(`the demo never said "${wanted}":\n${text()}`)
    },
    interrupt: () => process.kill(-pid, 'SIGINT'),
    ended,
    leftovers: () => [
      // tsx keeps its cache of compiled files there.
      ...readdirSync(folder).filter((name) => !name.startsWith('tsx-') && name !== 'node-compile-cache'),
      ...execFileSync('ps', ['-axo', 'args'], { encoding: 'utf8' })
        .split('\n')
        .filter((line) => line.includes(folder)),
    ],
    remove: () => {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
      rmSync(folder, { recursive: true, force: true })
    },
  }
}

function collect(child: ChildProcess): () => string {
  let text = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (chunk: string) => {
      text += chunk
    })
  }
  return () => text
}
