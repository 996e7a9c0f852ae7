/**
 * Runs a command and measures what it cost: wall time, and the peak memory of it and all its descendants.
 * VmHWM only grows while a process lives, so the last reading before it ends is within one poll of the true peak.
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Cost {
  readonly code: number | null
  readonly seconds: number
  /** MiB: the sum over all processes of each one's own peak. */
  readonly peak: number
  readonly processes: number
  readonly stdout: string
}

export function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = process.env): Promise<Cost> {
  const began = process.hrtime.bigint()
  const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'inherit'] })
  const peaks = new Map<number, number>()
  const poll = setInterval(() => {
    for (const pid of descendants(child.pid)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, highWater(pid)))
  }, 20)
  let stdout = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout = (stdout + text).slice(-65_536)
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', (code) => {
      clearInterval(poll)
      const peak = [...peaks.values()].reduce((sum, kib) => sum + kib, 0) / 1024
      resolve({
        code,
        seconds: Number(process.hrtime.bigint() - began) / 1e9,
        peak,
        processes: peaks.size,
        stdout,
      })
    })
  })
}

function highWater(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0 // it ended between the listing and the look
  }
}

function descendants(root: number | undefined): number[] {
  if (root === undefined) return []
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // it ended between the listing and the look
    }
  }
  const found = [root]
  for (const pid of found) for (const [child, parent] of parents) if (parent === pid) found.push(child)
  return found
}
