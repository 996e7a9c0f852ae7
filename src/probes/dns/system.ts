/**
 * Addresses as applications get them: from getaddrinfo, so with the hosts file, search domains and whatever else the
 * system resolves names by. Elsewhere `getent` asks it; where there is none, the vantage's files are followed.
 */
import { lookup } from 'node:dns'
import { isIP } from 'node:net'
import { runScript } from '../../vantage/run.js'
import { StepFailed } from '../steps.js'
import { type AskOptions, askServers } from './ask-server.js'
import { plainName } from './message.js'
import { recordsOf } from './records.js'
import { candidates, hostsAddresses, parseResolvConf, readEtc } from './resolv-conf.js'

export interface SystemSeen {
  readonly addresses: readonly string[]
  readonly method: string
  /** Milliseconds, where it can be told apart from starting a program. */
  readonly latency?: number | undefined
}

export async function askSystem(name: string, family: 4 | 6, options: AskOptions): Promise<SystemSeen> {
  if (options.local) return askHere(name, family, options.signal)
  const { vantage, signal } = options
  // A container that is looked into from outside: a program started there is the host's, and resolves as the host.
  const inside = (await vantage.root({ signal })) === ''
  const said = inside ? await getent(name, options) : 'none'
  if (said === 'none') return followFiles(name, family, options)
  const addresses = said.filter((address) => isIP(address) === family)
  if (addresses.length > 0) return { addresses: unique(addresses), method: 'getent' }
  // It says the same where the name does not exist and where no server answers.
  const { addresses: instead } = await followFiles(name, family, options)
  if (instead.length === 0 || said.length > 0) return { addresses: [], method: 'getent' }
  throw new StepFailed('response', `getent finds no address of ${name}, though the name servers have ${instead.length}`)
}

function askHere(name: string, family: 4 | 6, signal: AbortSignal): Promise<SystemSeen> {
  const began = performance.now()
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    signal.addEventListener('abort', stop, { once: true })
    lookup(name, { all: true, family, order: 'verbatim' }, (error, found) => {
      signal.removeEventListener('abort', stop)
      const done = { method: 'getaddrinfo', latency: Math.round((performance.now() - began) * 10) / 10 }
      if (error === null) resolve({ ...done, addresses: unique(found.map(({ address }) => address)) })
      else if (error.code === 'ENOTFOUND') resolve({ ...done, addresses: [] })
      else reject(new StepFailed('response', `${name}: ${REASONS[error.code ?? ''] ?? error.code}`, { cause: error }))
    })
  })
}

const REASONS: Readonly<Record<string, string>> = {
  EAI_AGAIN: 'the system resolver gets no answer',
  EAI_FAIL: 'the system resolver failed',
}

const GETENT = `command -v getent >/dev/null 2>&1 || exit 127
getent ahosts "$1"`

/** Addresses in its first column; `none` where there is no such program. */
async function getent(name: string, { vantage, signal }: AskOptions): Promise<readonly string[] | 'none'> {
  const { code, stdout } = await runScript(vantage, GETENT, [name], { signal })
  if (code !== 0 && code !== 2) return 'none'
  const lines = stdout.toString('utf8').split('\n')
  return lines.map((line) => line.split(/\s/)[0] ?? '').filter((address) => isIP(address) !== 0)
}

async function followFiles(name: string, family: 4 | 6, options: AskOptions): Promise<SystemSeen> {
  const { vantage, signal } = options
  const method = '/etc/hosts and the name servers of /etc/resolv.conf there, over tcp'
  const hosts = hostsAddresses(await readEtc(vantage, 'hosts', signal), name).filter((one) => isIP(one) === family)
  if (hosts.length > 0) return { addresses: unique(hosts), method }
  const conf = parseResolvConf(await readEtc(vantage, 'resolv.conf', signal))
  const type = family === 6 ? 'AAAA' : 'A'
  let failed: StepFailed | undefined
  for (const candidate of candidates(name, conf)) {
    const question = { name: plainName(candidate), type } as const
    try {
      const { reply } = await askServers(question, conf.servers, options)
      const { answers } = recordsOf(question, reply.answers)
      if (answers.length > 0) return { addresses: answers, method }
    } catch (error) {
      // As the C library does: a domain nobody can tell about does not keep the next from being tried.
      if (!(error instanceof StepFailed) || signal.aborted) throw error
      failed ??= error
    }
  }
  if (failed !== undefined) throw failed
  return { addresses: [], method }
}

function unique(addresses: readonly string[]): readonly string[] {
  return [...new Set(addresses)].sort()
}
