/** Starts a module of ours in a thread or in a process of its own. `module`: `new URL('./name.js', import.meta.url)`. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'
import { Worker, type WorkerOptions } from 'node:worker_threads'

export function startThread(module: URL, options: Omit<WorkerOptions, 'eval' | 'execArgv'>): Worker {
  if (!isSource()) return new Worker(module, { ...options, execArgv: [] })
  const load = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(source(module))}) })`
  return new Worker(load, { ...options, eval: true, execArgv: [] })
}

/** Speaks by messages alone, has no part in our terminal, and is not waited for when we end. */
export function startProcess(module: URL, env: NodeJS.ProcessEnv): ChildProcess {
  const file = fileURLToPath(isSource() ? source(module) : module)
  const loader = isSource() ? ['--import', createRequire(import.meta.url).resolve('tsx')] : []
  return spawn(process.execPath, [...loader, file], {
    cwd: '/',
    env,
    detached: true,
    stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
    serialization: 'advanced',
  })
}

/** In a checkout our modules are TypeScript, and no thread or process inherits the loader for it. */
function isSource(): boolean {
  return import.meta.url.endsWith('.ts')
}

function source(module: URL): string {
  return module.href.replace(/\.js$/, '.ts')
}
