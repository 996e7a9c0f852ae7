/** The environment references read: the process's own, and beneath it what `--env-file` says. */
import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Problems } from './problems.js'

export type Environment = Readonly<Record<string, string | undefined>>

export async function readEnvironment(
  env: Environment,
  envFile: string | undefined,
  cwd: string,
  problems: Problems,
): Promise<Environment> {
  if (envFile === undefined) return env
  try {
    const { parse } = (await import('dotenv')).default
    return { ...parse(await readFile(resolve(cwd, envFile))), ...env }
  } catch (error) {
    problems.error(`cannot read --env-file ${envFile}: ${(error as NodeJS.ErrnoException).code ?? 'unreadable'}`)
    return env
  }
}

const CREDENTIAL = /PASS|PWD|SECRET|TOKEN|KEY|DSN|CREDENTIAL|UR[LI]$/i

/** A variable may be asked for by any name, also by one every object has (`constructor`). */
export function variableOf(env: Environment, name: string): string | undefined {
  return Object.hasOwn(env, name) ? env[name] : undefined
}

/** By its name alone, so that a file means the same wherever it is read. */
export function looksLikeCredential(name: string): boolean {
  return CREDENTIAL.test(name)
}
