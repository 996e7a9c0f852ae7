import { spawnSync } from 'node:child_process'

/** Whether a program can be started here. */
export function installed(...programs: readonly string[]): boolean {
  return programs.every((program) => spawnSync(program, ['--version'], { stdio: 'ignore' }).status === 0)
}
