/** Inside a running container: with the engine's own exec, or where the image has no shell, through its namespaces. */
import { dialInside } from '../dial-inside.js'
import { type Door, startThere } from '../door.js'
import { startProcess } from '../process.js'
import { reachOnce } from '../reach-once.js'
import { run } from '../run.js'
import { type ContainerSpec, vantageText } from '../schema.js'
import type { StartOptions, Vantage, VantageError } from '../vantage.js'
import { chooseEngine, type Engine, explainEngine, saysNoShell } from './engine.js'
import { findContainer } from './find.js'
import type { Inspected } from './inspected.js'
import { namespacesClient } from './namespaces.js'

interface Reached {
  readonly engine: Engine
  readonly container: Inspected
  readonly method: string
  readonly client: Door['client']
}

export function createContainerVantage(
  chosen: string | ContainerSpec,
  { env }: { readonly env: Readonly<Record<string, string | undefined>> },
): Vantage {
  const spec: ContainerSpec = typeof chosen === 'string' ? { name: chosen } : chosen
  const label = vantageText({ container: chosen })
  const pending = new Set<Promise<unknown>>()
  // Found anew after an error: it may have been made anew meanwhile.
  const reached = reachOnce(label, (signal) => reach(label, spec, env, signal))
  const door: Door = {
    label,
    takesUser: true,
    pending,
    client: async (argv, options) => (await reached.get(options.signal)).client(argv, options),
    explain: (said, code): VantageError => {
      reached.forget()
      return explainEngine(label, said, code)
    },
  }
  const start = (argv: readonly string[], options: StartOptions) =>
    startThere(door, argv, { ...options, user: options.user ?? spec.user })
  return {
    label,
    method: async ({ signal }) => (await reached.get(signal)).method,
    root: async () => '',
    self: async () => '/proc/self',
    start,
    dial: (to, { signal }) => dialInside({ label, where: 'in the container', start }, to, signal),
    outside: async ({ signal }) => (await reached.get(signal)).container.outside,
    close: async () => {
      reached.close()
      await Promise.allSettled(pending)
    },
  }
}

async function reach(label: string, spec: ContainerSpec, env: Engine['env'], signal: AbortSignal): Promise<Reached> {
  const engine = await chooseEngine(label, spec, env, signal)
  const container = await findContainer(label, engine, spec, signal)
  const client: Door['client'] = async (argv, { user }) => ({
    argv: [
      ...engine.words,
      'exec',
      '--interactive',
      ...(user === undefined ? [] : ['--user', user]),
      container.id,
      ...argv,
    ],
    env,
  })
  const { argv } = await client(['sh', '-c', ':'], { signal })
  const onMissing = () => explainEngine(label, `${engine.name} is not installed here`, 127)
  const start = async (words: readonly string[]) => startProcess(words, { signal, env, onMissing })
  const { code, stdout, stderr } = await run({ label, start }, argv, { signal })
  if (code === 0) return { engine, container, method: `${engine.name} exec`, client }
  // docker 28 says so on standard output, 20 on standard error.
  const said = `${stderr}\n${stdout}`
  if (!saysNoShell(said)) throw explainEngine(label, said, code)
  const inside = await namespacesClient(label, container, env, signal)
  return { engine, container, method: 'namespaces of the container', client: inside }
}
