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
    start: async (argv, { signal, user }) =>
      startProcess(argv, {
        signal,
        env,
        ...(user === undefined ? {} : await switchTo(user)),
        onMissing: (program) => new VantageError(`${program} is not installed here`),
      }),
    dial: dialSocket,
    outside: async () => undefined,
    close: async () => undefined,
  }
}

async function switchTo(user: string): Promise<{ readonly uid?: number; readonly gid?: number }> {
  const account = await accountOf(user)
  const own = process.getuid?.()
  if (own === account.uid) return {}
  if (own !== 0)
    throw new VantageError(`only root can look as ${user}`, { hint: `run postflight as ${user} or as root` })
  return account
}
