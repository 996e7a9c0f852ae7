/** Looks at each part the check asks for, side by side; what one cannot tell is a gap beside what the others can. */
import { CheckError } from '../../lib/errors.js'
import { withDeadline } from '../../probes/deadline.js'
import type { Check, Context, Observation, Sighting } from '../kind.js'
import { sendCanary } from './canary.js'
import type { WorkerSpec } from './fields.js'
import { hearHeartbeat } from './heartbeat.js'
import { meetNeeds } from './needs.js'
import { type Part, part } from './part.js'
import { readQueue } from './queue.js'
import { compareEnv } from './same-as.js'
import { subjects } from './subjects.js'
import { countRunning, findWorker, type Surrounding, standIn } from './surrounding.js'

export async function* observe(
  check: Check<WorkerSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  context.signal.throwIfAborted()
  const parts = await withDeadline(context.signal, check.timeoutMs, async (signal) => lookAt(check, context, signal))
  context.signal.throwIfAborted()
  const [only] = parts
  // Alone, an error is told at its place in the check file.
  if (parts.length === 1 && only?.failed !== undefined) throw only.failed
  const findings = parts.flatMap((one) => one.findings ?? [])
  if (findings.length > 0) yield { type: 'findings', findings }
  return {
    subjects: Object.assign({}, ...parts.map((one) => measured(check.spec, one))),
    gaps: [...new Set(parts.flatMap((one) => one.gaps ?? []))],
    notes: [...new Set(parts.flatMap((one) => one.notes ?? []))],
    ...(await methodOf(check.spec, context)),
  }
}

/** A place that is gone is a gap already, and is nothing to whoever asks databases only. */
async function methodOf(spec: WorkerSpec, { vantage, signal }: Context): Promise<Pick<Observation, 'method'>> {
  if (spec.running === undefined && spec.needs === undefined && spec.same_as === undefined) return {}
  try {
    return { method: await vantage.method({ signal }) }
  } catch (error) {
    if (signal.aborted || !(error instanceof CheckError)) throw error
    return {}
  }
}

/** `signal` ends shortly before the attempt does, so that a part which is late is a gap and the others are told. */
async function lookAt(check: Check<WorkerSpec>, context: Context, signal: AbortSignal): Promise<readonly Part[]> {
  const { running, heartbeat, queue, needs, same_as, canary } = check.spec
  const looks: Promise<Part>[] = []
  const look = (names: readonly string[], use: () => Promise<Part>) => {
    looks.push(part(names, { signal, outer: context.signal }, use))
  }
  // Two of its waits (to connect, to log in) fit into the time there is.
  const patienceMs = Math.min(10_000, check.timeoutMs * 0.35)
  const looking = { vantage: context.vantage, signal, patienceMs, now: context.now }
  const inside = running !== undefined || needs !== undefined || same_as !== undefined
  if (inside) {
    const found = findWorker(check, context, signal)
    const standing = async (): Promise<Surrounding> => standIn(check, await found)
    if (running !== undefined) look(['running', 'started_before'], async () => countRunning(running, await found))
    if (needs !== undefined) {
      const names = ['needs_missing', 'needs_met', 'logins']
      look(names, async () => meetNeeds(needs, await standing(), looking))
    }
    if (same_as !== undefined) {
      look(['env_differs'], async () => compareEnv(same_as, context, await standing(), signal))
    }
  }
  if (heartbeat !== undefined) {
    look(['heartbeat_age', 'heartbeats'], () => hearHeartbeat(heartbeat, check, context, signal))
  }
  if (queue !== undefined) {
    const names = ['waiting', 'active', 'delayed', 'failed', 'dead', 'oldest_job_age', 'paused', 'workers']
    look(names, () => readQueue(queue, check, context, signal))
  }
  if (canary !== undefined) {
    look(['canary', 'canary_time'], () => sendCanary(canary, check, context, signal))
  }
  return Promise.all(looks)
}

/** Without those that are known beforehand not to be measured: nobody can ask for them, so nobody misses them. */
function measured(spec: WorkerSpec, { subjects: seen }: Part): Observation['subjects'] {
  const never = new Set(subjects(spec).flatMap(({ name, unobserved }) => (unobserved === undefined ? [] : [name])))
  return Object.fromEntries(Object.entries(seen).filter(([name]) => !never.has(name)))
}
