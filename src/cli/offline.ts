/** What the commands that connect to nothing are given. Types only, so that a command's flags stay cheap to ask for. */
import type { Writable } from 'node:stream'
import type { SecretValue } from '../lib/redact.js'
import type { TerminalStream } from '../lib/text-terminal.js'

export interface OfflineRequest {
  /** As on the command line; empty for the usual places. */
  readonly files: readonly string[]
  readonly vars: Readonly<Record<string, string>>
  readonly envFile: string | undefined
  readonly strict: boolean
  readonly json: boolean
}

export interface OfflineContext {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly now: Date
  readonly stdout: Writable & TerminalStream
  readonly stderr: Writable & TerminalStream
  readonly hideSecrets: (secrets: readonly SecretValue[]) => void
}
