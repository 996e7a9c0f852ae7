/**
 * Runs a command and measures what it costs. Time and memory are taken in runs of their own, so that looking at the
 * memory of its processes burdens no run whose time counts.
 *
 * Time comes from bash's `time`, which asks the kernel for what all ended descendants used, to the millisecond. Memory is
 * VmHWM: it only grows while a process lives, so the last look before the end is within one poll of the true peak.
 * (ru_maxrss would be exact, but what a process has after fork and before exec counts there: it tells of its parent.)
 */
import { spawn } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

export interface Command {
  readonly program: string
  readonly args: readonly string[]
  readonly env: NodeJS.ProcessEnv
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
}

export interface Timed extends Ended {
  readonly wall: number
  readonly cpu: number
}

export interface Peaked extends Ended {
  /** MiB: the sum over all processes of each one's own peak. */
  readonly peak: number
  readonly processes: number
}

const TIMED = `TIMEFORMAT='%3R %3U %3S'; { time "$@" 2>&4 4>&- 3>&-; } 4>&2 2>&3`
const POLL_MS = 15

export async function timed(command: Command, signal: AbortSignal): Promise<Timed> {
  const { program, args, env } = command
  const child = spawn('bash', ['-c', TIMED, 'bash', program, ...args], {
    env,
    signal,
    stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
  })
  const [stdout, times] = [textOf(child.stdio[1]), textOf(child.stdio[3])]
  const code = await ended(child)
  const [wall = Number.NaN, user = Number.NaN, system = Number.NaN] = times().trim().split(' ').map(Number)
  return { code, stdout: stdout(), wall, cpu: user + system }
}

export async function peaked({ program, args, env }: Command, signal: AbortSignal): Promise<Peaked> {
  const child = spawn(program, args, { env, signal, stdio: ['ignore', 'pipe', 'inherit'] })
  const stdout = textOf(child.stdout)
  const peaks = new Map<number, number>()
  const poll = setInterval(() => {
    for (const pid of withDescendants(child.pid)) peaks.set(pid, Math.max(peaks.get(pid) ?? 0, highWater(pid)))
  }, POLL_MS)
  try {
    const code = await ended(child)
    const peak = [...peaks.values()].reduce((sum, kib) => sum + kib, 0) / 1024
    return { code, stdout: stdout(), peak, processes: peaks.size }
  } finally {
    clearInterval(poll)
  }
}

function ended(child: ReturnType<typeof spawn>): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', resolve)
  })
}

function textOf(stream: unknown): () => string {
  let text = ''
  if (stream !== null && typeof stream === 'object' && 'on' in stream && typeof stream.on === 'function')
    stream.on('data', (chunk: Buffer) => {
      text = (text + chunk.toString()).slice(-65_536)
    })
  return () => text
}

function highWater(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readIfThere(`/proc/${pid}/status`))?.[1] ?? 0)
}

function withDescendants(root: number | undefined): number[] {
  const found = root === undefined ? [] : [root]
  for (const pid of found)
    for (const task of tasksOf(pid))
      for (const child of readIfThere(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean))
        found.push(Number(child))
  return found
}

function tasksOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return [] // it ended between the listing and the look
  }
}

function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
