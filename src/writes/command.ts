/**
 * Runs what a check file names, at a vantage, as an argv list. No shell ever sees its words: ours only takes the
 * environment from its input, where no list of processes shows it, and then becomes the program.
 */
import { randomBytes } from 'node:crypto'
import type { Readable } from 'node:stream'
import { CheckError } from '../lib/errors.js'
import type { Vantage } from '../vantage/vantage.js'
import { type Allowed, assertAllowed } from './allowed.js'

export interface Command {
  readonly argv: readonly string[]
  readonly cwd?: string | undefined
  readonly env: Readonly<Record<string, string>>
  readonly input: string
  readonly user?: string | undefined
}

export interface Captured {
  /** Undefined where more was printed than is kept. */
  readonly bytes?: Buffer | undefined
  readonly size: number
}

export interface Ended {
  readonly exit: number
  readonly stdout: Captured
  readonly stderr: Captured
  /** Milliseconds from its start to its end. */
  readonly duration: number
}

/** Of each of its two outputs. What is beyond is read and let go, so that the program is not held up. */
export const KEPT_BYTES = 1024 * 1024

/**
 * `$1` word of the marks, `$2` directory or empty, `$3` number of variables, their names, then the program. Of each
 * variable its input says how many lines it has, and the lines. What it says before `started` is the shell's own; the
 * trap, and in bash execfail, tell a program that could not be started from one that ended with 127.
 */
const SCRIPT = `
_pf_word=$1; _pf_dir=$2; _pf_names=$3; shift 3
trap 'printf "%s failed\\n" "$_pf_word" >&2' EXIT
while [ "$_pf_names" -gt 0 ]; do
  IFS= read -r _pf_lines || exit 125
  IFS= read -r _pf_value || exit 125
  while [ "$_pf_lines" -gt 1 ]; do
    IFS= read -r _pf_line || exit 125
    _pf_value="$_pf_value
$_pf_line"
    _pf_lines=$((_pf_lines - 1))
  done
  export "$1=$_pf_value" || exit 125
  shift
  _pf_names=$((_pf_names - 1))
done
if [ -n "$_pf_dir" ]; then cd -- "$_pf_dir" || exit 125; fi
command shopt -s execfail 2>/dev/null
printf '%s started\\n' "$_pf_word" >&2
exec "$@"
exit`

/** Anything but an end of its own is a CheckError: not started, ended by a signal. With the signal it is ended. */
export async function runCommand(
  command: Command,
  { vantage, allowed, signal }: { readonly vantage: Vantage; readonly allowed: Allowed; readonly signal: AbortSignal },
): Promise<Ended> {
  const [program = ''] = command.argv
  assertAllowed(allowed, 'commands', `running ${program}`)
  const word = `postflight-${randomBytes(12).toString('hex')}`
  const variables = Object.entries(command.env)
  const words = [word, command.cwd ?? '', String(variables.length), ...variables.map(([name]) => name), ...command.argv]
  const user = command.user === undefined ? {} : { user: command.user }
  const running = await vantage.start(['sh', '-c', SCRIPT, 'sh', ...words], { signal, ...user })
  // A program that does not read its input to the end is no fault.
  running.stdin.on('error', () => {})
  running.stdin.end(
    `${variables.map(([, value]) => `${value.split('\n').length}\n${value}\n`).join('')}${command.input}`,
  )
  const stdout = capture(running.stdout)
  const stderr = capture(running.stderr)
  let began = performance.now()
  running.stderr.once('data', () => {
    began = performance.now()
  })
  const code = await running.ended
  const duration = performance.now() - began
  const said = stderr()
  const start = Buffer.from(`${word} started\n`)
  if (said.head.indexOf(start) !== 0 || said.tail.toString('latin1').endsWith(`${word} failed\n`)) {
    throw notStarted(vantage, program, said.head, word)
  }
  if (typeof code === 'string') {
    throw new CheckError(`${vantage.label}: ${program} was ended by ${code}`, {
      hint: code === 'SIGKILL' ? 'memory may have run out: see the log of the kernel' : undefined,
    })
  }
  return { exit: code, stdout: captured(stdout()), stderr: captured(said, start.length), duration }
}

interface Heard {
  readonly head: Buffer
  readonly tail: Buffer
  readonly size: number
}

const TAIL = 256

/** Listens at once; what it returns tells what was heard so far. */
function capture(stream: Readable): () => Heard {
  const chunks: Buffer[] = []
  let tail = Buffer.alloc(0)
  let kept = 0
  let size = 0
  stream.on('error', () => {})
  stream.on('data', (chunk: Buffer) => {
    size += chunk.length
    tail = Buffer.concat([tail, chunk.subarray(-TAIL)]).subarray(-TAIL)
    const wanted = chunk.subarray(0, Math.max(0, KEPT_BYTES + TAIL - kept))
    if (wanted.length > 0) chunks.push(wanted)
    kept += wanted.length
  })
  return () => ({ head: Buffer.concat(chunks), tail, size })
}

function captured({ head, size }: Heard, skip = 0): Captured {
  const own = size - skip
  return { size: own, ...(own > KEPT_BYTES ? {} : { bytes: head.subarray(skip) }) }
}

function notStarted(vantage: Vantage, program: string, said: Buffer, word: string): CheckError {
  const lines = said
    .toString('utf8')
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith(word))
  // dash, bash and busybox begin with their own name and line.
  const reason =
    lines.at(-1)?.replace(/^\S*sh: (?:line )?(?:\d+: )?(?:exec: |line \d+: |can't )*/, '') ?? 'the shell said nothing'
  const short = reason.startsWith(`${program}: `) ? reason.slice(program.length + 2) : reason
  return new CheckError(`${vantage.label}: ${program} could not be started: ${short}`, {
    hint: 'see to the path of the program, its right to be executed, and `cwd`',
  })
}
