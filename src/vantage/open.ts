/** From what a check file says of a vantage to the vantage. Nothing is reached yet. */
import type { SshSpec } from '../connections/schema.js'
import { createLocalVantage } from './local.js'
import { type VantageSpec, vantageText } from './schema.js'
import { type Vantage, VantageError } from './vantage.js'

export interface OpenVantageOptions {
  readonly env: Readonly<Record<string, string | undefined>>
  /** A connection of type ssh by its name. */
  readonly ssh: (name: string) => SshSpec
}

export function openVantage(spec: VantageSpec, options: OpenVantageOptions): Vantage {
  if (spec === 'local') return createLocalVantage(options)
  throw new VantageError(`${vantageText(spec)} cannot be reached by this version`)
}
