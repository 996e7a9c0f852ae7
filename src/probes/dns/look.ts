/** One look at a name: what it resolves to, through the system or at a server, and who said so. */
import { isIP } from 'node:net'
import type { Vantage } from '../../vantage/vantage.js'
import { atStep, attempt, type Look } from '../steps.js'
import { type AskOptions, askServers } from './ask-server.js'
import { plainName, type Question } from './message.js'
import { type RecordName, throughSystem } from './record-types.js'
import { recordsOf } from './records.js'
import { parseResolvConf, readEtc } from './resolv-conf.js'
import type { NameServer } from './server.js'
import { askSystem } from './system.js'

export interface DnsSeen {
  readonly answers: readonly string[]
  readonly method: string
  readonly server: string
  readonly latency: number | undefined
  /** What getaddrinfo does not tell. */
  readonly reply?:
    | {
        readonly rcode: string
        readonly chain: readonly string[]
        /** Seconds. */
        readonly ttl: number | undefined
        readonly authoritative: boolean
      }
    | undefined
}

export interface DnsOptions {
  readonly vantage: Vantage
  readonly local: boolean
  readonly signal: AbortSignal
  readonly ms: number
}

export function lookDns(
  name: string,
  type: RecordName,
  resolver: NameServer | 'system',
  options: DnsOptions,
): Promise<Look<DnsSeen>> {
  return attempt(() =>
    atStep('response', options.signal, async () => {
      if (resolver === 'system' && throughSystem(type)) {
        const seen = await askSystem(name, type === 'AAAA' ? 6 : 4, options)
        return { answers: seen.addresses, method: seen.method, latency: seen.latency, server: 'system' }
      }
      const question = { name: type === 'PTR' ? reverseName(name) : plainName(name), type }
      const servers = resolver === 'system' ? await systemServers(options) : [resolver]
      return seenBy(question, servers, options)
    }),
  )
}

async function seenBy(question: Question, servers: readonly NameServer[], options: AskOptions): Promise<DnsSeen> {
  const { reply, server, latency, method } = await askServers(question, servers, options)
  const { answers, chain, ttl } = recordsOf(question, reply.answers)
  return {
    answers,
    method,
    server,
    latency,
    reply: { rcode: reply.rcode, chain, ttl, authoritative: reply.authoritative },
  }
}

async function systemServers({ vantage, signal }: DnsOptions): Promise<readonly NameServer[]> {
  return parseResolvConf(await readEtc(vantage, 'resolv.conf', signal)).servers
}

/** An address as the name its PTR record stands under; a name as it is. */
export function reverseName(text: string): string {
  if (isIP(text) === 4) return `${text.split('.').reverse().join('.')}.in-addr.arpa`
  if (isIP(text) !== 6) return plainName(text)
  const [head = '', tail = ''] = new URL(`http://[${text.replace(/%.*/, '')}]`).hostname.slice(1, -1).split('::')
  const groups = (part: string) => (part === '' ? [] : part.split(':'))
  const zeros = Array<string>(8 - groups(head).length - groups(tail).length).fill('0')
  const digits = [...groups(head), ...zeros, ...groups(tail)].map((group) => group.padStart(4, '0')).join('')
  return `${[...digits].reverse().join('.')}.ip6.arpa`
}
