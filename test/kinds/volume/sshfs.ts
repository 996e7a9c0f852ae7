/**
 * A FUSE mount of a test's own that can be made to hang: sshfs talks to an sftp-server of its own through two pipes, and
 * stopping that one is enough. No network is needed.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { mountsAllowed } from '../../support/mounts.js'
import { type Namespace, plant } from './namespace.js'

const SFTP_SERVER = ['/usr/lib/openssh/sftp-server', '/usr/lib/ssh/sftp-server', '/usr/libexec/sftp-server'].find(
  existsSync,
)

export const SSHFS_NEEDS = 'sshfs, sftp-server and right to mount'

export function sshfsAllowed(): boolean {
  if (!mountsAllowed() || SFTP_SERVER === undefined || !existsSync('/dev/fuse')) return false
  return spawnSync('sshfs', ['--version']).status === 0
}

const MOUNT = `
  mkdir remote v; echo hello > remote/file; mkfifo to from
  ${SFTP_SERVER} < to > from & echo $! > server.pid
  sshfs -f -o passive,cache=no,attr_timeout=0,entry_timeout=0 ":$PWD/remote" v <> from > to & echo $! > sshfs.pid
  while ! grep -q " $PWD/v " /proc/self/mountinfo; do sleep 0.05; done`

/** The directory `remote` of its own, seen through the mount `v` beside it. */
export interface Served extends Namespace {
  /** From now on nothing is answered. */
  readonly hang: () => void
  readonly answer: () => void
  /** Ends the program that serves it. */
  readonly lose: () => void
}

export async function plantSshfs(): Promise<Served> {
  const at = await plant(MOUNT)
  const send = (program: string, signal: NodeJS.Signals) =>
    process.kill(Number(readFileSync(join(at.directory, `${program}.pid`), 'utf8')), signal)
  return {
    ...at,
    hang: () => send('server', 'SIGSTOP'),
    answer: () => send('server', 'SIGCONT'),
    lose: () => send('sshfs', 'SIGKILL'),
    stop: async () => {
      for (const program of ['server', 'sshfs']) {
        try {
          send(program, 'SIGKILL')
        } catch {
          // The test has ended it already.
        }
      }
      await at.stop()
    },
  }
}
