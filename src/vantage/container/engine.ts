/** The user's own docker or podman, asked one thing at a time. */
import { lastLine } from '../last-line.js'
import { startProcess } from '../process.js'
import { run } from '../run.js'
import { VantageError } from '../vantage.js'

export interface Engine {
  readonly name: 'docker' | 'podman'
  /** The program and what chooses its context, before any command. */
  readonly words: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
}

export interface EngineChoice {
  readonly engine?: 'docker' | 'podman' | undefined
  readonly context?: string | undefined
}

class NotInstalled extends VantageError {}

/** docker, or podman where there is no docker. */
export async function chooseEngine(
  label: string,
  { engine, context }: EngineChoice,
  env: Engine['env'],
  signal: AbortSignal,
): Promise<Engine> {
  for (const name of engine === undefined ? (['docker', 'podman'] as const) : [engine]) {
    const flag = name === 'docker' ? '--context' : '--connection'
    const chosen: Engine = { name, words: [name, ...(context === undefined ? [] : [flag, context])], env }
    try {
      await ask(label, { ...chosen, words: [name] }, ['--version'], signal)
      return chosen
    } catch (error) {
      if (!(error instanceof NotInstalled)) throw error
    }
  }
  throw new VantageError(`${label}: ${engine ?? 'docker, nor podman,'} is not installed here`, {
    hint: `install ${engine ?? 'one of them'} where postflight runs`,
  })
}

/** What the engine prints, or undefined where it says that there is no such thing. */
export async function ask(
  label: string,
  { words, env }: Engine,
  command: readonly string[],
  signal: AbortSignal,
): Promise<string | undefined> {
  const onMissing = (program: string) => new NotInstalled(`${program} is not installed here`)
  const start = async (argv: readonly string[]) => startProcess(argv, { signal, env, onMissing })
  const { code, stdout, stderr } = await run({ label, start }, [...words, ...command], { signal, limit: MOST })
  if (code === 0) return stdout.toString()
  if (NONE.test(stderr)) return undefined
  throw explainEngine(label, stderr, code)
}

const MOST = 16 * 1024 * 1024
const NONE = /no such (container|object)|no container with name or id/i

interface Reason {
  readonly said: RegExp
  readonly message: string
  readonly hint: string
}

const REASONS: readonly Reason[] = [
  {
    said: /permission denied while trying to connect|docker\.sock: connect: permission denied/i,
    message: 'no permission to ask the engine',
    hint: 'run postflight as root or as a member of the group docker, or use podman of this user',
  },
  {
    said: /cannot connect to the docker daemon|error during connect|is the docker daemon running|unable to connect to podman|no such host/i,
    message: 'the engine does not answer',
    hint: 'start it, or name the right one: context, DOCKER_HOST',
  },
  {
    said: /context .* not found|connection .* not found|no such connection/i,
    message: 'the engine knows no such context',
    hint: 'docker context ls, or podman system connection list, shows those there are',
  },
  { said: NONE, message: 'the container is gone', hint: 'see whether it was removed or made anew' },
  {
    said: /is not running|is paused|state improper|is restarting/i,
    message: 'the container is not running',
    hint: 'start it; its logs say why it ended',
  },
  {
    said: /unable to find user|no matching entries in (passwd|group)|no such user/i,
    message: 'there is no such user in the container',
    hint: 'write a user of its /etc/passwd, or uid:gid in numbers',
  },
  {
    said: /no space left|input\/output error/i,
    message: 'the engine cannot start anything in the container: its disk is full or broken',
    hint: 'see to the disk of the engine',
  },
]

const NO_SHELL = /executable file not found|no such file or directory|exec format error|not found in \$PATH/i

export function explainEngine(label: string, said: string, code: number | NodeJS.Signals): VantageError {
  const found = REASONS.find((reason) => reason.said.test(said))
  if (found !== undefined) return new VantageError(`${label}: ${found.message}`, { hint: found.hint })
  const line = lastLine(said)
  if (line !== '') return new VantageError(`${label}: ${line}`)
  // 137: killed, as everything in a container is when it stops.
  return new VantageError(`${label}: cut off (exit code ${code}): the container was stopped, or killed it`, {
    hint: 'see whether it runs, and whether it ran out of memory',
  })
}

/** Whether the words are about there being no `sh` in the image. */
export function saysNoShell(said: string): boolean {
  return NO_SHELL.test(said) && !REASONS.some((reason) => reason.said.test(said))
}
