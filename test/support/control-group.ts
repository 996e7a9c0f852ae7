/** The local vantage inside a control group made for it: a real limit around every look. */
import { execFileSync, spawnSync } from 'node:child_process'
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'

export interface Limited {
  readonly vantage: Vantage
  readonly remove: () => void
}

const LIMITS = {
  memory: ['memory.limit_in_bytes', 'memory.max'],
  pids: ['pids.max', 'pids.max'],
} as const

/** Whether groups with this controller may be made here: root, and the hierarchy is writable. */
export function groupsAllowed(controller: keyof typeof LIMITS): boolean {
  const at = parent(controller)
  if (process.getuid?.() !== 0 || at === undefined) return false
  const probe = `${at}/postflight-probe-${process.pid}`
  const made = spawnSync('sh', [
    '-c',
    'mkdir "$1" && test -e "$1/$2"; ok=$?; rmdir "$1"; exit $ok',
    'sh',
    probe,
    file(controller),
  ])
  return made.status === 0
}

export function limited(controller: keyof typeof LIMITS, limit: number): Limited {
  const at = `${parent(controller)}/postflight-${controller}-${process.pid}`
  execFileSync('sh', ['-c', 'mkdir "$1" && echo "$3" > "$1/$2"', 'sh', at, file(controller), String(limit)])
  const local = createLocalVantage({ env: process.env })
  const enter = ['sh', '-c', 'echo $$ > "$1/cgroup.procs" && shift && exec "$@"', 'sh', at]
  return {
    vantage: { ...local, start: (argv, options) => local.start([...enter, ...argv], options) },
    remove: () => execFileSync('rmdir', [at]),
  }
}

/** Version 1 has a hierarchy for each controller. */
function parent(controller: keyof typeof LIMITS): string | undefined {
  return [`/sys/fs/cgroup/${controller}`, '/sys/fs/cgroup'].find(
    (at) => spawnSync('test', ['-e', `${at}/cgroup.procs`]).status === 0,
  )
}

function file(controller: keyof typeof LIMITS): string {
  return LIMITS[controller][parent(controller) === '/sys/fs/cgroup' ? 1 : 0]
}
