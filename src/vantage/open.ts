/** From what a check file says of a vantage to the vantage. Nothing is reached yet. */
import type { SshSpec } from '../connections/schema.js'
import { createLocalVantage } from './local.js'
import { type VantageSpec, vantageText } from './schema.js'
import type { Vantage } from './vantage.js'

export interface OpenVantageOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** A connection of type ssh by its name. */
  readonly ssh: (name: string) => SshSpec
}

export function openVantage(spec: VantageSpec, options: OpenVantageOptions): Vantage {
  if (spec === 'local') return createLocalVantage(options)
  if ('container' in spec)
    return onFirstUse(spec, async () =>
      (await import('./container/container.js')).createContainerVantage(spec.container, options),
    )
  if ('pod' in spec) return onFirstUse(spec, async () => (await import('./pod.js')).createPodVantage(spec.pod, options))
  const connection = options.ssh(spec.ssh)
  return onFirstUse(spec, async () => (await import('./ssh.js')).createSshVantage(spec.ssh, connection, options))
}

/** Most runs look from here alone: what else there is to look from is loaded when it is first looked from. */
function onFirstUse(spec: VantageSpec, open: () => Promise<Vantage>): Vantage {
  let opened: Promise<Vantage> | undefined
  const vantage = (): Promise<Vantage> => {
    opened ??= open()
    return opened
  }
  return {
    label: vantageText(spec),
    method: async (options) => (await vantage()).method(options),
    root: async (options) => (await vantage()).root(options),
    self: async (options) => (await vantage()).self(options),
    start: async (argv, options) => (await vantage()).start(argv, options),
    dial: async (to, options) => (await vantage()).dial(to, options),
    outside: async (options) => (await vantage()).outside(options),
    close: async () => (await opened)?.close(),
  }
}
