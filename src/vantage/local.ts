/** Where postflight runs. Everything is looked at in a child process, so that a mount that hangs does not hang us. */
import { accountOf } from './account.js'
import { dialSocket } from './dial-socket.js'
import { startProcess } from './process.js'
import { type Vantage, VantageError } from './vantage.js'

export interface LocalOptions {
  readonly env: Readonly<Record<string, string | undefined>>
}

export function createLocalVantage({ env }: LocalOptions): Vantage {
  return {
    label: 'local',
    method: async () => 'local',
    root: async () => '',
    self: async () => '/proc/self',
    start: async (argv, { signal, user }) => {
      const { words, ...ids } = await switchTo(user)
      const onMissing = (program: string) => new VantageError(`${program} is not installed here`)
      return startProcess([...words, ...argv], { signal, env, ...ids, onMissing })
    },
    dial: dialSocket,
    outside: async () => undefined,
    close: async () => undefined,
  }
}

interface Switch {
  /** Before those of the program. */
  readonly words: readonly string[]
  readonly uid?: number
  readonly gid?: number
}

async function switchTo(user: string | undefined): Promise<Switch> {
  if (user === undefined) return { words: [] }
  const { uid, gid, groups } = await accountOf(user)
  const own = process.getuid?.()
  if (own === uid) return { words: [] }
  if (own !== 0)
    throw new VantageError(`only root can look as ${user}`, { hint: `run postflight as ${user} or as root` })
  // A process started by Node has no group besides its first.
  if (groups.length === 1) return { words: [], uid, gid }
  return { words: ['setpriv', '--reuid', `${uid}`, '--regid', `${gid}`, '--groups', groups.join(',')] }
}
