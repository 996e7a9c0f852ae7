/** The local vantage behind mounts that nobody else sees: every look runs the set-up in a mount namespace of its own. */
import { createLocalVantage } from '../../src/vantage/local.js'
import type { Vantage } from '../../src/vantage/vantage.js'

/** `setUp` is shell; what it starts with ends with the look. */
export function namespaced(setUp: string): Vantage {
  const local = createLocalVantage({ env: process.env })
  const wrap = ['unshare', '--mount', '--propagation', 'private', 'sh', '-c', `set -e\n${setUp}\nexec "$@"`, 'sh']
  return { ...local, start: (argv, options) => local.start([...wrap, ...argv], options) }
}
