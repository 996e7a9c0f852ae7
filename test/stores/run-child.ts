import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ChildAnswer, ChildRequest } from './look-in-child.js'

const CHILD = fileURLToPath(new URL('look-in-child.ts', import.meta.url))

/** `before`: shell text run first, in a mount namespace of its own (as root only). */
export async function lookInChild(request: ChildRequest, before?: string): Promise<ChildAnswer> {
  const node = [process.execPath, '--import', 'tsx', CHILD, JSON.stringify(request)]
  const command =
    before === undefined
      ? node
      : ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${before}\nexec "$@"`, 'sh', ...node]
  const { stdout } = await promisify(execFile)(command[0] ?? '', command.slice(1))
  return JSON.parse(stdout) as ChildAnswer
}
