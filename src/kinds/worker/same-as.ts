/** Variables that have to be the same in another place, told by digests under a key that only this run knows. */
import { randomBytes } from 'node:crypto'
import { digestEnv, type SeenDigest } from '../../probes/env-digest.js'
import { OWN_ENVIRONMENT } from '../../probes/env-entries.js'
import { seeProcesses } from '../../probes/process.js'
import { vantageText } from '../../vantage/schema.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { Context, Finding } from '../kind.js'
import type { WorkerSpec } from './fields.js'
import { type Part, untold } from './part.js'
import type { Surrounding } from './surrounding.js'

type SameAs = NonNullable<WorkerSpec['same_as']>
type Digests = Readonly<Record<string, SeenDigest>>

/** Of a busy host only so many processes are looked at; they are all of one program. */
const MOST = 16
/** SHA-256 works in blocks of so many bytes; a key of that size is used as it is. */
const BLOCK = 64

export async function compareEnv(
  asked: SameAs,
  context: Context,
  surrounding: Surrounding,
  signal: AbortSignal,
): Promise<Part> {
  const key = randomBytes(BLOCK)
  const other = context.vantageAt(asked.from)
  const there = vantageText(asked.from)
  const ask = (vantage: Vantage, dirs: readonly string[], spare: string | undefined) =>
    readAll(vantage, dirs, spare, { names: asked.env, key }, signal)
  const [mine, theirs] = await Promise.all([
    surrounding.lacking === undefined ? ask(context.vantage, surrounding.dirs, surrounding.spare) : surrounding.lacking,
    otherDirs(asked, other, signal).then((dirs) => (typeof dirs === 'string' ? dirs : ask(other, dirs, undefined))),
  ])
  if (typeof mine === 'string' || typeof theirs === 'string') {
    return notTold(
      typeof mine === 'string' ? `environment here: ${mine}` : `environment of ${there}: ${String(theirs)}`,
    )
  }
  const findings = asked.env.flatMap((name) => difference(name, mine.digests, theirs.digests, there) ?? [])
  const unread = mine.unread ?? theirs.unread
  if (unread === undefined) return { subjects: { env_differs: findings.length }, findings }
  const reason = `the environment of one of the processes: ${unread}`
  if (findings.length === 0) return notTold(reason)
  return { subjects: { env_differs: findings.length }, findings, gaps: [reason] }
}

function notTold(reason: string): Part {
  return { ...untold(['env_differs'], reason), gaps: [reason] }
}

async function otherDirs(asked: SameAs, vantage: Vantage, signal: AbortSignal): Promise<readonly string[] | string> {
  const root = await vantage.root({ signal })
  if (asked.process === undefined && asked.command === undefined) {
    return [root === '' ? OWN_ENVIRONMENT : await vantage.self({ signal })]
  }
  const { found } = await seeProcesses(vantage, asked, { signal })
  return found.length === 0 ? 'the process was not found' : found.slice(0, MOST).map(({ pid }) => `${root}/proc/${pid}`)
}

interface Read {
  /** One for each environment that could be read. */
  readonly digests: readonly Digests[]
  /** Why another could not. */
  readonly unread: string | undefined
}

/** Of every process: after a rolling restart the old ones may still have the old value. */
async function readAll(
  vantage: Vantage,
  dirs: readonly string[],
  spare: string | undefined,
  asked: { readonly names: readonly string[]; readonly key: Uint8Array },
  signal: AbortSignal,
): Promise<Read | string> {
  const seen = await Promise.all(dirs.map((dir) => digestEnv(vantage, { dir, ...asked }, { signal })))
  const digests = seen.flatMap((one) => ('digests' in one ? [one.digests] : []))
  const unread = seen.flatMap((one) => ('unreadable' in one ? [one.unreadable] : []))[0]
  if (digests.length > 0) return { digests, unread }
  if (spare === undefined || dirs.includes(spare)) return unread ?? 'there is none'
  return readAll(vantage, [spare], undefined, asked, signal)
}

/** Set in neither, or empty in both, is no agreement that anybody asked for. */
function difference(
  name: string,
  mine: readonly Digests[],
  theirs: readonly Digests[],
  there: string,
): Finding | undefined {
  for (const { [name]: here = 'not set' } of mine) {
    for (const { [name]: away = 'not set' } of theirs) {
      const same = typeof here === 'object' && typeof away === 'object' && here.digest === away.digest
      if (!same) return { finding: 'env_differs', key: `env ${name}`, reason: reasonOf(here, away, there) }
    }
  }
  return undefined
}

function reasonOf(here: SeenDigest, away: SeenDigest, there: string): string {
  if (typeof here === 'object' && typeof away === 'object') return `another value than in ${there}`
  if (here === away) return `${here === 'empty' ? 'empty' : 'not set'} here and in ${there}`
  if (typeof here === 'string') return `${here} here, but not in ${there}`
  return `${String(away)} in ${there}`
}
