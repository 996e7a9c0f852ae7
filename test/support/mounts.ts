import { spawnSync } from 'node:child_process'

/** Whether this process may make mounts, in a namespace of their own: root, and not in a container that forbids it. */
export function mountsAllowed(): boolean {
  if (process.getuid?.() !== 0) return false
  return spawnSync('unshare', ['--mount', '--propagation', 'private', 'true']).status === 0
}
