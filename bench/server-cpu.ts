/** CPU that a PostgreSQL server's ended backends have used, in seconds: its share of the work, which no client's figure shows. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'

const TICKS_PER_SECOND = 100

export function backendsCpu(dataDir: string): number {
  const pid = postmasterOf(dataDir)
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may hold blanks: cutime and cstime are the 14th and 15th from there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}

/** The same, once the backends of clients that have gone have ended as well, which they do in their own time. */
export async function endedBackendsCpu(dataDir: string): Promise<number> {
  const pid = postmasterOf(dataDir)
  for (;;) {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
    if (!children.some(servesClient)) return backendsCpu(dataDir)
    await setTimeout(5)
  }
}

function postmasterOf(dataDir: string): string | undefined {
  return readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]
}

/** By the title a backend gives itself: `postgres: postgres bench 127.0.0.1(50000) idle`. One that is not yet counted has none. */
function servesClient(pid: string): boolean {
  try {
    return /^$|\d\(\d+\)|parallel worker/.test(readFileSync(`/proc/${pid}/cmdline`, 'latin1'))
  } catch {
    return false
  }
}
