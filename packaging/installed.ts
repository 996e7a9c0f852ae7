/** postflight as a user has it: in a directory of its own, in few files, with the manifest that the package brings along. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './bundle.js'

/** Path of its `run.js`. */
export async function install(directory: string): Promise<string> {
  const bin = path.join(directory, 'bin/run.js')
  mkdirSync(path.dirname(bin), { recursive: true })
  for (const file of ['bin/run.js', 'package.json']) copyFileSync(file, path.join(directory, file))
  await bundle(path.join(directory, 'dist'))
  for (const name of ['checks', 'docs', 'node_modules']) symlinkSync(path.resolve(name), path.join(directory, name))
  execFileSync(path.resolve('node_modules/.bin/oclif'), ['manifest', '.'], { cwd: directory, stdio: 'ignore' })
  return bin
}
