/** Starts a program of this machine as a `Process`, and lets go of one that cannot be ended. No shell, no string. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Process } from './vantage.js'

export interface SpawnOptions {
  readonly signal: AbortSignal
  readonly env?: Readonly<Record<string, string | undefined>> | undefined
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  /** What the error should say where the program is not there. */
  readonly onMissing: (program: string) => Error
}

/**
 * The child leads a process group of its own, so that ending it ends what it started. After an abort it is killed and
 * let go of: a child that hangs in a file system call does not die of a signal, and waiting for it would hang us too.
 */
export function startProcess(argv: readonly string[], options: SpawnOptions): Process {
  const [program = '', ...args] = argv
  options.signal.throwIfAborted()
  const child = spawn(program, args, {
    stdio: ['pipe', 'pipe', 'pipe'],
    detached: true,
    ...(options.env === undefined ? {} : { env: options.env }),
    ...(options.uid === undefined ? {} : { uid: options.uid }),
    ...(options.gid === undefined ? {} : { gid: options.gid }),
  })
  const { stdin, stdout, stderr } = child
  let abort = () => {}
  const ended = new Promise<number | NodeJS.Signals>((resolve, reject) => {
    abort = () => {
      letGo(child)
      reject(options.signal.reason)
    }
    options.signal.addEventListener('abort', abort, { once: true })
    child.once('error', (cause: NodeJS.ErrnoException) => {
      // EACCES too: it is what a search ends with that met a directory of PATH one may not enter.
      reject(cause.code === 'ENOENT' || cause.code === 'EACCES' ? options.onMissing(program) : cause)
    })
    child.once('close', (code, signal) => resolve(code ?? signal ?? 'SIGKILL'))
  }).finally(() => options.signal.removeEventListener('abort', abort))
  // Whoever does not wait for the end hears of it through the streams.
  ended.catch(() => undefined)
  return { stdin, stdout, stderr, ended }
}

function letGo(child: ChildProcess): void {
  // Also where it has ended itself: while its output is held open, something it started is still there.
  if (child.pid !== undefined) {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  for (const stream of [child.stdin, child.stdout, child.stderr]) {
    stream?.on('error', () => {})
    stream?.destroy()
  }
  child.unref()
}
