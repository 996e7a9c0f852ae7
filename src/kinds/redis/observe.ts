import { withDeadline } from '../../probes/deadline.js'
import { atStep, attempt, type Step, StepFailed } from '../../probes/steps.js'
import { readOnce } from '../../redis/read-once.js'
import { placeOf, type RedisAddress, redisSettings } from '../../redis/settings.js'
import { RedisError, type RedisReader } from '../../redis/source.js'
import { readCa } from '../ca-file.js'
import type { Check, Context, Observation, Sighting, Unobserved } from '../kind.js'
import { observationOf, type Seen } from '../reachability.js'
import { parseInfo, stateOf } from './info.js'
import type { RedisKindSpec } from './kind.js'
import { STATE } from './subjects.js'

export async function* observe(
  check: Check<RedisKindSpec>,
  context: Context,
): AsyncGenerator<Sighting, Observation, void> {
  context.signal.throwIfAborted()
  const { ca, ...spec } = check.spec
  const address = { ...spec, caText: await readCa(check, ca, ['ca']) }
  const look = await withDeadline(context.signal, check.timeoutMs, (signal, ms) =>
    attempt(() => lookOnce(address, context, signal, ms)),
  )
  return observationOf(
    STATE.map(({ name }) => name),
    [{ family: undefined, look }],
  )
}

type Address = Omit<RedisKindSpec, 'ca'> & Pick<RedisAddress, 'caText'>

async function lookOnce(spec: Address, context: Context, signal: AbortSignal, ms: number): Promise<Seen> {
  let step: Step = 'connect'
  const options = {
    signal,
    onStep: (now: Step) => {
      step = now
    },
  }
  try {
    if (spec.connection !== undefined) return await context.connections.redis(spec.connection).read(options, ask)
    const { host, port } = redisSettings(spec)
    let method = ''
    const dial = async (until: AbortSignal) => {
      const dialled = await context.vantage.dial({ host, port }, { signal: until })
      method = dialled.method
      return dialled.stream
    }
    const label = placeOf(redisSettings(spec))
    const seen = await readOnce(spec, { ...options, label, dial, connectTimeoutMs: ms }, ask)
    return { ...seen, method }
  } catch (cause) {
    if (cause instanceof RedisError && cause.step !== undefined) {
      const reason = cause.hint === undefined ? cause.message : `${cause.message} (${cause.hint})`
      throw new StepFailed(cause.step, reason, { cause })
    }
    return atStep(step, signal, () => Promise.reject(cause))
  }
}

async function ask(redis: RedisReader): Promise<Seen> {
  const began = performance.now()
  await answered(redis.call('PING'))
  const latency = Math.round((performance.now() - began) * 10) / 10
  const info = await answered(redis.call('INFO'))
  const keys = await answered(redis.call('DBSIZE'))
  return {
    subjects: {
      latency,
      ...stateOf('text' in info ? parseInfo(info.text) : info),
      keys: 'text' in keys ? Number(keys.text) : keys,
    },
    notes: redis.remarks,
  }
}

/** The server is there, and says why it does not do this one thing: it is loading, or the user may not. */
const STILL_ANSWERS = new Set(['LOADING', 'NOPERM', 'MISCONF', 'MASTERDOWN'])

async function answered(reply: Promise<unknown>): Promise<{ readonly text: string } | Unobserved> {
  try {
    return { text: String(await reply) }
  } catch (error) {
    if (error instanceof RedisError && STILL_ANSWERS.has(error.code ?? '')) return { unobserved: error.message }
    throw error
  }
}
