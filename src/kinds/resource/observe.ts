import { withDeadline } from '../../probes/deadline.js'
import { type Load, machineLoad } from '../../probes/machine.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { clockSkew } from './clock-skew.js'
import { connections } from './connections.js'
import type { ResourceSpec } from './kind.js'
import { look } from './look.js'
import { observationOf } from './observation.js'

export async function* observe(
  check: Check<ResourceSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  const { measure, connection } = check.spec
  context.signal.throwIfAborted()
  if (connection !== undefined) {
    return measure === 'clock_skew' ? clockSkew(check, context, connection) : connections(check, context, connection)
  }
  return withDeadline(context.signal, check.timeoutMs, async (signal) =>
    measure === 'load'
      ? load(await machineLoad(context.vantage, { signal }))
      : observationOf(measure, await look(check.spec, context.vantage, { signal })),
  )
}

function load(found: Load | undefined): Observation {
  const unobserved = { unobserved: '/proc/loadavg cannot be read there; this is measured on Linux only' }
  if (found === undefined) return { subjects: { value: unobserved, total: unobserved } }
  return { subjects: { value: found.average, total: found.cores } }
}
