/** The limits of control groups at a vantage: those of the group it lies in and of all around it. */
import type { Vantage } from '../vantage/vantage.js'
import { type Cgroup, cgroupOf } from './cgroup.js'
import { readSmallFiles } from './small-files.js'
import type { Supply } from './supply.js'

const FILES = {
  memory: {
    1: ['memory.limit_in_bytes', 'memory.usage_in_bytes', 'memory.stat'],
    2: ['memory.max', 'memory.current', 'memory.stat'],
  },
  pids: { 1: ['pids.max', 'pids.current'], 2: ['pids.max', 'pids.current'] },
} as const

/** Only limits that are set. Without control groups, or without a right to see them, there are none. */
export async function cgroupLimits(
  vantage: Vantage,
  controller: 'memory' | 'pids',
  options: { readonly signal: AbortSignal },
): Promise<readonly Supply[]> {
  const self = await vantage.self(options)
  const [mounts = '', groups = ''] = await readSmallFiles(vantage, ['/proc/self/mountinfo', `${self}/cgroup`], options)
  const group = cgroupOf(mounts, groups, controller)
  if (group === undefined) return []
  const names = FILES[controller][group.version]
  const texts = await readSmallFiles(
    vantage,
    group.directories.flatMap((directory) => names.map((name) => `${directory}/${name}`)),
    options,
  )
  return group.directories.flatMap((_, index) => {
    const [limit, used, stat] = texts.slice(index * names.length, (index + 1) * names.length)
    return limitOf(group, controller, limit, used, stat)
  })
}

/** What counts as no limit in version 1: the largest number of pages a counter holds. */
const UNLIMITED = 2 ** 62

function limitOf(
  { version }: Cgroup,
  controller: 'memory' | 'pids',
  limit: string | undefined,
  used: string | undefined,
  stat = '',
): readonly Supply[] {
  if (limit === undefined || used === undefined || !/^\d+$/.test(limit) || !/^\d+$/.test(used)) return []
  const total = Number(limit)
  if (total >= UNLIMITED) return []
  // Pages of files that nobody touched lately are given back before anybody is killed: `docker stats` leaves them out too.
  const cached = controller === 'pids' ? 0 : inactiveFile(version, stat)
  const what = controller === 'pids' ? 'process' : controller
  return [
    { used: Math.max(0, Number(used) - cached), total, limit: `the ${what} limit of its control group (v${version})` },
  ]
}

function inactiveFile(version: 1 | 2, stat: string): number {
  const name = version === 1 ? 'total_inactive_file' : 'inactive_file'
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(stat)?.[1] ?? 0)
}
