/** A host reached by ssh: which system, as whom, how far. */
import { CheckError } from '../../lib/errors.js'
import { runScript } from '../../vantage/run.js'
import type { Vantage } from '../../vantage/vantage.js'
import type { LookOptions } from './needs.js'
import type { Seen } from './result.js'
import { roundTrips } from './round-trips.js'

/** Each is a login. */
const TRIPS = 2
/** `date` tells whole seconds. */
const SECOND_MS = 1000

export async function lookAtHost(vantage: Vantage, { signal }: LookOptions): Promise<Seen> {
  const ask = async (script: string): Promise<string> => {
    const { code, stdout, stderr } = await runScript(vantage, script, [], { signal })
    if (code !== 0) throw new CheckError(`${vantage.label}: a shell there ended with ${code}: ${stderr.trim()}`)
    return stdout.toString('utf8').trim()
  }
  let told = ''
  const once = async () => {
    told = await ask('date +%s; id -un; uname -sr')
    return Number(told.split('\n', 1)[0]) * 1000 + SECOND_MS / 2
  }
  const trips = await roundTrips(TRIPS, once, SECOND_MS)
  const [, user = '', system = ''] = told.split('\n')
  return {
    ...trips,
    server: system,
    role: user,
    tls: true,
    tooFew: [],
    tooMany:
      user === 'root'
        ? [{ what: 'root, who may do everything there', fix: 'log in as a user that may only read', checks: [] }]
        : [],
    untold: [],
    notes: [],
  }
}
