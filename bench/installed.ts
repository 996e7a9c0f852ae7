/** postflight as a user has it: in a directory of its own, with the manifest of its commands that the package brings along. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'

/** Path of its `run.js`. What was built is linked to, not copied. */
export function install(directory: string): string {
  const bin = path.join(directory, 'bin/run.js')
  mkdirSync(path.dirname(bin), { recursive: true })
  for (const file of ['bin/run.js', 'package.json']) copyFileSync(file, path.join(directory, file))
  for (const name of ['dist', 'checks', 'node_modules']) symlinkSync(path.resolve(name), path.join(directory, name))
  execFileSync(path.resolve('node_modules/.bin/oclif'), ['manifest', '.'], { cwd: directory, stdio: 'ignore' })
  return bin
}
