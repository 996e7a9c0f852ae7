/** How a vantage resolves names, read from its files: /etc/resolv.conf and /etc/hosts (resolv.conf(5), hosts(5)). */
import { isIP } from 'node:net'
import { runScript } from '../../vantage/run.js'
import { type Vantage, VantageError } from '../../vantage/vantage.js'
import type { NameServer } from './server.js'

export interface ResolvConf {
  readonly servers: readonly NameServer[]
  readonly search: readonly string[]
  readonly ndots: number
}

/** Servers the C library asks at most. */
const SERVERS = 3

const READ = 'cat -- "$1"'

/** A file that is not there is empty, as the resolver takes it. */
export async function readEtc(vantage: Vantage, name: string, signal: AbortSignal): Promise<string> {
  const root = await vantage.root({ signal })
  const { code, stdout, stderr } = await runScript(vantage, READ, [`${root}/etc/${name}`], { signal })
  if (code === 0 || /No such file/i.test(stderr)) return stdout.toString('utf8')
  throw new VantageError(`${vantage.label}: /etc/${name} cannot be read: ${stderr.trim().slice(0, 200)}`)
}

export function parseResolvConf(text: string): ResolvConf {
  const lines = text.split('\n').map((line) =>
    line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/),
  )
  const servers = lines.flatMap(([word, host = '']) =>
    word === 'nameserver' && isIP(host.replace(/%.*/, '')) !== 0 ? [{ host, port: 53 }] : [],
  )
  // The last of `search` and `domain` counts.
  const search = lines.findLast(([word]) => word === 'search' || word === 'domain')?.slice(1) ?? []
  const ndots = lines
    .filter(([word]) => word === 'options')
    .flat()
    .findLast((option) => option.startsWith('ndots:'))
  return {
    servers: servers.length === 0 ? [{ host: '127.0.0.1', port: 53 }] : servers.slice(0, SERVERS),
    search,
    ndots: ndots === undefined ? 1 : Math.min(15, Number(ndots.slice('ndots:'.length)) || 0),
  }
}

/** Names to ask for in turn, as the C library does. */
export function candidates(name: string, { search, ndots }: ResolvConf): readonly string[] {
  if (name.endsWith('.')) return [name]
  const longer = search.map((domain) => `${name}.${domain}`)
  return name.split('.').length - 1 >= ndots ? [name, ...longer] : [...longer, name]
}

/** Addresses the hosts file gives a name. */
export function hostsAddresses(text: string, name: string): readonly string[] {
  const wanted = name.replace(/\.$/, '').toLowerCase()
  return text.split('\n').flatMap((line) => {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/)
    return isIP(address) !== 0 && names.some((one) => one.toLowerCase() === wanted) ? [address] : []
  })
}
