/** Lists, then probes one object after the other. Nothing here decides what passes. */
import { count } from '../../lib/text.js'
import { formatDuration } from '../../lib/units.js'
import type { PostgresSource } from '../../postgres/source.js'
import { throughDeadline } from '../../probes/deadline.js'
import type { Check, Context, Finding, Observation, Observe, Sighting } from '../kind.js'
import { standbyNotes } from '../standby.js'
import { type Coverage, createCoverage } from './coverage.js'
import { type Listed, listFrom } from './list.js'
import { type Answer, MOST_ROWS, probeOne, type Unprobed } from './probe-one.js'
import type { ProbeSpec } from './schema.js'
import { unprobedOf, violationsOf } from './tell.js'

const SHOWN_BY_FLAG = 5

export { recheck } from './recheck.js'

/** In a little less than the time of the check, so that what was probed by then is told rather than lost. */
export const observe: Observe<ProbeSpec> = (check, context) =>
  throughDeadline(context.signal, check.timeoutMs, (signal) => probeAll(check, context, signal))

async function* probeAll(
  check: Check<ProbeSpec>,
  context: Context,
  signal: AbortSignal,
): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  const source = context.connections.postgres(spec.connection)
  const { objects, server } = await listFrom(spec, source, signal)
  const coverage = createCoverage(spec)
  const limit = spec.show?.limit ?? SHOWN_BY_FLAG
  for (const [index, object] of objects.entries()) {
    const looked = coverage.refuse(object) ?? (await look(object, check, { context, source, signal }))
    let findings: readonly Finding[]
    if ('because' in looked) {
      coverage.missed(looked)
      findings = [unprobedOf(object, looked)]
    } else {
      coverage.probed(object, looked)
      findings = violationsOf(object, looked, limit)
    }
    if (findings.length > 0) yield { type: 'findings', findings }
    yield { type: 'progress', done: index + 1, total: objects.length, unit: 'objects' }
  }
  return observationOf(coverage, standbyNotes(server, spec.connection))
}

interface Looking {
  readonly context: Context
  readonly source: PostgresSource
  readonly signal: AbortSignal
}

async function look(
  { probe = '' }: Listed,
  { spec, timeoutMs }: Check<ProbeSpec>,
  { context, source, signal }: Looking,
): Promise<Answer | Unprobed> {
  try {
    return await probeOne(probe, { spec, source, signal, showData: context.showData })
  } catch (error) {
    if (context.signal.aborted || !signal.aborted) throw error
    return { because: 'time', reason: `the time of the check was over; its timeout is ${formatDuration(timeoutMs)}` }
  }
}

function observationOf(coverage: Coverage, standby: readonly string[]): Observation {
  const { examined, probed, unprobed, affected, violations, cut } = coverage.counts()
  const subjects = { examined, probed, unprobed, affected, violations }
  if (examined === 0) return { subjects, skip: 'there is nothing to examine (the list is empty)' }
  const gaps = [
    // Whatever an expectation allows of `unprobed`: nothing was looked into.
    ...(probed === 0 ? [`none of ${count(examined, 'object')} could be probed`] : []),
    ...(cut === 0
      ? []
      : [`${count(cut, 'object')} with more than ${count(MOST_ROWS, 'violation')}; further ones were not counted`]),
  ]
  return { subjects, gaps, notes: [...coverage.notes(), ...standby] }
}
