/**
 * Into a container whose image has no shell: this machine's static busybox, run in the container's namespaces. It is
 * opened through a working directory that outlives the change of root, so nothing is copied, and everything it sees,
 * links included, is the container's own: no path can lead out to this machine.
 */
import { access, readFile } from 'node:fs/promises'
import { delimiter, dirname, join } from 'node:path'
import type { Door } from '../door.js'
import { lastLine } from '../last-line.js'
import { startProcess } from '../process.js'
import { run } from '../run.js'
import { VantageError } from '../vantage.js'
import type { Inspected } from './inspected.js'

type Env = Readonly<Record<string, string | undefined>>

export async function namespacesClient(
  label: string,
  container: Inspected,
  env: Env,
  signal: AbortSignal,
): Promise<Door['client']> {
  const none = (why: string, hint: string) =>
    new VantageError(`${label}: there is no shell (sh) in the container, and ${why}`, { hint })
  if (process.getuid?.() !== 0) {
    throw none('only root can look through its namespaces', 'run postflight as root, or add busybox to the image')
  }
  if (!(await isHere(container))) {
    throw none('it does not run on this machine', 'run postflight where the engine runs, or add busybox to the image')
  }
  const [nsenter, busybox] = [await programOf('nsenter', env), await programOf('busybox', env)]
  if (nsenter === undefined || busybox === undefined) {
    throw none(
      `${nsenter === undefined ? 'nsenter' : 'busybox'} is not installed here`,
      'install util-linux and busybox-static where postflight runs',
    )
  }
  const inside = { PATH: DEFAULT_PATH, ...Object.fromEntries(container.env.map(variable)) }
  const client = (argv: readonly string[], ids: readonly string[] = []) => ({
    argv: [
      nsenter,
      ...['--target', String(container.pid), '--mount', '--net', '--pid', '--ipc', '--uts'],
      ...ids,
      `--wd=${dirname(busybox)}`,
      ...['--', './busybox', ...argv],
    ],
    env: inside,
  })
  const tell = async (argv: readonly string[], signal: AbortSignal) => {
    const start = async (words: readonly string[]) =>
      startProcess(words, { signal, env: inside, onMissing: () => none('nsenter is gone', 'install util-linux') })
    return run({ label, start }, client(argv).argv, { signal })
  }
  const tried = await tell(['true'], signal)
  if (tried.code !== 0) {
    throw none(
      `its namespaces cannot be entered: ${lastLine(tried.stderr)}`,
      'install busybox-static where postflight runs',
    )
  }
  const idsOf = async (user: string, signal: AbortSignal): Promise<readonly string[]> => {
    const [name = '', group] = user.split(':')
    const { code, stdout } = await tell(['sh', '-c', IDS, 'sh', name, group ?? ''], signal)
    const [uid, gid] = stdout.toString().trim().split(' ')
    if (code !== 0 || uid === undefined || gid === undefined) {
      throw new VantageError(`${label}: there is no user "${user}" in the container`, {
        hint: 'write a user of its /etc/passwd, or uid:gid in numbers',
      })
    }
    return ['--setuid', uid, '--setgid', gid]
  }
  const known = new Map<string, readonly string[]>()
  return async (argv, { user = container.user, signal: asking }) => {
    const ids = known.get(user) ?? (await idsOf(user, asking))
    known.set(user, ids)
    return client(argv, ids)
  }
}

const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** `$1` name or uid, or empty for root; `$2` gid or empty. */
const IDS = `
u=\${1:-0}; g=$2
case $u in *[!0-9]*) g=\${g:-$(id -g "$u")} && u=$(id -u "$u") || exit 1 ;; esac
case $g in *[!0-9]*) exit 1 ;; esac
if [ -z "$g" ]; then g=0; while IFS=: read -r _ _ i j _; do [ "$i" = "$u" ] && g=$j && break; done </etc/passwd; fi
echo "$u $g"`

/** A process of another machine may have a number that is in use here, too. */
async function isHere({ id, pid }: Inspected): Promise<boolean> {
  if (pid <= 0) return false
  const groups = await readFile(`/proc/${pid}/cgroup`, 'utf8').catch(() => '')
  return groups.includes(id)
}

async function programOf(name: string, env: Env): Promise<string | undefined> {
  for (const folder of (env['PATH'] ?? '').split(delimiter).filter((one) => one.startsWith('/'))) {
    const path = join(folder, name)
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path
  }
  return undefined
}

function variable(text: string): [string, string] {
  const at = text.indexOf('=')
  return [text.slice(0, at), text.slice(at + 1)]
}
