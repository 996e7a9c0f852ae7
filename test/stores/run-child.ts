import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { ChildAnswer, ChildRequest } from './look-in-child.js'

const CHILD = fileURLToPath(new URL('look-in-child.ts', import.meta.url))

/** `before`: shell text run first, in a mount namespace of its own (as root only). */
export async function lookInChild(request: ChildRequest, before?: string): Promise<ChildAnswer> {
  return run(
    before === undefined
      ? []
      : ['unshare', '--mount', '--propagation', 'private', 'sh', '-ec', `${before}\nexec "$@"`, 'sh'],
    request,
  )
}

/** In the mount namespace of another process. Fails where it does not end by itself within so many milliseconds. */
export async function lookInNamespace(pid: number, request: ChildRequest, withinMs: number): Promise<ChildAnswer> {
  return run(['nsenter', '--target', String(pid), '--mount', `--wd=${process.cwd()}`, '--'], request, withinMs)
}

async function run(way: readonly string[], request: ChildRequest, timeout = 0): Promise<ChildAnswer> {
  const node = [process.execPath, '--import', 'tsx', CHILD, JSON.stringify(request)]
  const [program = '', ...args] = [...way, ...node]
  const { stdout } = await promisify(execFile)(program, args, {
    timeout,
    killSignal: 'SIGKILL',
  })
  return JSON.parse(stdout) as ChildAnswer
}
