/**
 * Services whose URL stands in the worker's environment, with the credentials in it: does the host resolve and take a
 * connection from there, and where a client is installed, is the login accepted. What comes out of the value is dialled
 * and never told; the reason names the variable.
 */
import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { type Login, logIn } from '../../probes/env-login.js'
import { type SeenTarget, seeTargets } from '../../probes/env-target.js'
import type { NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'
import { fromThere, type Looking, reach } from './need-tcp.js'
import { readEnv } from './read-env.js'
import type { Surrounding } from './surrounding.js'
import { TARGET_WORDS } from './target-words.js'

interface Wanted {
  readonly key: string
  readonly env: string
  readonly host?: string | undefined
  readonly port?: number | undefined
  readonly client?: 'psql' | 'redis-cli' | undefined
  readonly login?: boolean | undefined
}

export async function needServices(needs: NeedsSpec, surrounding: Surrounding, looking: Looking): Promise<NeedsAnswer> {
  const { vantage, signal } = looking
  const wanted: readonly Wanted[] = [
    ...(needs.urls ?? []).map((one) => ({ ...one, key: `url ${one.env}` })),
    ...(needs.postgres ?? []).map((one) => ({ ...one, key: `postgres ${one.env}`, client: 'psql' as const })),
    ...(needs.redis ?? []).map((one) => ({ ...one, key: `redis ${one.env}`, client: 'redis-cli' as const })),
  ]
  if (wanted.length === 0) return { needs: [] }
  const names = wanted.map(({ env }) => env)
  const read = await readEnv(vantage, names, surrounding, signal)
  const [dir] = typeof read === 'string' ? [] : read.dirs
  if (dir === undefined) {
    const reason = typeof read === 'string' ? read : 'no environment could be read'
    return { needs: wanted.map(({ key }) => ({ key, is: 'untold', reason })) }
  }
  const asked = { dir, of: wanted.map(({ env, port }) => ({ name: env, port })) }
  const targets = await seeTargets(vantage, asked, { signal })
  const looks = wanted.map((one, index) =>
    look(one, targets[index] ?? 'unclear', { ...looking, dir, root: surrounding.root }),
  )
  return { needs: await Promise.all(looks), notes: typeof read === 'string' ? [] : [`environment: ${read.whose}`] }
}

interface Place extends Looking {
  readonly dir: string
  readonly root: string
}

async function look(wanted: Wanted, target: SeenTarget, place: Place): Promise<Need> {
  const { key, host, client } = wanted
  if (typeof target === 'string') return { key, ...TARGET_WORDS[target] }
  if (host !== undefined && target.host.toLowerCase() !== host.toLowerCase()) {
    return { key, is: 'missing', reason: `it points to another host than ${host}` }
  }
  const reached = await reach(target, place, { named: false })
  if (reached.is !== 'met' || client === undefined || wanted.login === false) return { key, ...reached }
  const login = await tryLogin(client, wanted.env, place)
  if ('accepted' in login) return { key, is: 'met', login: 'accepted' }
  if ('refused' in login) {
    return { key, is: 'missing', reason: fromThere(`login: ${login.refused}`, place.vantage) }
  }
  if (wanted.login === true) return { key, is: 'untold', reason: `no login was tried: ${login.untried}`, login }
  return { key, is: 'met', login }
}

/** A server that takes a connection and then says nothing is a result as well. */
async function tryLogin(client: 'psql' | 'redis-cli', name: string, place: Place): Promise<Login> {
  const { vantage, signal, patienceMs, dir, root } = place
  if (root !== '') return { untried: 'nothing can be run in this container' }
  try {
    return await withDeadline(signal, patienceMs, (inner) => logIn(vantage, client, { dir, name }, { signal: inner }))
  } catch (error) {
    if (signal.aborted || !(error instanceof TimeUp)) throw error
    return { refused: error.message }
  }
}
