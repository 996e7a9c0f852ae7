/**
 * Buckets, with the credentials in the worker's environment: does the server take a connection from there, and where curl
 * is installed, does it list a key for them. No value is told; the reason names variables.
 */
import { TimeUp, withDeadline } from '../../probes/deadline.js'
import { askBucket } from '../../probes/env-s3.js'
import { type SeenTarget, seeTargets } from '../../probes/env-target.js'
import type { NeedsSpec } from './fields.js'
import type { Need, NeedsAnswer } from './need.js'
import { type Looking, reach } from './need-tcp.js'
import { type ReadEnv, readEnv } from './read-env.js'
import type { Surrounding } from './surrounding.js'
import { TARGET_WORDS } from './target-words.js'

type Wanted = NonNullable<NeedsSpec['s3']>[number]

interface Place extends Looking {
  readonly dir: string
  readonly root: string
  readonly states: ReadEnv['states']
}

export async function needS3(asked: NeedsSpec['s3'], surrounding: Surrounding, looking: Looking): Promise<NeedsAnswer> {
  if (asked === undefined) return { needs: [] }
  const { vantage, signal } = looking
  const read = await readEnv(vantage, asked.flatMap(variablesOf), surrounding, signal)
  const [dir] = typeof read === 'string' ? [] : read.dirs
  if (typeof read === 'string' || dir === undefined) {
    const reason = typeof read === 'string' ? read : 'no environment could be read'
    return { needs: asked.map((one) => ({ key: keyOf(one), is: 'untold', reason })) }
  }
  const place = { ...looking, dir, root: surrounding.root, states: read.states }
  const needs = await Promise.all(asked.map((one) => look(one, place)))
  return { needs, notes: [`environment: ${read.whose}`] }
}

function keyOf({ bucket, prefix }: Wanted): string {
  return `s3 ${bucket}${prefix === '' ? '' : `/${prefix}`}`
}

function variablesOf({ access_key, secret_key, session_token }: Wanted): readonly string[] {
  return [access_key, secret_key, ...(session_token === undefined ? [] : [session_token])]
}

async function look(wanted: Wanted, place: Place): Promise<Need> {
  const key = keyOf(wanted)
  for (const name of variablesOf(wanted)) {
    const state = place.states[name]?.[0] ?? 'not set'
    if (state === 'not set' || state === 'empty') return { key, is: 'missing', reason: `${name}: ${state}` }
  }
  const target = await targetOf(wanted, place)
  if (typeof target === 'string') return { key, ...TARGET_WORDS[target] }
  const reached = await reach(target, place, { named: typeof wanted.endpoint !== 'object' })
  if (reached.is !== 'met' || wanted.login === false) return { key, ...reached }
  const login = await ask(wanted, place)
  if ('accepted' in login) return { key, is: 'met', login: 'accepted' }
  if ('refused' in login) {
    return { key, is: 'missing', reason: `login: ${login.refused}, from ${place.vantage.label}` }
  }
  if ('unclear' in login)
    return { key, is: 'untold', reason: `login: ${login.unclear}`, login: { untried: login.unclear } }
  if (wanted.login === true) return { key, is: 'untold', reason: `no login was tried: ${login.untried}`, login }
  return { key, is: 'met', login }
}

async function targetOf({ endpoint, region }: Wanted, { vantage, dir, signal }: Place): Promise<SeenTarget> {
  if (typeof endpoint === 'object') {
    const [target = 'unclear'] = await seeTargets(vantage, { dir, of: [{ name: endpoint.env }] }, { signal })
    return target
  }
  const { hostname, port, protocol } = new URL(endpoint ?? addressOf(region))
  const host = hostname.replace(/^\[(.*)\]$/, '$1')
  return { host, port: port === '' ? (protocol === 'http:' ? 80 : 443) : Number(port) }
}

function addressOf(region: string): string {
  return `https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`
}

async function ask(wanted: Wanted, { vantage, signal, patienceMs, dir, root }: Place): ReturnType<typeof askBucket> {
  if (root !== '') return { untried: 'nothing can be run in this container' }
  const { bucket, prefix, region, endpoint, access_key, secret_key, session_token } = wanted
  const asked = {
    bucket,
    prefix,
    region,
    endpoint: endpoint ?? addressOf(region),
    accessKey: access_key,
    secretKey: secret_key,
    sessionToken: session_token ?? (access_key === 'AWS_ACCESS_KEY_ID' ? 'AWS_SESSION_TOKEN' : undefined),
  }
  try {
    return await withDeadline(signal, patienceMs, (inner) => askBucket(vantage, dir, asked, { signal: inner }))
  } catch (error) {
    if (signal.aborted || !(error instanceof TimeUp)) throw error
    return { refused: error.message }
  }
}
