import { connectionUse } from '../../postgres/connection-use.js'
import { identityOf } from '../../postgres/identity.js'
import { PostgresError, type PostgresStep, type Session } from '../../postgres/source.js'
import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { attempt, StepFailed } from '../../probes/steps.js'
import type { Check, Context, Observation, Observed, Sighting } from '../kind.js'
import { observationOf, type Seen } from '../reachability.js'
import type { PostgresKindSpec } from './kind.js'
import { subjects } from './subjects.js'

export async function* observe(
  check: Check<PostgresKindSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  const { spec } = check
  context.signal.throwIfAborted()
  const source = context.connections.postgres(spec.connection)
  const look = await withDeadline(context.signal, check.timeoutMs, (signal, timeoutMs) =>
    attempt(async () => {
      let step: PostgresStep | undefined
      const onStep = (now: PostgresStep) => {
        step = now
      }
      try {
        return await source.withSession({ signal, timeoutMs, onStep }, (session) => ask(session, spec.standby))
      } catch (error) {
        throw context.signal.aborted ? context.signal.reason : asStep(error, step, signal)
      }
    }),
  )
  const names = subjects(spec).flatMap(({ name, unobserved }) => (unobserved === undefined ? [name] : []))
  return observationOf(names, [{ family: undefined, look }])
}

/** What the server or the way to it did; a connection that is described wrongly and a session not to be had are errors. */
function asStep(error: unknown, step: PostgresStep | undefined, signal: AbortSignal): unknown {
  if (!(error instanceof PostgresError) || step === undefined) return error
  if (signal.aborted && signal.reason instanceof TimeUp) {
    return new StepFailed(step, signal.reason.message, { cause: error })
  }
  const { code = '', hint } = error
  const reason = hint === undefined ? error.message : `${error.message} (${hint})`
  if (NAME.has(code)) return new StepFailed('name', reason, { cause: error })
  const atFault = step === 'response' ? LOST.test(code) : code !== ''
  return atFault ? new StepFailed(step, reason, { cause: error }) : error
}

const NAME = new Set(['ENOTFOUND', 'EAI_AGAIN'])
/** Connection lost, server shutting down or out of resources; any other error is about our query. */
const LOST = /^(E[A-Z]+|CONNECTION_LOST|08...|57P..|53...)$/

async function ask(session: Session, standby: boolean): Promise<Seen> {
  const began = performance.now()
  await session.query({ text: 'SELECT 1' })
  const latency = Math.round((performance.now() - began) * 10) / 10
  const it = await identityOf(session)
  const { held, maxConnections, exact } = await connectionUse(session)
  const { receiving, lagMs } = it.standby
  const values: Record<string, Observed> = {
    latency,
    version: it.version,
    in_recovery: session.server.inRecovery,
    read_only: it.readOnly,
    database: it.database,
    user: it.role,
    superuser: it.superuser,
    encrypted: it.encrypted,
    server_address: it.address ?? 'unix socket',
    system_identifier: it.systemIdentifier ?? { unobserved: 'the role may not run pg_control_system()' },
    uptime: it.upMs,
    connections: held.reduce((sum, { count }) => sum + count, 0),
    max_connections: maxConnections,
    ...(standby ? { receiving, replay_lag: lagMs ?? { unobserved: 'nothing was replayed since it was started' } } : {}),
  }
  const notes = exact ? [] : ['without pg_read_all_stats some workers of the server are counted among the connections']
  return { subjects: values, notes }
}
