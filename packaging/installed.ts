/**
 * postflight as a user has it: in a directory of its own, in few files, with the manifest that the package brings along,
 * compiled as npm has it done after installing.
 */
import { execFileSync } from 'node:child_process'
import { copyFileSync, cpSync, symlinkSync } from 'node:fs'
import path from 'node:path'
import { bundle } from './bundle.js'

/** Path of its `run.js`. */
export async function install(directory: string): Promise<string> {
  const bin = path.join(directory, 'bin/run.js')
  cpSync('bin', path.dirname(bin), { recursive: true })
  copyFileSync('package.json', path.join(directory, 'package.json'))
  await bundle(path.join(directory, 'dist'))
  for (const name of ['checks', 'docs', 'node_modules']) symlinkSync(path.resolve(name), path.join(directory, name))
  execFileSync(path.resolve('node_modules/.bin/oclif'), ['manifest', '.'], { cwd: directory, stdio: 'ignore' })
  execFileSync(process.execPath, [path.join(directory, 'bin/compile.js')])
  return bin
}
