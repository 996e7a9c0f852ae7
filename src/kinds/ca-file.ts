/** Reads the authorities a check file trusts besides the usual ones. */
import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { CheckError } from '../lib/errors.js'
import type { Check } from './kind.js'

/** `path`: of the field that names the file. */
export async function readCa(
  check: Pick<Check, 'place'>,
  ca: string | undefined,
  path: readonly string[],
): Promise<string | undefined> {
  if (ca === undefined) return undefined
  try {
    return await readFile(resolve(dirname(check.place.file), ca), 'utf8')
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown error'
    throw new CheckError(`the file of \`ca\` cannot be read: ${ca} (${code})`, { cause, at: { path } })
  }
}
