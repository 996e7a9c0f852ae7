import { openConnections } from '../../src/connections/connections.js'
import { kinds } from '../../src/kinds/index.js'
import type { Check, Context } from '../../src/kinds/kind.js'
import { loadSpec } from '../../src/spec/load.js'
import { openers } from './openers.js'

/** The checks of a file and what they need to be observed, as `verify` would make them. */
export async function loadChecks(
  file: string,
  options: { readonly env: Record<string, string>; readonly scratch: string },
): Promise<{
  readonly checks: readonly Check[]
  readonly context: (signal: AbortSignal) => Context
  readonly close: () => Promise<void>
}> {
  const spec = await loadSpec([file], {
    cwd: process.cwd(),
    env: options.env,
    vars: {},
    strict: true,
    kinds,
    now: new Date(),
  })
  const connections = openConnections(spec.connections, {
    openers,
    env: {},
    version: '0.0.0',
    scratch: options.scratch,
  })
  const from = spec.checks[0]?.from ?? 'local'
  return {
    checks: spec.checks,
    context: (signal) => ({
      ...connections.seenFrom(from),
      allowed: { commands: true, writes: true },
      signal,
      scratch: options.scratch,
      now: () => new Date(),
      showData: false,
    }),
    close: connections.closeAll,
  }
}
