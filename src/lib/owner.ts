/** Who holds a lock, and whether that process still runs. */
import { readFile, readlink } from 'node:fs/promises'
import { hostname } from 'node:os'

export interface Owner {
  readonly pid: number
  /** When it started, in the kernel's own count; undefined where the kernel does not tell. */
  readonly start?: string | undefined
  /** The boot and the process namespace that `pid` means something in. */
  readonly where: string
  readonly host: string
  readonly since: string
}

export async function thisProcess(now: Date): Promise<Owner> {
  const [boot, namespace, start] = await Promise.all([
    readFile('/proc/sys/kernel/random/boot_id', 'utf8').catch(() => hostname()),
    readlink('/proc/self/ns/pid').catch(() => ''),
    startOf(process.pid),
  ])
  const where = `${boot.trim()} ${namespace}`.trim()
  return { pid: process.pid, start, where, host: hostname(), since: now.toISOString() }
}

/** Undefined: it cannot be told from here. */
export async function isRunning(owner: Owner, here: Owner): Promise<boolean | undefined> {
  if (owner.where !== here.where) return undefined
  try {
    process.kill(owner.pid, 0)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
  }
  const start = await startOf(owner.pid)
  return start === undefined || owner.start === undefined || start === owner.start
}

/** Field 22 of `stat`, counted behind the name, which may hold anything. A process that only waits to be reaped is over. */
async function startOf(pid: number): Promise<string | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'latin1').catch(() => '')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return fields[0] === 'Z' ? 'over' : fields[19]
}
