import { spawnSync } from 'node:child_process'

/** Whether a shell can be started here: `sh`, `bash`, `busybox sh`. */
export function shellStarts(shell: string): boolean {
  const [program = '', ...words] = shell.split(' ')
  return spawnSync(program, [...words, '-c', 'true'], { stdio: 'ignore' }).status === 0
}

/** Whether a program can be started here. */
export function installed(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0)
}
