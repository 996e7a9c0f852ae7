import { stat } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { UsageError } from '../lib/errors.js'

/**
 * The check files of a command line, as the user would write them: those named, of a directory the `*.yaml` right in
 * it; with none named ./postflight.yaml, else ./checks/*.yaml.
 */
export async function findCheckFiles(named: readonly string[], cwd: string): Promise<readonly string[]> {
  if (named.length > 0) return (await Promise.all(named.map((name) => filesOf(name, cwd)))).flat()
  for (const name of ['postflight.yaml', 'postflight.yml'])
    if ((await kindOf(resolve(cwd, name))) === 'file') return [name]
  const found = await yamlIn('checks', cwd)
  if (found.length > 0) return found
  throw new UsageError('there is no check file here: no postflight.yaml and no checks/*.yaml', {
    suggestions: [
      'name one: postflight verify path/to/checks.yaml',
      'to write one, begin with "A first file" in docs/check-files.md, or with checks/examples',
    ],
  })
}

async function filesOf(name: string, cwd: string): Promise<readonly string[]> {
  if ((await kindOf(resolve(cwd, name))) !== 'directory') return [name]
  const found = await yamlIn(name, cwd)
  if (found.length === 0) throw new UsageError(`${name} is a directory without check files (*.yaml)`)
  return found
}

async function yamlIn(directory: string, cwd: string): Promise<readonly string[]> {
  if ((await kindOf(resolve(cwd, directory))) !== 'directory') return []
  const { glob } = await import('tinyglobby')
  const names = await glob('*.{yaml,yml}', { cwd: resolve(cwd, directory) })
  return names.sort().map((name) => join(directory, name))
}

async function kindOf(path: string): Promise<'file' | 'directory' | undefined> {
  const there = await stat(path).catch(() => undefined)
  return there === undefined ? undefined : there.isDirectory() ? 'directory' : 'file'
}
