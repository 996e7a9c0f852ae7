/** What reading check files gives: everything the commands need, nothing opened yet. */
import type { ConnectionSpec } from '../connections/schema.js'
import type { GateConfig } from '../engine/events.js'
import type { Waiver } from '../judge/waiver.js'
import type { Check } from '../kinds/kind.js'
import type { SecretValue } from '../lib/redact.js'
import type { PingSpec } from '../notify/ping-schema.js'
import type { Route } from '../notify/route.js'
import type { Issue } from './issue.js'

export interface Spec {
  readonly name?: string | undefined
  /** All files read, as the user would write them, in the order they were read. */
  readonly files: readonly string[]
  readonly checks: readonly Check[]
  readonly connections: Readonly<Record<string, ConnectionSpec>>
  readonly gate: GateConfig
  readonly waivers: readonly Waiver[]
  /** Who is told of what. */
  readonly notify: readonly Route[]
  /** The dead-man's switch of whole runs. */
  readonly ping?: PingSpec | undefined
  /** For the redactor: what must never be printed. */
  readonly secrets: readonly SecretValue[]
  /** Warnings only; errors are thrown as SpecError with all issues. */
  readonly warnings: readonly Issue[]
}
