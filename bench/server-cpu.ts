/** CPU that a PostgreSQL server's ended backends have used, in seconds: its share of the work, which no client's figure shows. */
import { readFileSync } from 'node:fs'
import path from 'node:path'

const TICKS_PER_SECOND = 100

export function backendsCpu(dataDir: string): number {
  const pid = readFileSync(path.join(dataDir, 'postmaster.pid'), 'utf8').split('\n', 1)[0]
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  // After the name, which may hold blanks: cutime and cstime are the 14th and 15th from there.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND
}
