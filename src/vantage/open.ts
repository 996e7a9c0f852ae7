/** From what a check file says of a vantage to the vantage. Nothing is reached yet. */
import type { SshSpec } from '../connections/schema.js'
import { createContainerVantage } from './container/container.js'
import { createLocalVantage } from './local.js'
import { createPodVantage } from './pod.js'
import type { VantageSpec } from './schema.js'
import { createSshVantage } from './ssh.js'
import type { Vantage } from './vantage.js'

export interface OpenVantageOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** A connection of type ssh by its name. */
  readonly ssh: (name: string) => SshSpec
}

export function openVantage(spec: VantageSpec, options: OpenVantageOptions): Vantage {
  if (spec === 'local') return createLocalVantage(options)
  if ('container' in spec) return createContainerVantage(spec.container, options)
  if ('pod' in spec) return createPodVantage(spec.pod, options)
  return createSshVantage(spec.ssh, options.ssh(spec.ssh), options)
}
