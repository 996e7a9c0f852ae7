/** Starts programs that only wait, as workers to look at, and ends them. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

export interface Children {
  /** A node with these arguments, and nothing but `env` in its environment. Resolves when it is up. */
  readonly start: (args: readonly string[], env?: Record<string, string>, uid?: number) => Promise<ChildProcess>
  readonly stop: () => Promise<void>
}

export function children(): Children {
  const started: ChildProcess[] = []
  return {
    start: async (args, env = {}, uid) => {
      const child = spawn(
        process.execPath,
        ['-e', 'process.stdout.write("up"); setInterval(() => {}, 1000)', ...args],
        {
          env,
          cwd: '/',
          stdio: ['ignore', 'pipe', 'ignore'],
          ...(uid === undefined ? {} : { uid, gid: uid }),
        },
      )
      started.push(child)
      await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
      return child
    },
    stop: async () => {
      await Promise.all(
        started.map(async (child) => {
          if (child.exitCode !== null || child.signalCode !== null) return
          const gone = once(child, 'exit')
          child.kill('SIGKILL')
          await gone
        }),
      )
    },
  }
}
