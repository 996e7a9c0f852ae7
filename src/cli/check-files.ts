import { access } from 'node:fs/promises'
import { join, relative } from 'node:path'
import { glob } from 'tinyglobby'
import { UsageError } from '../lib/errors.js'

/** The check files of a command line: those named, else ./postflight.yaml, else ./checks/*.yaml. */
export async function findCheckFiles(named: readonly string[], cwd: string): Promise<readonly string[]> {
  if (named.length > 0) return named
  for (const name of ['postflight.yaml', 'postflight.yml']) if (await exists(join(cwd, name))) return [name]
  const found = await glob('checks/*.{yaml,yml}', { cwd, absolute: true, dot: false })
  if (found.length > 0) return found.map((path) => relative(cwd, path)).sort()
  throw new UsageError('there is no check file here: no postflight.yaml and no checks/*.yaml', {
    suggestions: [
      'name one: postflight verify path/to/checks.yaml',
      'what a check file looks like: docs/check-files.md',
    ],
  })
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}
