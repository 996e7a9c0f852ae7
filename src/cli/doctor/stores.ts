/** Stores that are no bucket: a directory, here or elsewhere, and a web server. */
import { keyFromText } from '../../lib/key.js'
import type { Store } from '../../stores/store.js'
import { runScript } from '../../vantage/run.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { LookOptions, Need } from './needs.js'
import type { Right, Seen } from './result.js'
import { roundTrips } from './round-trips.js'

const TRIPS = 3
const ROOT = keyFromText('')

export async function lookAtWeb(store: Store, url: string, { signal }: LookOptions): Promise<Seen> {
  const trips = await roundTrips(TRIPS, () => probed(store, signal))
  return { ...trips, tls: url.startsWith('https:'), tooFew: [], tooMany: [], untold: [], notes: [] }
}

export interface Directory {
  readonly store: Store
  readonly root: string
  readonly vantage: Vantage
  /** Elsewhere each look is a login, or a process in a container. */
  readonly here: boolean
}

export async function lookAtFiles(
  { store, root, vantage, here }: Directory,
  needs: readonly Need[],
  { signal }: LookOptions,
): Promise<Seen> {
  const trips = await roundTrips(here ? TRIPS : 1, () => probed(store, signal))
  const gaps = (await store.extent?.({ prefix: ROOT, signal }))?.gaps ?? []
  const { user, writes } = await accountAt(vantage, root, signal)
  const checks = [...new Set(needs.map(({ check }) => check.id))]
  const [first] = gaps
  const tooFew: readonly Right[] =
    first === undefined
      ? []
      : [{ what: `${gaps.length === 1 ? 'a part' : `${gaps.length} parts`} cannot be listed: ${first}`, checks }]
  const fix = 'mount it read-only where postflight runs, or run it as a user that may only read'
  const what = user === 'root' ? 'root, who may write everywhere' : 'may write into the directory'
  const tooMany: readonly Right[] = writes ? [{ what, fix, checks: [] }] : []
  return { ...trips, role: user, tooFew, tooMany, untold: [], notes: [] }
}

async function probed(store: Store, signal: AbortSignal): Promise<undefined> {
  await store.probe({ signal })
}

const ACCOUNT = 'id -un; if [ -w "$1" ]; then echo yes; fi'

/** Asked of the file system; nothing is written. */
async function accountAt(vantage: Vantage, root: string, signal: AbortSignal) {
  const { stdout } = await runScript(vantage, ACCOUNT, [`${await vantage.root({ signal })}${root}`], { signal })
  const [user, writes] = stdout.toString('utf8').trim().split('\n')
  return { user: user === '' ? undefined : user, writes: writes === 'yes' }
}
