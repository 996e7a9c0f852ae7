/** Runs one small program at a vantage to its end and returns what it said. For what is large, use `Vantage.start`. */
import { type StartOptions, type Vantage, VantageError } from './vantage.js'

export interface RunOptions extends StartOptions {
  /** Written to its standard input, which is closed behind it. */
  readonly input?: string | Buffer | undefined
  /** Bytes of standard output kept; more is a VantageError. 1 MiB. */
  readonly limit?: number | undefined
}

export interface Ran {
  /** Exit code, or the signal it died of. */
  readonly code: number | NodeJS.Signals
  readonly stdout: Buffer
  /** At most the last 8 KiB. */
  readonly stderr: string
}

const LIMIT = 1024 * 1024
const STDERR_KEPT = 8192

export async function run(
  vantage: Pick<Vantage, 'label' | 'start'>,
  argv: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  const process = await vantage.start(argv, options)
  const chunks: Buffer[] = []
  let size = 0
  let stderr = ''
  const limit = options.limit ?? LIMIT
  const tooMuch = new Promise<never>((_, reject) => {
    process.stdout.on('data', (chunk: Buffer) => {
      size += chunk.length
      if (size <= limit) chunks.push(chunk)
      else {
        reject(new VantageError(`${vantage.label}: ${argv[0]} printed more than ${limit} bytes`))
        process.stdout.destroy()
      }
    })
  })
  process.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT)
  })
  // A program that does not read its input to the end is no fault.
  process.stdin.on('error', () => {})
  process.stdin.end(options.input ?? '')
  const code = await Promise.race([process.ended, tooMuch])
  return { code, stdout: Buffer.concat(chunks), stderr }
}

/** A POSIX shell script of ours, constant text; data goes in as arguments `$1` … and as input, never into the text. */
export function runScript(
  vantage: Pick<Vantage, 'label' | 'start'>,
  script: string,
  args: readonly string[],
  options: RunOptions,
): Promise<Ran> {
  return run(vantage, ['sh', '-c', script, 'sh', ...args], options)
}
