/** The server's INFO as subjects. Servers that only speak the protocol leave fields out: those are not observed. */
import type { Observed, Unobserved } from '../kind.js'

export type Info = ReadonlyMap<string, string>

export function parseInfo(text: string): Info {
  const lines = text.split(/\r?\n/).filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.flatMap((line) => {
      const colon = line.indexOf(':')
      return colon < 0 ? [] : [[line.slice(0, colon), line.slice(colon + 1)] as const]
    }),
  )
}

/** Every subject but those that are not of INFO. `info` may be why there is none. */
export function stateOf(info: Info | Unobserved): Readonly<Record<string, Observed>> {
  const field = (name: string, read: (text: string) => Observed): Observed => {
    if ('unobserved' in info) return info
    const text = info.get(name)
    return text === undefined || text === '' ? { unobserved: `the server does not say ${name}` } : read(text)
  }
  const role = field('role', (text) => text)
  return {
    version: field('redis_version', (text) => text),
    role,
    master_link: role === 'master' ? 'none' : field('master_link_status', (text) => text),
    loading: field('loading', (text) => text !== '0'),
    used_memory: field('used_memory', number),
    max_memory: field('maxmemory', (text) => (text === '0' ? { unobserved: 'no limit is set' } : number(text))),
    maxmemory_policy: field('maxmemory_policy', (text) => text),
    evicted_keys: field('evicted_keys', number),
    rdb_last_bgsave_ok: field('rdb_last_bgsave_status', (text) => text === 'ok'),
    aof_enabled: field('aof_enabled', (text) => text !== '0'),
    aof_last_write_ok: field('aof_last_write_status', (text) => text === 'ok'),
    connected_clients: field('connected_clients', number),
    max_clients: field('maxclients', number),
  }
}

function number(text: string): Observed {
  return /^\d{1,15}$/.test(text) ? Number(text) : { unobserved: 'what the server says is not a number' }
}
