/**
 * Where the limits of a control group stand, read from what the kernel says of the process that looks. Pure. Both
 * versions, also side by side, and whether or not the container has a cgroup namespace of its own.
 */

export interface Cgroup {
  readonly version: 1 | 2
  /** Its directory and those of the groups around it, as far as they can be seen; a limit of any of them holds. */
  readonly directories: readonly string[]
}

/** `mounts` is /proc/self/mountinfo of whoever looks, `groups` is /proc/<pid>/cgroup of whom it is about. */
export function cgroupOf(mounts: string, groups: string, controller: 'memory' | 'pids'): Cgroup | undefined {
  for (const version of [1, 2] as const) {
    const group = groupPath(groups, version, controller)
    const mount = mountOf(mounts, version, controller)
    if (group !== undefined && mount !== undefined) return { version, directories: directories(mount, group) }
  }
  return undefined
}

function groupPath(groups: string, version: 1 | 2, controller: string): string | undefined {
  for (const line of groups.split('\n')) {
    const [id, controllers = '', ...path] = line.split(':')
    const found = version === 2 ? id === '0' && controllers === '' : controllers.split(',').includes(controller)
    if (found) return path.join(':')
  }
  return undefined
}

interface Mount {
  readonly root: string
  readonly at: string
}

/** The last of those mounted: it lies over the others. */
function mountOf(mounts: string, version: 1 | 2, controller: string): Mount | undefined {
  let last: Mount | undefined
  for (const line of mounts.split('\n')) {
    const [mount = '', filesystem = ''] = line.split(' - ')
    const [, , , root = '', at = ''] = mount.split(' ')
    const [type, , options = ''] = filesystem.split(' ')
    const found = version === 2 ? type === 'cgroup2' : type === 'cgroup' && options.split(',').includes(controller)
    if (found) last = { root: unescaped(root), at: unescaped(at) }
  }
  return last
}

function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)))
}

/** A group outside of what is mounted (`/../x`, or another root) shows as what is mounted: that is the container's. */
function directories({ root, at }: Mount, group: string): readonly string[] {
  const base = root === '/' ? '' : root
  const inside = group.startsWith(`${base}/`) && !group.split('/').includes('..') ? group.slice(base.length) : ''
  const steps = inside.split('/').filter((step) => step !== '')
  return steps.map((_, index) => `${at}/${steps.slice(0, steps.length - index).join('/')}`).concat(at)
}
