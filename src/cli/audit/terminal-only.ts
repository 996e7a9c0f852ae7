/** Says before anything is opened that there is nobody to sit at the desk, and what to use instead. */
import { UsageError } from '../../lib/errors.js'
import { canRedraw, type Env, type TerminalStream } from '../../lib/text-terminal.js'

export interface Streams {
  readonly env: Env
  readonly stdin: TerminalStream
  readonly stdout: TerminalStream
}

export function refuseNoTerminal({ env, stdin, stdout }: Streams): void {
  const why = whyNot({ env, stdin, stdout })
  if (why === undefined) return
  throw new UsageError(`audit is for a person at a terminal, and ${why}; nothing was opened`, {
    suggestions: [
      'to run the checks without one: postflight verify',
      'to read a recorded run without one: postflight report RUN',
    ],
  })
}

function whyNot({ env, stdin, stdout }: Streams): string | undefined {
  if (stdin.isTTY !== true) return 'standard input is none'
  if (stdout.isTTY !== true) return 'standard output is none'
  if (env['TERM'] === 'dumb') return 'this one cannot be drawn on (TERM=dumb)'
  const build = ['CI', 'CONTINUOUS_INTEGRATION'].find((name) => !canRedraw({ CI: env[name] }, stdout))
  return build === undefined ? undefined : `${build} is set`
}
