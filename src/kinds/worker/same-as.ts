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
    firstDigests(vantage, [...dirs, ...(spare === undefined ? [] : [spare])], { names: asked.env, key }, signal)
  const [mine, theirs] = await Promise.all([
    surrounding.lacking === undefined ? ask(context.vantage, surrounding.dirs, surrounding.spare) : surrounding.lacking,
    otherDirs(asked, other, signal).then((dirs) => (typeof dirs === 'string' ? dirs : ask(other, dirs, undefined))),
  ])
  if (typeof mine === 'string' || typeof theirs === 'string') {
    const reason = typeof mine === 'string' ? `environment here: ${mine}` : `environment of ${there}: ${String(theirs)}`
    return { ...untold(['env_differs'], reason), gaps: [reason] }
  }
  const findings = asked.env.flatMap((name) => difference(name, mine, theirs, there) ?? [])
  return { subjects: { env_differs: findings.length }, findings }
}

async function otherDirs(asked: SameAs, vantage: Vantage, signal: AbortSignal): Promise<readonly string[] | string> {
  const root = await vantage.root({ signal })
  if (asked.process === undefined && asked.command === undefined) {
    return [root === '' ? OWN_ENVIRONMENT : await vantage.self({ signal })]
  }
  const { found } = await seeProcesses(vantage, asked, { signal })
  return found.length === 0 ? 'the process was not found' : found.map(({ pid }) => `${root}/proc/${pid}`)
}

/** Those of the first environment that can be read. */
async function firstDigests(
  vantage: Vantage,
  dirs: readonly string[],
  asked: { readonly names: readonly string[]; readonly key: Uint8Array },
  signal: AbortSignal,
): Promise<Digests | string> {
  let reason = 'there is none'
  for (const dir of dirs) {
    const seen = await digestEnv(vantage, { dir, ...asked }, { signal })
    if ('digests' in seen) return seen.digests
    reason = seen.unreadable
  }
  return reason
}

/** Set in neither, or empty in both, is no agreement that anybody asked for. */
function difference(name: string, mine: Digests, theirs: Digests, there: string): Finding | undefined {
  const [here, away] = [mine[name] ?? 'not set', theirs[name] ?? 'not set']
  const same = typeof here === 'object' && typeof away === 'object' && here.digest === away.digest
  if (same) return undefined
  return { finding: 'env_differs', key: `env ${name}`, reason: reasonOf(here, away, there) }
}

function reasonOf(here: SeenDigest, away: SeenDigest, there: string): string {
  if (typeof here === 'object' && typeof away === 'object') return `another value than in ${there}`
  if (here === away) return `${here === 'empty' ? 'empty' : 'not set'} here and in ${there}`
  if (typeof here === 'string') return `${here} here, but not in ${there}`
  return `${String(away)} in ${there}`
}
